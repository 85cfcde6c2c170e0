import { describe, expect, test } from '@jest/globals';
import { Draw } from '../../chaos/draw.ts';
import { drawFaults } from '../../chaos/fault-plan.ts';
import { drawHappenings } from '../../chaos/happenings.ts';
import { drawWishes } from '../../chaos/provisioning/wishes.ts';

const drawn = (seed: number): string => {
  const draw = new Draw(seed);
  return JSON.stringify([
    drawFaults(draw.about('faults')),
    drawHappenings(draw.about('happenings')),
    drawWishes(draw.about('wishes')),
  ]);
};
const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);
const faultsOf = (seed: number) => drawFaults(new Draw(seed).about('faults'));

describe('what a seed decides', () => {
  test('is the same every time, and another for another seed', () => {
    expect(drawn(7)).toBe(drawn(7));
    expect(new Set(SEEDS.slice(0, 50).map(drawn)).size).toBe(50);
  });

  test('of one subject is the same whatever was drawn for others before', () => {
    const draw = new Draw(7);
    draw.about('other').whole(1, 100);
    expect(draw.about('faults').whole(1, 1e9)).toBe(new Draw(7).about('faults').whole(1, 1e9));
  });
});

describe('what goes wrong', () => {
  test.each(
    // Everything that the network and Databricks may do to a request.
    [
      'throttled',
      'server-error',
      'unavailable',
      'bad-gateway',
      'empty-conflict',
      'login-page',
      'reset',
      'slow',
      'token-dropped',
    ],
  )('with answers of Databricks: %s', (kind) => {
    expect(SEEDS.some((seed) => faultsOf(seed).databricks.some((fault) => fault.kind === kind))).toBe(true);
  });

  test('with 429 with and without Retry-After, and with requests lost before and after they took effect', () => {
    const faults = SEEDS.flatMap((seed) => faultsOf(seed).databricks);
    const throttled = faults.flatMap((fault) => (fault.kind === 'throttled' ? [fault.retryAfterSeconds] : []));
    expect(new Set(throttled.map((seconds) => seconds === undefined))).toEqual(new Set([true, false]));
    const resets = faults.flatMap((fault) => (fault.kind === 'reset' ? [fault.tookEffect === true] : []));
    expect(new Set(resets)).toEqual(new Set([true, false]));
  });

  test('with Lambda: crashes and timeouts before and after writes', () => {
    const faults = SEEDS.flatMap((seed) => faultsOf(seed).lambda);
    const seen = new Set(faults.map(({ kind, moment }) => `${kind} ${moment.at}`));
    for (const kind of ['crash', 'timeout']) {
      for (const at of ['start', 'before-write', 'after-write', 'end']) expect(seen).toContain(`${kind} ${at}`);
    }
  });

  test('with DynamoDB, events and clocks', () => {
    const all = SEEDS.map(faultsOf);
    const aws = new Set(all.flatMap(({ aws: faults }) => faults.map(({ service, kind }) => `${service} ${kind}`)));
    expect(aws).toContain('dynamodb throttled');
    const events = new Set(all.flatMap((plan) => plan.events.map(({ kind }) => kind)));
    for (const kind of ['duplicated', 'late', 'lost']) expect(events).toContain(kind);
    expect(all.some(({ mostSkewMs }) => mostSkewMs > 0)).toBe(true);
    expect(all.some(({ databricksAheadMs }) => databricksAheadMs < 0)).toBe(true);
  });
});
