import type { Actor, LocalClock } from '../clock.ts';
import type { State, StatesBlock, Template, Transition } from './definition.ts';
import type { Expressions } from './expression.ts';
import { STATES_ERROR, StateFailure } from './failure.ts';
import type { Line } from './history.ts';
import type { MapRuns } from './map-run.ts';
import type { Scope } from './scope.ts';

/** What a task may know of its execution. */
export interface TaskRun {
  readonly executionArn: string;
  readonly stateName: string;
  /** Aborts when the execution is stopped, a sibling branch fails or the task's time is over. */
  readonly signal: AbortSignal;
  /** Waits for something else that happens on the local clock, without holding time back. */
  away<T>(outcome: Promise<T>): Promise<T>;
  /** Tells the history what a `.sync` task has started. */
  submitted(output: unknown): void;
}

/** Carries out a task. Throws TaskFailure for everything that Retry and Catch should see. */
export type Invoke = (resource: string, taskArguments: unknown, task: TaskRun) => Promise<unknown>;

/** What all states of one execution share. */
interface World {
  readonly clock: LocalClock;
  readonly random: () => number;
  readonly expressions: Expressions;
  readonly invoke: Invoke;
  readonly mapRuns: MapRuns | undefined;
  readonly executionArn: string;
  /** Runs a block of states to its end and answers its output. */
  readonly runBlock: (block: StatesBlock, input: unknown, walk: Walk) => Promise<unknown>;
}

/** One line through the states: the execution's own, a branch, or an iteration. */
export interface Walk {
  readonly world: World;
  readonly actor: Actor;
  readonly signal: AbortSignal;
  readonly line: Line;
  readonly scope: Scope;
  /** The context object without State. */
  readonly context: Readonly<Record<string, unknown>>;
}

/** One state while it is being run. */
export interface Visit<S extends State = State> {
  readonly name: string;
  readonly state: S;
  readonly input: unknown;
  readonly walk: Walk;
  /** The id of its StateEntered event. */
  readonly enteredEvent: number;
  /** Milliseconds since the epoch. */
  readonly enteredAt: number;
  /** The variables as they were when the state was entered. */
  readonly variables: Readonly<Record<string, unknown>>;
  retries: number;
}

/** How a state ended: its output, and the state after it unless it was the last. */
export interface Step {
  readonly output: unknown;
  readonly next: string | undefined;
}

/** What `$states` holds beside input and context. */
export interface Seen {
  readonly result?: unknown;
  readonly errorOutput?: unknown;
  readonly context?: Readonly<Record<string, unknown>>;
}

/** Bytes of UTF-8 that a state's input, output, arguments or one variable may have (service quotas). */
const MOST_BYTES = 256 * 1024;

/** Fails with States.DataLimitExceeded when the value is longer as JSON than Step Functions carries. */
export const withinLimit = (value: unknown, stateName: string, what: string): void => {
  if (Buffer.byteLength(JSON.stringify(value)) <= MOST_BYTES) return;
  const told = `The state/task '${stateName}' ${what} with a size exceeding the maximum number of bytes service limit.`;
  throw new StateFailure(STATES_ERROR.dataLimitExceeded, told);
};

/** Evaluates a template of the visited state. */
export const evaluate = (visit: Visit, template: Template, field: string, seen: Seen = {}): Promise<unknown> => {
  const { context, ...rest } = seen;
  const states = {
    input: visit.input,
    ...rest,
    context: {
      ...visit.walk.context,
      ...context,
      State: { EnteredTime: new Date(visit.enteredAt).toISOString(), Name: visit.name, RetryCount: visit.retries },
    },
  };
  return visit.walk.world.expressions.fill(template, field, { states, variables: visit.variables });
};

/** Evaluates a field that must be a number in a range. Fails with States.QueryEvaluationError when it is none. */
export const evaluateNumber = async (
  visit: Visit,
  template: Template,
  field: string,
  most: number,
): Promise<number> => {
  const value = await evaluate(visit, template, field);
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value;
  const told = `The JSONata expression '${String(template)}' specified for the field '${field}' returned ${JSON.stringify(value)}; a whole number from 0 to ${most} is wanted.`;
  throw new StateFailure(STATES_ERROR.queryEvaluationError, told, field);
};

/**
 * Ends a state: Output and Assign are evaluated from the values at state entry, then the variables are set.
 * `at` is where the transition stands in the state: empty for the state itself, `Catch[0]/` for a catcher.
 */
export const conclude = async (
  visit: Visit,
  transition: Transition,
  { at = '', seen = {}, otherwise }: { readonly at?: string; readonly seen?: Seen; readonly otherwise: unknown },
): Promise<Step> => {
  const [output, assigned] = await Promise.all([
    transition.Output === undefined ? otherwise : evaluate(visit, transition.Output, `${at}Output`, seen),
    evaluate(visit, transition.Assign ?? {}, `${at}Assign`, seen),
  ]);
  withinLimit(output, visit.name, 'returned a result');
  withinLimit(assigned, visit.name, 'assigned variables');
  visit.walk.scope.assign(Object.entries(assigned as Readonly<Record<string, unknown>>));
  return { output, next: transition.Next };
};
