/** How executions end that could not finish what they began. */
export const ENDED_BADLY = ['FAILED', 'ABORTED', 'TIMED_OUT'] as const;
