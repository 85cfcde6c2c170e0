import type { LocalClock } from '../clock.ts';

/**
 * Begins `work` and settles as it does, unless the signal aborts first: then it rejects with the reason and forgets the
 * work. Under a signal that has aborted already the work does not begin.
 */
export const unlessAborted = async <T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> => {
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
};

/**
 * Runs work under a signal that also aborts, with `reason`, when the local clock shows `at` (milliseconds since the
 * epoch). Settles as the work does, so the work must heed its signal.
 */
export const beforeDeadline = async <T>(
  { clock, at, signal, reason }: Deadline,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  if (at === undefined) return work(signal);
  const over = new AbortController();
  const done = new AbortController();
  const watcher = clock.enter();
  const watch = watcher
    .sleepUntil(at, done.signal)
    .then(
      () => over.abort(reason()),
      () => undefined,
    )
    .finally(() => watcher.leave());
  try {
    return await work(AbortSignal.any([signal, over.signal]));
  } finally {
    done.abort();
    await watch;
  }
};

/** `at` undefined means that there is no limit. */
export interface Deadline {
  readonly clock: LocalClock;
  readonly at: number | undefined;
  readonly signal: AbortSignal;
  readonly reason: () => Error;
}
