/**
 * Makes `new Date()`, `Date()` and `Date.now()` of this thread show the local clock, whose offset lies in shared memory.
 * Answers the clock in milliseconds. `performance.now()` and timers stay real.
 */
export const followLocalClock = (offset: SharedArrayBuffer): (() => number) => {
  const shared = new Float64Array(offset);
  const RealDate = Date;
  const now = (): number => RealDate.now() + (shared[0] ?? 0);
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new RealDate(now()).toString(),
    get: (target, property, receiver) =>
      property === 'now' ? () => Math.floor(now()) : Reflect.get(target, property, receiver),
  });
  return now;
};
