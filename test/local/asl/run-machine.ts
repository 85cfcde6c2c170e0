import { checkDefinition } from '../../../local/asl/check-definition.ts';
import type { StateMachineDefinition } from '../../../local/asl/definition.ts';
import { execute } from '../../../local/asl/execute.ts';
import { TaskFailure } from '../../../local/asl/failure.ts';
import type { HistoryEvent } from '../../../local/asl/history.ts';
import type { MapRunPlan, MapRuns, Outcome } from '../../../local/asl/map-run.ts';
import type { Invoke } from '../../../local/asl/visit.ts';
import { LocalClock } from '../../../local/clock.ts';

export interface Run {
  readonly outcome: Outcome;
  readonly events: readonly HistoryEvent[];
  /** Milliseconds on the local clock; real time stands still. */
  readonly took: number;
  readonly plans: readonly MapRunPlan[];
}

export interface RunOptions {
  readonly input?: unknown;
  readonly invoke?: Invoke;
  readonly random?: () => number;
  readonly signal?: AbortSignal;
  readonly clock?: LocalClock;
  readonly onHistory?: (event: HistoryEvent) => void;
}

export const machine = (states: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}) => ({
  QueryLanguage: 'JSONata',
  StartAt: Object.keys(states)[0],
  States: states,
  ...more,
});

const ROLE = 'arn:aws:iam::111122223333:role/rollout';

/** Runs a machine of these states on a clock of its own that starts at 0. */
export const run = async (definition: unknown, options: RunOptions = {}): Promise<Run> => {
  const clock = options.clock ?? new LocalClock(() => 0);
  const events: HistoryEvent[] = [];
  const plans: MapRunPlan[] = [];
  const start = (checked: StateMachineDefinition, input: unknown, name: string, signal: AbortSignal) =>
    execute(
      {
        definition: checked,
        input,
        execution: { arn: `arn:aws:states:us-west-2:111122223333:execution:rollout:${name}`, name, roleArn: ROLE },
        stateMachine: { arn: 'arn:aws:states:us-west-2:111122223333:stateMachine:rollout', name: 'rollout' },
        signal,
      },
      {
        clock,
        random: options.random ?? (() => 0.5),
        invoke: options.invoke ?? (async (_resource, taskArguments) => taskArguments),
        mapRuns,
        onHistory: (event) => {
          if (name !== 'run') return;
          events.push(event);
          options.onHistory?.(event);
        },
      },
    );
  const mapRuns: MapRuns = {
    start: (plan) => {
      plans.push(plan);
      return {
        arn: 'map-run',
        runChild: (processor, input, signal) => start(processor, input, `child-${JSON.stringify(input)}`, signal),
        end: () => undefined,
      };
    },
  };
  const outcome = await start(
    checkDefinition(definition),
    options.input ?? {},
    'run',
    options.signal ?? new AbortController().signal,
  );
  return { outcome, events, took: clock.now(), plans };
};

/** The output of a machine that is expected to succeed. */
export const outputOf = async (definition: unknown, options?: RunOptions): Promise<unknown> => {
  const { outcome } = await run(definition, options);
  if (outcome.status !== 'SUCCEEDED') throw new Error(JSON.stringify(outcome));
  return outcome.output;
};

/** The value of one expression for an input. */
export const valueFor = (expression: string, input: unknown = {}, options: RunOptions = {}): Promise<unknown> =>
  outputOf(machine({ Only: { Type: 'Pass', Output: { value: `{% ${expression} %}` }, End: true } }), {
    ...options,
    input,
  }).then((output) => (output as { readonly value: unknown }).value);

/** A clock on which somebody is always at work, so that it never jumps. */
export const busyClock = (): LocalClock => {
  const clock = new LocalClock(() => 0);
  clock.enter();
  return clock;
};

/** Fails for items that are negative. */
export const unlessNegative: Invoke = async (_resource, item) => {
  if (Number(item) < 0) throw new TaskFailure('IsNegative', `it is ${item}`);
  return item;
};
