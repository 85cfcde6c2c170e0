import { createRequire, syncBuiltinESMExports } from 'node:module';
import type { FromWorker } from './worker-messages.ts';

/** What an invocation does while it does nothing but sleep; everything else in this list is work that takes real time. */
const IDLE_RESOURCES = new Set(['MessagePort', 'Timeout', 'Immediate']);

/** How often a thread that sleeps and works at once looks whether only the sleep is left, in real milliseconds. */
const LOOK_MS = 2;

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** The pauses of one thread. */
export interface ThreadSleep {
  /** An invocation begins, and with it the count of skipped time. */
  begin(): void;
  /** The invocation has ended; pauses that nobody waits for do not hold the thread any more. */
  end(): void;
  /** The main thread has let the pause pass. */
  woken(skippedMs: number): void;
  /** Milliseconds of this invocation's pauses that did not take real time. */
  skippedMs(): number;
}

/**
 * Replaces `setTimeout` and `scheduler.wait` of `node:timers/promises` by a pause on the local clock, which passes at once
 * when everybody sleeps. The thread says that it is asleep only when nothing but pauses is left: no socket with a request
 * under way, no file, no look-up. Global timers stay real, and neither count as work nor as a pause.
 */
export const replaceSleep = ({
  now,
  tell,
}: {
  readonly now: () => number;
  readonly tell: (message: FromWorker) => void;
}): ThreadSleep => {
  const realSetTimeout = globalThis.setTimeout;
  const sleepers = new Set<Sleeper>();
  let announced = false;
  let looking = false;
  let skipped = 0;

  const wakeDue = (): void => {
    for (const sleeper of sleepers) if (sleeper.at <= now()) sleeper.wake();
  };

  const look = (): void => {
    looking = false;
    wakeDue();
    if (announced || sleepers.size === 0) return;
    if (process.getActiveResourcesInfo().every((name) => IDLE_RESOURCES.has(name))) {
      announced = true;
      tell({ kind: 'asleep', until: Math.min(...[...sleepers].map((sleeper) => sleeper.at)) });
      return;
    }
    lookLater();
  };

  const lookLater = (): void => {
    if (looking || announced) return;
    looking = true;
    realSetTimeout(look, LOOK_MS);
  };

  const sleep = (ms = 1, value?: unknown, options: { readonly signal?: AbortSignal } = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const { signal } = options;
      if (signal?.aborted) return reject(abortError(signal));
      const sleeper: Sleeper = {
        at: now() + Math.max(1, ms),
        wake: () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', aborted);
          resolve(value);
        },
      };
      const aborted = (): void => {
        sleepers.delete(sleeper);
        if (announced) tell({ kind: 'stirred' });
        reject(abortError(signal));
      };
      signal?.addEventListener('abort', aborted, { once: true });
      sleepers.add(sleeper);
      if (announced) tell({ kind: 'stirred' });
      lookLater();
    });

  const timers = createRequire(import.meta.url)('node:timers/promises');
  timers.setTimeout = sleep;
  timers.scheduler.wait = (ms?: number, options?: { readonly signal?: AbortSignal }) => sleep(ms, undefined, options);
  syncBuiltinESMExports();

  return {
    begin: () => {
      skipped = 0;
    },
    end: () => {
      sleepers.clear();
      // Nobody wakes a thread whose invocation has ended, so the next one has to announce its pauses anew.
      announced = false;
    },
    woken: (sum) => {
      skipped = sum;
      announced = false;
      wakeDue();
      lookLater();
    },
    skippedMs: () => skipped,
  };
};

const abortError = (signal: AbortSignal | undefined): Error => {
  const error = new Error('The operation was aborted', { cause: signal?.reason });
  error.name = 'AbortError';
  return Object.assign(error, { code: 'ABORT_ERR' });
};
