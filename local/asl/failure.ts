/** A state failed with a name that Retry and Catch can match. Thrown by tasks; `cause` is passed on unchanged. */
export class TaskFailure extends Error {
  override readonly name: string = 'TaskFailure';
  /** The error name, such as `States.Timeout` or an exception's name. */
  readonly error: string;
  override readonly cause: string | undefined;

  constructor(error: string, cause?: string) {
    super(cause === undefined ? error : `${error}: ${cause}`);
    this.error = error;
    this.cause = cause;
  }
}

/** A failure that the interpreter itself raises; its cause is told with the state it happened in, as AWS does. */
export class StateFailure extends TaskFailure {
  override readonly name: string = 'StateFailure';
  /** The field whose expression failed, such as `Output/v`. */
  readonly field: string | undefined;

  constructor(error: string, cause: string, field?: string) {
    super(error, cause);
    this.field = field;
  }
}

/** The reason on the abort signal of an execution that StopExecution ended. */
export class ExecutionStopped extends Error {
  override readonly name = 'ExecutionStopped';
  readonly error: string | undefined;
  override readonly cause: string | undefined;

  constructor(error?: string, cause?: string) {
    super('the execution was stopped');
    this.error = error;
    this.cause = cause;
  }
}

/** The reason on the abort signal of an execution that outlived the machine's TimeoutSeconds. */
export class ExecutionTimedOut extends Error {
  override readonly name = 'ExecutionTimedOut';
}

/** The reason on the abort signal of a branch whose sibling failed. */
export class SiblingFailed extends Error {
  override readonly name = 'SiblingFailed';
}

/** The names of Step Functions' own errors (concepts-error-handling, "Error names"). */
export const STATES_ERROR = {
  all: 'States.ALL',
  dataLimitExceeded: 'States.DataLimitExceeded',
  exceedToleratedFailureThreshold: 'States.ExceedToleratedFailureThreshold',
  heartbeatTimeout: 'States.HeartbeatTimeout',
  queryEvaluationError: 'States.QueryEvaluationError',
  runtime: 'States.Runtime',
  taskFailed: 'States.TaskFailed',
  timeout: 'States.Timeout',
} as const;

/**
 * Whether a retrier or catcher with these ErrorEquals answers to `error`. After AWS's concepts-error-handling:
 * States.Runtime always fails the execution; States.ALL does not catch States.DataLimitExceeded; States.TaskFailed
 * answers to every name except States.Timeout; a missed heartbeat is a timeout too.
 */
export const answersTo = (errorEquals: readonly string[], error: string): boolean => {
  if (error === STATES_ERROR.runtime) return false;
  if (errorEquals.includes(error)) return true;
  if (errorEquals.includes(STATES_ERROR.all)) return error !== STATES_ERROR.dataLimitExceeded;
  if (errorEquals.includes(STATES_ERROR.taskFailed)) return error !== STATES_ERROR.timeout;
  return error === STATES_ERROR.heartbeatTimeout && errorEquals.includes(STATES_ERROR.timeout);
};
