import { describe, expect, test } from '@jest/globals';
import { scheduledAt, slotOf } from '../../lambda/domain/scheduled-run.ts';

const NOW = Date.parse('2026-05-20T20:00:00Z');

describe('a firing of a schedule', () => {
  test('is known by the time in which it was due', () => {
    const trigger = { kind: 'schedule', time: '2026-05-20T19:00:00Z' };
    expect(scheduledAt({ trigger }, NOW)).toBe(NOW - 60 * 60_000);
  });

  test.each([{ kind: 'schedule' }, { kind: 'schedule', time: 'soon' }, { kind: 'schedule', time: 7 }])(
    'by hand is now: %j',
    (trigger) => {
      expect(scheduledAt({ trigger }, NOW)).toBe(NOW);
    },
  );

  test.each([undefined, null, 'schedule', {}, { trigger: { kind: 'request' } }, { source: 'aws.kms', detail: {} }])(
    'is not %j',
    (input) => {
      expect(scheduledAt(input, NOW)).toBeUndefined();
    },
  );

  test('has one name however late it is delivered, and another one a minute later', () => {
    expect(slotOf(NOW)).toBe(slotOf(NOW + 59_999));
    expect(slotOf(NOW)).not.toBe(slotOf(NOW + 60_000));
    expect(slotOf(NOW)).toMatch(/^[a-z0-9]+$/);
  });
});
