import type { HistoryEvent } from '../asl/history.ts';
import type { Outcome } from '../asl/map-run.ts';
import { type ExecutionRecord, statusOf } from './executions.ts';
import type { MapRunRecord } from './map-run-records.ts';
import type { StateMachine } from './state-machines.ts';

type Answer = Readonly<Record<string, unknown>>;

/** Times on the wire of AWS JSON 1.0: seconds since the epoch. */
export const seconds = (ms: number): number => ms / 1_000;

const stopDate = (stoppedAt: number | undefined): Answer =>
  stoppedAt === undefined ? {} : { stopDate: seconds(stoppedAt) };

/** ListStateMachines' item. */
export const stateMachineItem = ({ arn, name, type, createdAt }: StateMachine): Answer => ({
  stateMachineArn: arn,
  name,
  type,
  creationDate: seconds(createdAt),
});

/** DescribeStateMachine. */
export const describeStateMachine = (machine: StateMachine): Answer => ({
  ...stateMachineItem(machine),
  status: 'ACTIVE',
  definition: JSON.stringify(machine.definition),
  roleArn: machine.roleArn,
});

/** ListExecutions' item. */
export const executionItem = (record: ExecutionRecord): Answer => ({
  executionArn: record.arn,
  stateMachineArn: record.stateMachine.arn,
  name: record.name,
  status: statusOf(record),
  startDate: seconds(record.startedAt),
  ...stopDate(record.stoppedAt),
  ...(record.mapRunArn !== undefined && { mapRunArn: record.mapRunArn, itemCount: 1 }),
  redriveCount: 0,
});

const ending = (outcome: Outcome | undefined): Answer => {
  if (outcome?.status === 'SUCCEEDED') {
    return { output: JSON.stringify(outcome.output), outputDetails: { included: true } };
  }
  if (outcome?.status !== 'FAILED' && outcome?.status !== 'ABORTED') return {};
  return {
    ...(outcome.error !== undefined && { error: outcome.error }),
    ...(outcome.cause !== undefined && { cause: outcome.cause }),
  };
};

/** DescribeExecution. The local run does not redrive, so nothing is redrivable. */
export const describeExecution = (record: ExecutionRecord): Answer => {
  const { itemCount: _, ...item } = executionItem(record);
  return {
    ...item,
    input: record.input,
    inputDetails: { included: true },
    ...ending(record.outcome),
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: 'The local run does not redrive executions',
  };
};

const DATA = new Set(['input', 'inputDetails', 'output', 'outputDetails']);

/** The key of an event's details: entering and leaving a state have one for all types of states. */
const detailsKey = (type: string): string => {
  if (type.endsWith('StateEntered')) return 'stateEnteredEventDetails';
  if (type.endsWith('StateExited')) return 'stateExitedEventDetails';
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
};

/** GetExecutionHistory's event, with or without the data that went through it. */
export const historyEvent = (event: HistoryEvent, withData: boolean): Answer => {
  const { id, previousEventId, timestamp, type, details } = event;
  const shown =
    details === undefined
      ? undefined
      : Object.fromEntries(
          Object.entries(details).filter(([key, value]) => value !== undefined && (withData || !DATA.has(key))),
        );
  return {
    id,
    previousEventId,
    timestamp: seconds(timestamp),
    type,
    ...(shown !== undefined && { [detailsKey(type)]: shown }),
  };
};

/** ListMapRuns' item. */
export const mapRunItem = (run: MapRunRecord): Answer => ({
  executionArn: run.executionArn,
  mapRunArn: run.arn,
  stateMachineArn: run.stateMachineArn,
  startDate: seconds(run.startedAt),
  ...stopDate(run.stoppedAt),
});

const counts = ({ children, plan }: MapRunRecord): Answer => {
  const having = (status: string): number => children.filter((child) => statusOf(child) === status).length;
  return {
    pending: plan.itemCount - children.length,
    running: having('RUNNING'),
    succeeded: having('SUCCEEDED'),
    failed: having('FAILED'),
    timedOut: having('TIMED_OUT'),
    aborted: having('ABORTED'),
    total: plan.itemCount,
    resultsWritten: 0,
  };
};

/** DescribeMapRun. One item is one child execution, so both counts are the same. */
export const describeMapRun = (run: MapRunRecord): Answer => ({
  mapRunArn: run.arn,
  executionArn: run.executionArn,
  status: run.status,
  startDate: seconds(run.startedAt),
  ...stopDate(run.stoppedAt),
  maxConcurrency: run.plan.maxConcurrency,
  toleratedFailureCount: run.plan.toleratedFailureCount,
  toleratedFailurePercentage: run.plan.toleratedFailurePercentage,
  itemCounts: counts(run),
  executionCounts: counts(run),
  redriveCount: 0,
});
