import { expect, test } from '@jest/globals';
import { stateObjections } from '../../chaos/verdict/state.ts';

const NOW = Date.parse('2026-05-20T20:00:00Z');

test('a lease that is still held and compute that is still on record are objections, a lease that ended is none', () => {
  const held = { pk: 'workspace/1', sk: 'lease', holder: 'arn:one', heldUntil: String(NOW + 1) };
  const ended = { pk: 'workspace/2', sk: 'lease', holder: 'arn:one', heldUntil: String(NOW - 1) };
  const stopped = { pk: 'stopped-compute', sk: '3' };
  expect(stateObjections([held, ended, stopped, { pk: 'registration/key', sk: 'm/c' }], NOW)).toEqual([
    'workspace/1 is leased to arn:one until 2026-05-20T20:00:00.001Z',
    'compute of workspace 3 is still on record as stopped',
  ]);
});
