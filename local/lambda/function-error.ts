import type { FunctionError } from './function-spec.ts';

/** An error as the Node.js runtime of Lambda reports it: its name, its message and the lines of its stack. */
export const asFunctionError = (error: unknown): FunctionError => {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
};
