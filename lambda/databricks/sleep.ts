import { setTimeout as wait } from 'node:timers/promises';

/** Waits `ms`; rejects if `signal` fires. */
export type Sleep = (ms: number, signal: AbortSignal | undefined) => Promise<void>;

/** Really waits. */
export const realSleep: Sleep = async (ms, signal) => {
  await wait(ms, undefined, signal === undefined ? {} : { signal });
};
