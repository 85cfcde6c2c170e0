import { STATES_ERROR, TaskFailure } from '../asl/failure.ts';
import { isObject } from '../asl/place.ts';
import type { TaskRun } from '../asl/visit.ts';
import { describeExecution } from './answers.ts';
import type { ExecutionRecord } from './executions.ts';
import { calling } from './task-errors.ts';

/** How far a `states:startExecution` task waits. */
export type Waiting = 'not' | 'sync' | 'sync:2';

/** Starting and stopping, as the service does it; `start` throws AwsError. */
export interface Nesting {
  start(input: Readonly<Record<string, unknown>>): ExecutionRecord;
  stop(record: ExecutionRecord): void;
}

const KNOWN = new Set(['Input', 'Name', 'StateMachineArn']);

/** What DescribeExecution tells, in the form of a `.sync` task: upper case, times in milliseconds. */
const described = (record: ExecutionRecord): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(describeExecution(record)).map(([key, value]) => {
      const name = `${key.charAt(0).toUpperCase()}${key.slice(1)}`;
      if (typeof value === 'number' && key.endsWith('Date')) return [name, Math.round(value * 1_000)];
      return [name, isObject(value) ? { Included: value.included } : value];
    }),
  );

/**
 * `states:startExecution`, alone or waiting for the end. A `.sync` child that does not succeed fails the task with
 * States.TaskFailed and its description as the cause; it is stopped when the task is
 * ("Start a new AWS Step Functions state machine from a running execution").
 */
export const startNested = async (
  nesting: Nesting,
  waiting: Waiting,
  taskArguments: unknown,
  task: TaskRun,
): Promise<unknown> => {
  if (!isObject(taskArguments)) throw new TaskFailure(STATES_ERROR.runtime, 'startExecution wants Arguments');
  const unknown = Object.keys(taskArguments).filter((key) => !KNOWN.has(key));
  if (unknown.length > 0) {
    throw new TaskFailure(STATES_ERROR.runtime, `the local run does not know ${unknown.join(', ')} of startExecution`);
  }
  const { Input: input = {}, Name: name, StateMachineArn: stateMachineArn } = taskArguments;
  const request = {
    stateMachineArn,
    ...(name !== undefined && { name }),
    input: typeof input === 'string' ? input : JSON.stringify(input),
  };
  const child = await calling('StepFunctions', async () => nesting.start(request));
  const started = { ExecutionArn: child.arn, StartDate: new Date(child.startedAt).toISOString() };
  if (waiting === 'not') return started;
  task.submitted(started);
  const stop = (): void => nesting.stop(child);
  task.signal.addEventListener('abort', stop, { once: true });
  const outcome = await task.away(child.ended).finally(() => task.signal.removeEventListener('abort', stop));
  if (outcome.status !== 'SUCCEEDED') throw new TaskFailure(STATES_ERROR.taskFailed, JSON.stringify(described(child)));
  return waiting === 'sync:2' ? { ...described(child), Output: outcome.output } : described(child);
};
