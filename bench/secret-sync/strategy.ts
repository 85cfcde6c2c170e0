import type { Stand } from './stand.ts';

/** One way to keep a scope on the values of its secrets. */
export interface Strategy {
  readonly name: string;
  /**
   * Pauses, in milliseconds, after which the tool starts over by itself when a run failed. What remains after the last
   * of them is left to a person or to the next change.
   */
  readonly restartsAfterMs: readonly number[];
  /**
   * Sets the tool up; what it remembers between runs is in the function that it answers. That one runs it: because this
   * secret changed, or null to look at everything. Fails with SyncFailed.
   */
  readonly install: (stand: Stand) => (changed: string | null) => Promise<void>;
}
