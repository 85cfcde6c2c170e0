import { beforeDeadline, unlessAborted } from './deadline.ts';
import type { TaskState } from './definition.ts';
import { STATES_ERROR, TaskFailure } from './failure.ts';
import { guarded } from './retry.ts';
import { conclude, evaluate, evaluateNumber, type Step, type TaskRun, type Visit, withinLimit } from './visit.ts';

/** The longest TimeoutSeconds that AWS takes. */
const LONGEST_TIMEOUT_S = 99_999_999;

const isPlainLambda = (resource: string): boolean => /^arn:[^:]+:lambda:/.test(resource);

/** The names of a task's events: a Lambda function given by its ARN has events of its own, as on AWS. */
const family = (resource: string): string => (isPlainLambda(resource) ? 'LambdaFunction' : 'Task');

/** `arn:aws:states:::aws-sdk:kms:describeKey` is `aws-sdk:kms` and `describeKey` in the history. */
const resourceNames = (resource: string): { readonly resourceType: string; readonly resource: string } => {
  const service = resource.split(':::')[1] ?? resource;
  const parts = service.split(':');
  const kind = parts[0] === 'aws-sdk' ? 2 : 1;
  return { resourceType: parts.slice(0, kind).join(':'), resource: parts.slice(kind).join(':') };
};

const asJson = (value: unknown) => ({ output: JSON.stringify(value), outputDetails: { truncated: false } });

/** Runs a Task state: Arguments, the task under its time limit, Output and Assign, all under Retry and Catch. */
export const runTask = (visit: Visit<TaskState>): Promise<Step> =>
  guarded(visit, async () => {
    const { state, input } = visit;
    const taskArguments = state.Arguments === undefined ? input : await evaluate(visit, state.Arguments, 'Arguments');
    withinLimit(taskArguments, visit.name, 'was given arguments');
    const seconds =
      state.TimeoutSeconds === undefined
        ? undefined
        : await evaluateNumber(visit, state.TimeoutSeconds, 'TimeoutSeconds', LONGEST_TIMEOUT_S);
    const result = await invoke(visit, taskArguments, seconds);
    withinLimit(result, visit.name, 'returned a result');
    return conclude(visit, state, { seen: { result }, otherwise: result });
  });

const invoke = async (
  visit: Visit<TaskState>,
  taskArguments: unknown,
  seconds: number | undefined,
): Promise<unknown> => {
  const { walk, state, name } = visit;
  const names = resourceNames(state.Resource);
  const tell = (type: string, details?: Readonly<Record<string, unknown>>): number =>
    walk.line.add(
      `${family(state.Resource)}${type}`,
      isPlainLambda(state.Resource) || details === undefined ? details : { ...names, ...details },
      name,
    );
  announce(visit, taskArguments, seconds, tell);
  try {
    const result = await beforeDeadline(
      {
        clock: walk.world.clock,
        at: seconds === undefined ? undefined : walk.world.clock.now() + seconds * 1_000,
        signal: walk.signal,
        reason: () => new TaskFailure(STATES_ERROR.timeout),
      },
      (signal) => perform(visit, taskArguments, signal, (output) => tell('Submitted', asJson(output))),
    );
    tell('Succeeded', asJson(result));
    return result;
  } catch (thrown) {
    if (walk.signal.aborted) throw walk.signal.reason;
    const failure = asFailure(thrown);
    tell(failure.error === STATES_ERROR.timeout ? 'TimedOut' : 'Failed', {
      error: failure.error,
      cause: failure.cause,
    });
    throw failure;
  }
};

const announce = (
  { walk, state }: Visit<TaskState>,
  taskArguments: unknown,
  seconds: number | undefined,
  tell: (type: string, details?: Readonly<Record<string, unknown>>) => number,
): void => {
  const limit = seconds === undefined ? {} : { timeoutInSeconds: seconds };
  const json = JSON.stringify(taskArguments);
  if (isPlainLambda(state.Resource)) {
    tell('Scheduled', { resource: state.Resource, input: json, inputDetails: { truncated: false }, ...limit });
    tell('Started');
    return;
  }
  tell('Scheduled', { region: walk.world.executionArn.split(':')[3], parameters: json, ...limit });
  tell('Started', {});
};

const perform = async (
  { walk, state, name }: Visit<TaskState>,
  taskArguments: unknown,
  signal: AbortSignal,
  submitted: (output: unknown) => void,
): Promise<unknown> => {
  const task: TaskRun = {
    executionArn: walk.world.executionArn,
    stateName: name,
    signal,
    away: (outcome) => walk.actor.away(outcome, signal),
    submitted,
  };
  const result = await unlessAborted(() => walk.world.invoke(state.Resource, taskArguments, task), signal);
  return result === undefined ? null : result;
};

/** What a task throws without a name is a fault of the local run; States.Runtime shows it and nothing catches it. */
const asFailure = (thrown: unknown): TaskFailure =>
  thrown instanceof TaskFailure
    ? thrown
    : new TaskFailure(
        STATES_ERROR.runtime,
        `the local run failed: ${thrown instanceof Error ? thrown.message : thrown}`,
      );
