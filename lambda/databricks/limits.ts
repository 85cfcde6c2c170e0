/** What bounds a request besides its own timeout. */
export interface CallLimits {
  /** Gives up waiting when it fires. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds left of the invocation; absent means no limit. */
  readonly remainingMs?: (() => number) | undefined;
}

/** Milliseconds one exchange may take, connecting and reading included. */
export const REQUEST_TIMEOUT_MS = 30_000;
