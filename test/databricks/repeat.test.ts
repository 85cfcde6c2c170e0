import { describe, expect, test } from '@jest/globals';
import { backoffMs, retryAfterMs } from '../../lambda/databricks/backoff.ts';
import type { LossReason } from '../../lambda/databricks/loss.ts';
import {
  type FailedTry,
  MAX_ATTEMPTS,
  mayHaveHappened,
  mayRepeat,
  pauseBeforeRepeat,
} from '../../lambda/databricks/repeat.ts';
import { NOON } from './client-bench.ts';

const refused = (status: number, code?: string, message = '', retryAfter?: string): FailedTry => ({
  kind: 'refused',
  refusal: { status, code, message, retryAfter },
});
const lost = (reason: LossReason, sent: boolean): FailedTry => ({ kind: 'lost', reason, sent });

describe('mayRepeat', () => {
  // failed, repeated where repeatable, repeated where not
  test.each<[string, FailedTry, boolean, boolean]>([
    ['429', refused(429), true, true],
    ['503', refused(503), true, true],
    ['RESOURCE_EXHAUSTED with 400', refused(400, 'RESOURCE_EXHAUSTED'), true, true],
    ['REQUEST_LIMIT_EXCEEDED with 500', refused(500, 'REQUEST_LIMIT_EXCEEDED'), true, true],
    ['no worker environment', refused(500, undefined, 'Unknown worker environment x'), true, true],
    ['500', refused(500), true, false],
    ['502', refused(502), true, false],
    ['504', refused(504), true, false],
    ['a deadline exceeded behind a 400', refused(400, undefined, 'context deadline exceeded'), true, false],
    ['501', refused(501), false, false],
    ['509', refused(509), false, false],
    ['409', refused(409), false, false],
    ['400', refused(400), false, false],
    ['401', refused(401), false, false],
    ['403', refused(403), false, false],
    ['404', refused(404), false, false],
    ['a redirect', refused(302), false, false],
    ['a name that does not resolve', lost('dns', false), true, true],
    ['a refused connection', lost('connect', false), true, true],
    ['a timeout before sending', lost('timeout', false), true, true],
    ['a reset after sending', lost('reset', true), true, false],
    ['a timeout after sending', lost('timeout', true), true, false],
    ['a bad certificate', lost('tls', false), false, false],
    ['a caller that gave up', lost('stopped', false), false, false],
    ['an answer that is too large', lost('too-large', true), false, false],
  ])('%s', (_name, failed, repeatable, notRepeatable) => {
    expect(mayRepeat(failed, true)).toBe(repeatable);
    expect(mayRepeat(failed, false)).toBe(notRepeatable);
  });
});

test('what may have happened is what was sent and not turned away', () => {
  expect(mayHaveHappened(lost('reset', true))).toBe(true);
  expect(mayHaveHappened(lost('connect', false))).toBe(false);
  expect(mayHaveHappened(refused(500))).toBe(true);
  expect(mayHaveHappened(refused(502))).toBe(true);
  expect(mayHaveHappened(refused(400, undefined, 'Timed out after 30s'))).toBe(true);
  expect(mayHaveHappened(refused(503))).toBe(false);
  expect(mayHaveHappened(refused(509))).toBe(false);
  expect(mayHaveHappened(refused(400))).toBe(false);
  expect(mayHaveHappened(refused(500, 'RESOURCE_EXHAUSTED'))).toBe(false);
  expect(mayHaveHappened(refused(500, undefined, 'Unknown worker environment'))).toBe(false);
});

describe('pauseBeforeRepeat', () => {
  const situation = { attempt: 1, repeatable: true, remainingMs: 60_000, now: NOON, random: () => 1 };

  test('does as Retry-After says', () => {
    expect(pauseBeforeRepeat(refused(429, undefined, '', '7'), situation)).toBe(7_000);
    expect(pauseBeforeRepeat(refused(429, undefined, '', '0'), situation)).toBe(0);
  });

  test('backs off by itself where there is no Retry-After or it cannot be read', () => {
    expect(pauseBeforeRepeat(refused(429), situation)).toBe(500);
    expect(pauseBeforeRepeat(refused(429, undefined, '', 'soon'), { ...situation, attempt: 2 })).toBe(1_000);
  });

  test('gives up after the last try', () => {
    expect(pauseBeforeRepeat(refused(429), { ...situation, attempt: MAX_ATTEMPTS - 1 })).toBeDefined();
    expect(pauseBeforeRepeat(refused(429), { ...situation, attempt: MAX_ATTEMPTS })).toBeUndefined();
  });

  test('gives up where the pause would leave no time to try and report', () => {
    const failed = refused(429, undefined, '', '10');
    expect(pauseBeforeRepeat(failed, { ...situation, remainingMs: 13_000 })).toBe(10_000);
    expect(pauseBeforeRepeat(failed, { ...situation, remainingMs: 12_999 })).toBeUndefined();
  });
});

describe('retryAfterMs', () => {
  test.each([
    ['3', 3_000],
    ['1.58', 1_580],
    [' 2 ', 2_000],
    ['Mon, 04 May 2026 12:00:05 GMT', 5_000],
    ['Mon, 04 May 2026 11:59:00 GMT', 0],
    ['-4', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s is %s ms', (header, expected) => {
    expect(retryAfterMs(header, NOON)).toBe(expected);
  });
});

test('backoff doubles from half a second to ten seconds, and jitter reaches down to nothing', () => {
  expect([1, 2, 3, 4, 5, 6, 7].map((attempt) => backoffMs(attempt, () => 1))).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000,
  ]);
  expect(backoffMs(3, () => 0)).toBe(0);
  expect(backoffMs(3, () => 0.25)).toBe(500);
});
