import type { Limit, Method, StageSettings } from './definition.ts';

/**
 * Throttling of one stage by token buckets: "a token counts for a request", and "the burst is the maximum bucket size".
 * Limits of a stage hold for each of its methods by itself.
 */
export class Throttle {
  readonly #stage: StageSettings;
  readonly #now: () => number;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(stage: StageSettings, now: () => number) {
    this.#stage = stage;
    this.#now = now;
  }

  /** Takes a token for a call of the method. False when there is none. */
  take({ httpMethod, resource }: Method): boolean {
    const name = `${httpMethod} ${resource.path}`;
    const limit = this.#stage.limits.get(name) ?? this.#stage.limit;
    if (limit === undefined) return true;
    const tokens = this.#filled(name, limit);
    this.#buckets.set(name, { tokens: tokens < 1 ? tokens : tokens - 1, at: this.#now() });
    return tokens >= 1;
  }

  #filled(name: string, { rate, burst }: Limit): number {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) return burst;
    return Math.min(burst, bucket.tokens + ((this.#now() - bucket.at) / 1_000) * rate);
  }
}
