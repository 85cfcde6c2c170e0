import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { MaintenanceWindow, Weekday } from '../../lambda/contract/bindings.ts';
import { nextOpening } from '../../lambda/domain/maintenance-window.ts';

const window = (change: Partial<MaintenanceWindow> = {}): MaintenanceWindow => ({
  days: ['SAT'],
  start: '02:00',
  durationMinutes: 120,
  timeZone: 'UTC',
  ...change,
});
const opening = (now: string, change: Partial<MaintenanceWindow> = {}): string =>
  new Date(nextOpening(window(change), Date.parse(now))).toISOString();

describe('maintenance windows', () => {
  test.each([
    ['before it', '2026-05-20T12:00:00Z', {}, '2026-05-23T02:00:00.000Z'],
    ['at its first moment', '2026-05-23T02:00:00Z', {}, '2026-05-23T02:00:00.000Z'],
    ['inside it', '2026-05-23T03:59:59Z', {}, '2026-05-23T03:59:59.000Z'],
    ['at its end', '2026-05-23T04:00:00Z', {}, '2026-05-30T02:00:00.000Z'],
    [
      'past midnight in a window of the day before',
      '2026-05-24T01:00:00Z',
      { start: '23:00', durationMinutes: 240 },
      '2026-05-24T01:00:00.000Z',
    ],
    ['in a zone east of it', '2026-05-22T12:00:00Z', { timeZone: 'Asia/Tokyo' }, '2026-05-22T17:00:00.000Z'],
    ['in summer time', '2026-07-01T00:00:00Z', { timeZone: 'Europe/Berlin' }, '2026-07-04T00:00:00.000Z'],
    ['in winter time', '2026-12-01T00:00:00Z', { timeZone: 'Europe/Berlin' }, '2026-12-05T01:00:00.000Z'],
    [
      'on the night that spring skips its hour',
      '2026-03-28T12:00:00Z',
      { days: ['SUN'] as const, start: '02:30', timeZone: 'Europe/Berlin' },
      '2026-03-29T01:30:00.000Z',
    ],
  ])('%s', (_when, now, change, expected) => {
    expect(opening(now, change)).toBe(expected);
  });

  test('the opening is never in the past and never more than a week and an hour away', () => {
    const day = fc.constantFrom<Weekday>('MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN');
    const zone = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/Los_Angeles',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1.7e12, max: 2e12 }),
        fc.array(day, { minLength: 1 }),
        zone,
        fc.integer({ min: 0, max: 23 }),
        (now, days, timeZone, hour) => {
          const at = nextOpening(window({ days, timeZone, start: `${String(hour).padStart(2, '0')}:00` }), now);
          expect(at).toBeGreaterThanOrEqual(now);
          expect(at - now).toBeLessThanOrEqual((7 * 24 + 1) * 3_600_000);
        },
      ),
    );
  });
});
