import { FAILURE, type FailureName } from '../contract/failures.ts';

/**
 * A failure with a name that a state machine can retry or catch and a message that a person can act on:
 * what happened, to what, and what to do. Messages never hold secret values or response bodies as a whole.
 */
export class AutomationError extends Error {
  override readonly name: FailureName;

  constructor(name: FailureName, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

/** True if `error` is a failure of this name. */
export const isFailure = (error: unknown, ...names: readonly FailureName[]): error is AutomationError =>
  error instanceof AutomationError && names.includes(error.name);

/** A server that wants to be asked more slowly. */
export class Throttled extends AutomationError {
  /** Milliseconds the server asks to wait; undefined where it does not say. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, retryAfterMs: number | undefined, options?: ErrorOptions) {
    super(FAILURE.databricksThrottled, message, options);
    this.retryAfterMs = retryAfterMs;
  }
}
