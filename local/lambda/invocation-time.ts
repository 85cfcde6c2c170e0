import type { Actor, LocalClock } from '../clock.ts';

/**
 * The time that one invocation has left. It counts real time while the function works and the local clock while it does
 * nothing but sleep: a pause of 20 minutes ends a function of 15 minutes here as on AWS, but nobody else's jump in time
 * does.
 */
export class InvocationTime {
  readonly #clock: LocalClock;
  readonly #actor: Actor;
  readonly #timeoutMs: number;
  readonly #startedAt = performance.now();
  #skippedMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #nap: AbortController | undefined;
  #onTimeout: () => void;

  constructor(clock: LocalClock, timeoutMs: number, onTimeout: () => void) {
    this.#clock = clock;
    this.#actor = clock.enter();
    this.#timeoutMs = timeoutMs;
    this.#onTimeout = onTimeout;
    this.#arm();
  }

  /** Milliseconds of pauses that took no real time. */
  get skippedMs(): number {
    return this.#skippedMs;
  }

  /**
   * Lets the clock run until `until`, the invocation's timeout or `rouse`, whichever is first. True when the invocation
   * goes on; false when it has ended meanwhile.
   */
  async sleep(until: number): Promise<boolean> {
    const nap = new AbortController();
    this.#nap = nap;
    clearTimeout(this.#timer);
    const [before, realBefore] = [this.#clock.now(), performance.now()];
    const end = Math.min(until, before + this.#leftMs());
    await this.#actor.sleepUntil(end, nap.signal).catch(() => undefined);
    this.#nap = undefined;
    this.#skippedMs += Math.max(0, this.#clock.now() - before - (performance.now() - realBefore));
    if (this.#timer === undefined) return false;
    this.#arm();
    return this.#timer !== undefined;
  }

  /** Ends a sleep before its time. */
  rouse(): void {
    this.#nap?.abort();
  }

  /** The invocation has ended; time need not wait for it any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#onTimeout = () => undefined;
    this.rouse();
    this.#actor.leave();
  }

  #leftMs(): number {
    return Math.max(0, this.#timeoutMs - (performance.now() - this.#startedAt) - this.#skippedMs);
  }

  #arm(): void {
    this.#timer = setTimeout(() => this.#onTimeout(), this.#leftMs());
  }
}
