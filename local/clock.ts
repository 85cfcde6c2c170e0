/** Somebody who is doing something: time does not jump while one of them is active. */
export interface Actor {
  /** Waits until the clock shows `at`; meanwhile the actor does not hold time back. Rejects when `signal` aborts. */
  sleepUntil(at: number, signal?: AbortSignal): Promise<void>;
  /**
   * Waits for what other actors are doing; meanwhile this one does not hold time back. Settles as `outcome` does, or
   * rejects when `signal` aborts.
   */
  away<T>(outcome: Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Must be called when the actor has finished. */
  leave(): void;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A timer of Node counts milliseconds in 31 bits; later wakings take more than one round. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The clock of the local run. It runs with real time, and when every actor sleeps it jumps to the next one's waking,
 * so that a wait of 20 minutes or 24 hours passes at once and in the right order. Workers read the offset from shared
 * memory, so that Lambdas see the same time as the state machines and the simulators.
 */
export class LocalClock {
  /** One Float64: milliseconds to add to real time. Shared with worker threads. */
  readonly offset = new Float64Array(new SharedArrayBuffer(8));
  readonly #realNow: () => number;
  #active = 0;
  #turn: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #sleepers = new Set<Sleeper>();

  /** `realNow` answers milliseconds since the epoch; a test that pins it sees time pass by jumps alone. */
  constructor(realNow: () => number = Date.now) {
    this.#realNow = realNow;
  }

  /** Whole milliseconds since the epoch. */
  readonly now = (): number => this.#realNow() + (this.offset[0] ?? 0);

  /** Moves time forward by hand, past whatever sleeps; for tests and for schedules that nobody waits for. */
  advance(ms: number): void {
    this.offset[0] = (this.offset[0] ?? 0) + ms;
    this.#wakeDue();
  }

  /** Somebody starts doing something. */
  enter(): Actor {
    this.#active += 1;
    let present = true;
    return {
      sleepUntil: (at, signal) => this.#sleep(at, signal),
      away: (outcome, signal) => this.#away(outcome, signal),
      leave: () => {
        if (!present) return;
        present = false;
        this.#rest();
      },
    };
  }

  #rest(): void {
    this.#active -= 1;
    if (this.#active > 0 || this.#turn !== undefined) return;
    // One turn of the event loop, so that a successor may enter before time jumps.
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      if (this.#active === 0) this.#jump();
    });
  }

  #inOrder(): readonly Sleeper[] {
    return [...this.#sleepers].sort((a, b) => a.at - b.at);
  }

  #jump(): void {
    const next = this.#inOrder()[0];
    if (next === undefined) return;
    this.offset[0] = (this.offset[0] ?? 0) + Math.max(0, next.at - this.now());
    this.#wake(next);
  }

  #wake(sleeper: Sleeper): void {
    if (!this.#sleepers.delete(sleeper)) return;
    this.#active += 1;
    this.#arm();
    sleeper.wake();
  }

  #wakeDue(): void {
    for (const sleeper of this.#inOrder()) if (sleeper.at <= this.now()) this.#wake(sleeper);
    this.#arm();
  }

  /** Real time passes too: a sleeper wakes when its time has come, even while somebody else is at work. */
  #arm(): void {
    clearTimeout(this.#timer);
    const next = this.#inOrder()[0];
    if (next === undefined) return;
    const wait = Math.min(Math.max(0, Math.ceil(next.at - this.now())), LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => this.#wakeDue(), wait).unref();
  }

  async #away<T>(outcome: Promise<T>, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) {
      // Nobody will look at the outcome any more; it may still fail.
      outcome.catch(() => undefined);
      throw signal.reason;
    }
    return new Promise<T>((resolve, reject) => {
      let back = false;
      // Counted as present in the very moment it comes back, not when its promise is looked at.
      const comeBack = (settle: () => void): void => {
        if (back) return;
        back = true;
        this.#active += 1;
        signal?.removeEventListener('abort', stop);
        settle();
      };
      const stop = (): void => comeBack(() => reject(signal?.reason));
      signal?.addEventListener('abort', stop, { once: true });
      outcome.then(
        (value) => comeBack(() => resolve(value)),
        (error: unknown) => comeBack(() => reject(error)),
      );
      this.#rest();
    });
  }

  async #sleep(wanted: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    // A wait with jitter ends within a millisecond; the clock shows whole ones, as every API that tells its time.
    const at = Math.ceil(wanted);
    if (at <= this.now()) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      return;
    }
    let stop: (() => void) | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const sleeper: Sleeper = { at, wake: resolve };
        this.#sleepers.add(sleeper);
        stop = () => {
          if (!this.#sleepers.has(sleeper)) return;
          // The rejection comes first: a promise keeps the first answer it gets.
          reject(signal?.reason);
          this.#wake(sleeper);
        };
        signal?.addEventListener('abort', stop, { once: true });
        this.#arm();
        this.#rest();
      });
    } finally {
      if (stop !== undefined) signal?.removeEventListener('abort', stop);
    }
  }
}
