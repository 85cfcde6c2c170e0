import { describe, expect, test } from '@jest/globals';
import { Pace } from '../../lambda/domain/pace.ts';

const random = () => 0.5;

describe('the pace', () => {
  test('hands out turns at the distance of its rate', () => {
    const pace = new Pace();
    expect([pace.turn(0), pace.turn(0), pace.turn(0), pace.turn(1_000)]).toEqual([0, 50, 100, 1_000]);
  });

  test('doubles each second until the first 429, then grows slowly, and never beyond 200 a second', () => {
    const pace = new Pace();
    const through = (count: number): number => {
      for (let one = 0; one < count; one += 1) pace.wentThrough();
      return pace.rate;
    };
    expect([pace.rate, through(20), through(40)]).toEqual([20, 40, 80]);
    pace.wasThrottled({ now: 3_000, sentAt: 2_900, retryAfterMs: 1_000, random });
    expect([pace.rate, through(50)]).toEqual([40, 50]);
    expect(new Pace().rate).toBe(20);
    expect(through(10_000)).toBe(200);
  });

  test('halves once for all requests that were under way together', () => {
    const pace = new Pace();
    const before = pace.rate;
    for (let one = 0; one < 16; one += 1)
      pace.wasThrottled({ now: 100 + one, sentAt: 50, retryAfterMs: 1_000, random });
    expect(pace.rate).toBe(before / 2);
    pace.wasThrottled({ now: 2_000, sentAt: 1_500, retryAfterMs: 1_000, random });
    expect(pace.rate).toBe(before / 4);
  });

  test('rests as long as the server asks, and nobody rushes in afterwards', () => {
    const pace = new Pace();
    pace.wasThrottled({ now: 0, sentAt: 0, retryAfterMs: 3_000, random });
    const turns = Array.from({ length: 5 }, () => pace.turn(10));
    expect(turns[0]).toBe(3_000);
    for (const [index, turn] of turns.entries()) expect(turn).toBeCloseTo(3_000 + index * 100);
  });

  test('rests longer with each refusal where the server does not say how long, and never stops for good', () => {
    const pace = new Pace();
    const rests: number[] = [];
    let now = 0;
    for (let one = 0; one < 12; one += 1) {
      pace.wasThrottled({ now, sentAt: now, retryAfterMs: undefined, random });
      const turn = pace.turn(now);
      rests.push(turn - now);
      now = turn + 1;
    }
    expect(rests[1]).toBeGreaterThan(rests[0] ?? 0);
    expect(Math.max(...rests)).toBeLessThanOrEqual(30_000);
    expect(pace.rate).toBe(0.5);
  });
});
