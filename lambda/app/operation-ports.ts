import type { OperationKind, OperationProgress } from '../contract/api-answers.ts';
import type { OperationId } from '../domain/operation-id.ts';

/** Runs of the state machines, as Step Functions tells them. Kinds that this stage does not have have no runs. */
export interface Executions {
  /** Does nothing if the name was taken, also by a run that ended. Fails with BindingUnknown if there is no such machine. */
  start(kind: OperationKind, name: string, input: object): Promise<void>;
  describe(kind: OperationKind, name: string): Promise<Execution | undefined>;
  /** Which operation an execution is; undefined if it is of none of the stage's machines. */
  idOf(executionArn: string): OperationId | undefined;
  /** Newest first. */
  list(kind: OperationKind, page: ExecutionPage): Promise<ExecutionList>;
  /** Ends it and everything it started; does nothing if it has ended. */
  stop(kind: OperationKind, name: string, cause: string): Promise<void>;
  /** Children of its maps, all together; undefined before the first map began. */
  progress(execution: Execution): Promise<OperationProgress | undefined>;
  /** Children that run now, at most so many. */
  running(execution: Execution, most: number): Promise<readonly RunningChild[]>;
  /** Name of the state that a run itself is in; undefined before the first one. */
  step(execution: Execution): Promise<string | undefined>;
  /** What the state of this name answered last; undefined if it was not reached. */
  answerOf(execution: Execution, state: string): Promise<Fields | undefined>;
}

export type Fields = Readonly<Record<string, unknown>>;

export interface ExecutionPage {
  readonly status?: string;
  readonly limit: number;
  readonly next?: string;
}

export interface ExecutionHead {
  readonly kind: OperationKind;
  readonly name: string;
  readonly arn: string;
  readonly status: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt?: number;
}

export interface Execution extends ExecutionHead {
  readonly input: Fields;
  readonly output?: Fields;
  readonly error?: string;
  readonly cause?: string;
}

export interface ExecutionList {
  readonly executions: readonly ExecutionHead[];
  readonly next?: string;
}

export interface RunningChild {
  readonly input: Fields;
  readonly status: string;
  /** Name of the state it is in. */
  readonly step?: string;
}
