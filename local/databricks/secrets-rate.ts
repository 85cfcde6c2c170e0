import type { Answer } from './answer.ts';
import type { Conditions } from './conditions.ts';
import { faultAnswer } from './faults.ts';

/** How many calls below /secrets/ one workspace takes: a token bucket on the simulator's clock, full at the start. */
export class SecretsRate {
  readonly #conditions: Conditions;
  #calls = Number.POSITIVE_INFINITY;
  #filledAt: number;

  constructor(conditions: Conditions) {
    this.#conditions = conditions;
    this.#filledAt = conditions.now();
  }

  /** Takes one call from the bucket, or gives the answer of a limit that is used up. */
  refusal(): Answer | undefined {
    const limit = this.#conditions.switches().secretsRateLimit;
    const now = this.#conditions.now();
    if (limit === null) return undefined;
    const filled = this.#calls + ((now - this.#filledAt) * limit.perSecond) / 1000;
    this.#calls = Math.min(Math.max(1, limit.perSecond), filled);
    this.#filledAt = now;
    if (this.#calls < 1) return faultAnswer({ kind: 'throttled', ...retryAfter(limit.retryAfterSeconds) });
    this.#calls -= 1;
    return undefined;
  }
}

const retryAfter = (seconds: number | undefined): { readonly retryAfterSeconds?: number } =>
  seconds === undefined ? {} : { retryAfterSeconds: seconds };
