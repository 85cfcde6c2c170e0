import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LocalClock } from '../../local/clock.ts';

const HOUR = 60 * 60 * 1_000;

/** A clock whose real time stands still, so that only jumps move it. */
const standingClock = () => new LocalClock(() => 0);

describe('LocalClock', () => {
  test('jumps past a wait of 24 hours when everybody sleeps', async () => {
    const clock = standingClock();
    const actor = clock.enter();
    await actor.sleepUntil(24 * HOUR);
    expect(clock.now()).toBe(24 * HOUR);
    actor.leave();
  });

  test('shows whole milliseconds, whatever it was asked to wait for', async () => {
    const clock = standingClock();
    const actor = clock.enter();

    await actor.sleepUntil(10.3);

    expect(clock.now()).toBe(11);
    actor.leave();
  });

  test('wakes sleepers in the order of their times, whatever the order they came in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 1e9 }), { minLength: 1, maxLength: 20 }), async (times) => {
        const clock = standingClock();
        const woken: number[] = [];
        const sleep = async (at: number) => {
          const actor = clock.enter();
          await actor.sleepUntil(at);
          woken.push(at);
          expect(clock.now()).toBe(at);
          actor.leave();
        };
        await Promise.all(times.map(sleep));
        expect(woken).toEqual(times.toSorted((a, b) => a - b));
      }),
    );
  });

  test('stands still while one actor is at work', async () => {
    const clock = standingClock();
    const worker = clock.enter();
    const sleeper = clock.enter();
    let woke = false;
    const sleep = sleeper.sleepUntil(HOUR).then(() => {
      woke = true;
    });

    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect({ woke, now: clock.now() }).toEqual({ woke: false, now: 0 });

    worker.leave();
    await sleep;
    expect(clock.now()).toBe(HOUR);
    sleeper.leave();
  });

  test('does not wait for an actor that is away, and waits for it again when it is back', async () => {
    const clock = standingClock();
    const parent = clock.enter();
    const child = clock.enter();
    const other = clock.enter();
    const late = other.sleepUntil(3 * HOUR);

    await parent.away(child.sleepUntil(2 * HOUR).then(() => child.leave()));
    await new Promise((resolve) => setImmediate(resolve));
    expect(clock.now()).toBe(2 * HOUR);

    parent.leave();
    await late;
    expect(clock.now()).toBe(3 * HOUR);
    other.leave();
  });

  test('an actor that is called back from being away holds time at once', async () => {
    const clock = standingClock();
    const parent = clock.enter();
    const stop = new AbortController();
    const away = parent.away(new Promise<never>(() => undefined), stop.signal);
    const sleeper = clock.enter();
    const sleep = sleeper.sleepUntil(HOUR);

    stop.abort(new Error('stopped'));
    await expect(away).rejects.toThrow('stopped');
    await new Promise((resolve) => setImmediate(resolve));
    expect(clock.now()).toBe(0);

    parent.leave();
    await sleep;
    sleeper.leave();
  });

  test('an actor that was stopped before does not go away, and what it would have waited for may fail unheard', async () => {
    const clock = standingClock();
    const actor = clock.enter();
    const failure = Promise.withResolvers<never>();

    const away = actor.away(failure.promise, AbortSignal.abort(new Error('stopped')));
    const sleeper = clock.enter();
    const sleep = sleeper.sleepUntil(HOUR);
    await expect(away).rejects.toThrow('stopped');
    failure.reject(new Error('too late'));
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(clock.now()).toBe(0);

    actor.leave();
    await sleep;
    sleeper.leave();
  });

  test('a sleep ends with the reason of its signal, and time does not jump to it any more', async () => {
    const clock = standingClock();
    const actor = clock.enter();
    const stop = new AbortController();
    const sleep = actor.sleepUntil(HOUR, stop.signal);
    stop.abort(new Error('stopped'));

    await expect(sleep).rejects.toThrow('stopped');
    await actor.sleepUntil(2 * HOUR);
    expect(clock.now()).toBe(2 * HOUR);
    actor.leave();
  });

  test('wakes a sleeper whose time has come in real time, although somebody is at work', async () => {
    const clock = new LocalClock();
    const worker = clock.enter();
    const sleeper = clock.enter();
    await sleeper.sleepUntil(clock.now() + 5);
    sleeper.leave();
    worker.leave();
  });

  test('advance moves past whatever sleeps and tells workers through the shared offset', async () => {
    const clock = standingClock();
    const worker = clock.enter();
    const sleeper = clock.enter();
    const sleep = sleeper.sleepUntil(HOUR);
    clock.advance(2 * HOUR);
    await sleep;
    expect([clock.now(), clock.offset[0]]).toEqual([2 * HOUR, 2 * HOUR]);
    sleeper.leave();
    worker.leave();
  });
});
