/**
 * Makes `new Date()`, `Date()` and `Date.now()` of this thread show the local clock, whose offset lies in shared memory,
 * wrong by `skewMs`. Answers the local clock itself, in milliseconds. `performance.now()` and timers stay real.
 */
export const followLocalClock = (offset: SharedArrayBuffer, skewMs: number): (() => number) => {
  const shared = new Float64Array(offset);
  const RealDate = Date;
  const now = (): number => RealDate.now() + (shared[0] ?? 0);
  const shown = (): number => now() + skewMs;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [shown()] : args, newTarget),
    apply: () => new RealDate(shown()).toString(),
    get: (target, property, receiver) =>
      property === 'now' ? () => Math.floor(shown()) : Reflect.get(target, property, receiver),
  });
  return now;
};
