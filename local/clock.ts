import { setTimeout as realSleep } from 'node:timers/promises';

/** Somebody who is doing something: time does not jump while one of them is active. */
export interface Actor {
  /** Waits until the clock shows `at`; meanwhile the actor does not hold time back. Rejects when `signal` aborts. */
  sleepUntil(at: number, signal?: AbortSignal): Promise<void>;
  /** Must be called when the actor has finished. */
  leave(): void;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * The clock of the local run. It runs with real time, and when every actor sleeps it jumps to the next one's waking,
 * so that a wait of 20 minutes or 24 hours passes at once and in the right order. Workers read the offset from shared
 * memory, so that Lambdas see the same time as the state machines and the simulators.
 */
export class LocalClock {
  /** One Float64: milliseconds to add to real time. Shared with worker threads. */
  readonly offset = new Float64Array(new SharedArrayBuffer(8));
  #active = 0;
  #turn: NodeJS.Immediate | undefined;
  readonly #sleepers = new Set<Sleeper>();

  /** Milliseconds since the epoch. */
  readonly now = (): number => Date.now() + (this.offset[0] ?? 0);

  /** Moves time forward by hand, past whatever sleeps; for tests and for schedules that nobody waits for. */
  advance(ms: number): void {
    this.offset[0] = (this.offset[0] ?? 0) + ms;
    for (const sleeper of this.#sleepers) if (sleeper.at <= this.now()) this.#wake(sleeper);
  }

  /** Somebody starts doing something. */
  enter(): Actor {
    this.#active += 1;
    let present = true;
    return {
      sleepUntil: (at, signal) => this.#sleep(at, signal),
      leave: () => {
        if (!present) return;
        present = false;
        this.#rest();
      },
    };
  }

  #rest(): void {
    this.#active -= 1;
    if (this.#active === 0 && this.#turn === undefined) {
      // One turn of the event loop, so that a successor may enter before time jumps.
      this.#turn = setImmediate(() => {
        this.#turn = undefined;
        if (this.#active === 0) this.#jump();
      });
    }
  }

  #jump(): void {
    const next = [...this.#sleepers].sort((a, b) => a.at - b.at)[0];
    if (next === undefined) return;
    this.offset[0] = (this.offset[0] ?? 0) + Math.max(0, next.at - this.now());
    this.#wake(next);
  }

  #wake(sleeper: Sleeper): void {
    if (!this.#sleepers.delete(sleeper)) return;
    this.#active += 1;
    sleeper.wake();
  }

  async #sleep(at: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (at <= this.now()) {
      await realSleep(0);
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const sleeper: Sleeper = { at, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener(
        'abort',
        () => {
          if (!this.#sleepers.has(sleeper)) return;
          this.#wake(sleeper);
          reject(signal.reason);
        },
        { once: true },
      );
      this.#rest();
    });
  }
}
