import type { Context } from 'aws-lambda';
import type { CallLimits } from '../databricks/limits.ts';

/** What bounds requests of one invocation: its abort signal and the time it has left. */
export const limitsOf = (context: Context, { signal }: { readonly signal?: AbortSignal }): CallLimits => ({
  signal,
  remainingMs: () => context.getRemainingTimeInMillis(),
});
