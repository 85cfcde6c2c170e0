import type { LocalClock } from '../clock.ts';
import { beforeDeadline } from './deadline.ts';
import type { StateMachineDefinition } from './definition.ts';
import { Expressions } from './expression.ts';
import { ExecutionStopped, ExecutionTimedOut, STATES_ERROR, TaskFailure } from './failure.ts';
import { type HistoryEvent, type Line, startHistory } from './history.ts';
import type { MapRuns, Outcome } from './map-run.ts';
import { runBlock } from './run-block.ts';
import { Scope } from './scope.ts';
import type { Invoke, Walk } from './visit.ts';

/** One execution to run. */
export interface ExecutionRequest {
  /** As `checkDefinition` answered it. */
  readonly definition: StateMachineDefinition;
  readonly input: unknown;
  readonly execution: { readonly arn: string; readonly name: string; readonly roleArn: string };
  readonly stateMachine: { readonly arn: string; readonly name: string };
  /** Aborting it with ExecutionStopped ends the execution as ABORTED. */
  readonly signal: AbortSignal;
}

/** What an execution runs on. `random` answers numbers from 0 up to but excluding 1. */
export interface Surroundings {
  readonly clock: LocalClock;
  readonly random: () => number;
  readonly invoke: Invoke;
  /** Without it a Distributed Map fails with States.Runtime. */
  readonly mapRuns?: MapRuns;
  readonly onHistory: (event: HistoryEvent) => void;
}

/**
 * Runs an execution to its end and answers how it ended; it does not reject for anything a state does. It counts as an
 * actor on the clock from the call on.
 */
export const execute = async (request: ExecutionRequest, around: Surroundings): Promise<Outcome> => {
  const { clock } = around;
  const { definition, input, execution, stateMachine } = request;
  const actor = clock.enter();
  try {
    const startedAt = clock.now();
    const line = startHistory(clock.now, around.onHistory);
    const started = { input: JSON.stringify(input), inputDetails: { truncated: false }, roleArn: execution.roleArn };
    line.add('ExecutionStarted', started);
    const context = {
      Execution: {
        Id: execution.arn,
        Input: input,
        Name: execution.name,
        RoleArn: execution.roleArn,
        StartTime: new Date(startedAt).toISOString(),
        RedriveCount: 0,
      },
      StateMachine: { Id: stateMachine.arn, Name: stateMachine.name },
    };
    const world = {
      clock,
      random: around.random,
      expressions: new Expressions(clock.now, around.random),
      invoke: around.invoke,
      mapRuns: around.mapRuns,
      executionArn: execution.arn,
      runBlock,
    };
    const seconds = definition.TimeoutSeconds;
    const deadline = {
      clock,
      at: seconds === undefined ? undefined : startedAt + 1_000 * seconds,
      signal: request.signal,
      reason: () => new ExecutionTimedOut(`the execution took longer than ${seconds} s`),
    };
    const run = (signal: AbortSignal): Promise<unknown> => {
      const walk: Walk = { world, actor, signal, line, scope: new Scope(), context };
      return runBlock(definition, input, walk);
    };
    return concluded(await settled(beforeDeadline(deadline, run)), line);
  } finally {
    actor.leave();
  }
};

const settled = async (run: Promise<unknown>): Promise<Outcome> => {
  try {
    return { status: 'SUCCEEDED', output: await run };
  } catch (failure) {
    if (failure instanceof TaskFailure) return { status: 'FAILED', error: failure.error, cause: failure.cause };
    if (failure instanceof ExecutionTimedOut) return { status: 'TIMED_OUT' };
    if (failure instanceof ExecutionStopped) return { status: 'ABORTED', error: failure.error, cause: failure.cause };
    const cause = `the local run failed: ${failure instanceof Error ? failure.message : failure}`;
    return { status: 'FAILED', error: STATES_ERROR.runtime, cause };
  }
};

const concluded = (outcome: Outcome, line: Line): Outcome => {
  switch (outcome.status) {
    case 'SUCCEEDED':
      line.add('ExecutionSucceeded', {
        output: JSON.stringify(outcome.output),
        outputDetails: { truncated: false },
      });
      break;
    case 'FAILED':
      line.add('ExecutionFailed', { error: outcome.error, cause: outcome.cause });
      break;
    case 'ABORTED':
      line.add('ExecutionAborted', { error: outcome.error, cause: outcome.cause });
      break;
    case 'TIMED_OUT':
      line.add('ExecutionTimedOut', { error: STATES_ERROR.timeout });
  }
  return outcome;
};
