import { expect, test } from '@jest/globals';
import { contradictions } from '../../lambda/domain/contradicting-bindings.ts';
import { binding } from '../app/fakes.ts';

const one = binding({ id: 'one', key: 'alias/one', workspaces: ['1', '2'] });

test('two bindings that would move one workspace to and fro contradict each other, both of them', () => {
  const two = binding({ id: 'two', key: 'alias/two', workspaces: ['2', '3'] });

  expect(contradictions(one, [one, two])).toEqual([
    expect.stringContaining('bindings one and two want different keys'),
  ]);
  expect(contradictions(two, [one, two])).toEqual([expect.stringContaining('for workspace 2;')]);
});

test.each([
  ['has the same key', { key: 'alias/one' }],
  ['means other workspaces', { workspaces: ['3'] }],
  ['means whoever uses its key, which nobody uses who is elsewhere', { workspaces: 'using-key' }],
  ['is about storage keys, which never change', { useCases: ['STORAGE'] }],
  ['only reports', { drift: 'report' }],
] as const)('one that %s does not', (_what, change) => {
  const two = binding({ id: 'two', key: 'alias/two', workspaces: ['2'], ...change });

  expect(contradictions(one, [one, two])).toEqual([]);
  expect(contradictions(two, [one, two])).toEqual([]);
});
