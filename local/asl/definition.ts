/** A state machine's definition after `checkDefinition`: JSONata only, every field known, every target present. */
export interface StateMachineDefinition extends StatesBlock {
  /** Seconds on the local clock for the whole execution. */
  readonly TimeoutSeconds?: number;
}

/** What a state machine, a Parallel's branch and a Map's processor have in common. */
export interface StatesBlock {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** A value that may hold `{% %}` strings at any depth. */
export type Template = unknown;

/** What follows an outcome: in a state, in a Choice's rule, in a catcher. */
export interface Transition {
  readonly Next?: string;
  readonly Output?: Template;
  readonly Assign?: Readonly<Record<string, Template>>;
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxAttempts?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL' | 'NONE';
}

interface Catcher extends Transition {
  readonly ErrorEquals: readonly string[];
}

interface Guarded {
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
}

export interface TaskState extends Transition, Guarded {
  readonly Type: 'Task';
  readonly Resource: string;
  readonly Arguments?: Template;
  readonly TimeoutSeconds?: number | string;
}

interface ChoiceRule extends Transition {
  readonly Condition: string | boolean;
}

export interface ChoiceState extends Transition {
  readonly Type: 'Choice';
  readonly Choices: readonly ChoiceRule[];
  readonly Default?: string;
}

export interface WaitState extends Transition {
  readonly Type: 'Wait';
  readonly Seconds?: number | string;
  readonly Timestamp?: string;
}

export interface PassState extends Transition {
  readonly Type: 'Pass';
}

export interface SucceedState {
  readonly Type: 'Succeed';
  readonly Output?: Template;
}

export interface FailState {
  readonly Type: 'Fail';
  readonly Error?: string;
  readonly Cause?: string;
}

export interface ParallelState extends Transition, Guarded {
  readonly Type: 'Parallel';
  readonly Branches: readonly StatesBlock[];
  readonly Arguments?: Template;
}

export interface MapState extends Transition, Guarded {
  readonly Type: 'Map';
  readonly Items?: string | readonly unknown[] | Readonly<Record<string, unknown>>;
  readonly ItemSelector?: Template;
  readonly ItemProcessor: StatesBlock & { readonly ProcessorConfig?: { readonly Mode: 'INLINE' | 'DISTRIBUTED' } };
  readonly MaxConcurrency?: number | string;
  readonly ToleratedFailurePercentage?: number | string;
  readonly ToleratedFailureCount?: number | string;
  readonly Label?: string;
}

/** States that may carry Retry and Catch. */
export type GuardedState = TaskState | ParallelState | MapState;

export type State = GuardedState | ChoiceState | WaitState | PassState | SucceedState | FailState;
