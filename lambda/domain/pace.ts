/** Requests a second. */
const FIRST_RATE = 20;
const LEAST_RATE = 0.5;
const MOST_RATE = 200;
/** Requests that went through before the rate grows by one a second: until the first 429 it doubles each second. */
const GROWS_AFTER = { first: 1, later: 5 };
/** Where the server does not say how long to wait: this long, growing with each refusal in a row. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * How fast requests go to one server: ever faster until it says 429, then half the rate and additive increase, and nothing
 * at all until its Retry-After has passed. Turns are handed out one after the other at the rate's distance, so that
 * nobody rushes in when a pause ends. Knows no clock: every call brings the time, in milliseconds.
 */
export class Pace {
  #rate = FIRST_RATE;
  #nextTurn = 0;
  #through = 0;
  #refusals = 0;
  #slowedAt = Number.NEGATIVE_INFINITY;

  /** Requests a second that it allows just now. */
  get rate(): number {
    return this.#rate;
  }

  /** When the next request may go; books that turn. */
  turn(now: number): number {
    const turn = Math.max(now, this.#nextTurn);
    this.#nextTurn = turn + 1_000 / this.#rate;
    return turn;
  }

  get #wasSlowed(): boolean {
    return this.#slowedAt > Number.NEGATIVE_INFINITY;
  }

  wentThrough(): void {
    this.#refusals = 0;
    this.#through += 1;
    if (this.#through < (this.#wasSlowed ? GROWS_AFTER.later : GROWS_AFTER.first)) return;
    this.#through = 0;
    this.#rate = Math.min(MOST_RATE, this.#rate + 1);
  }

  /** `sentAt`: when the refused request went out. Requests that were under way at the last slow-down do not slow again. */
  wasThrottled({ now, sentAt, retryAfterMs, random }: Refused): void {
    this.#through = 0;
    const pause =
      retryAfterMs ?? Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#refusals) * (0.5 + random() / 2);
    if (sentAt > this.#slowedAt) {
      this.#slowedAt = now;
      this.#refusals += 1;
      this.#rate = Math.max(LEAST_RATE, this.#rate / 2);
    }
    this.#nextTurn = Math.max(this.#nextTurn, now + pause);
  }
}

interface Refused {
  readonly now: number;
  readonly sentAt: number;
  readonly retryAfterMs: number | undefined;
  /** From 0 to 1. */
  readonly random: () => number;
}
