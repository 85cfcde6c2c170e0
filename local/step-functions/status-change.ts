import { uuidFrom } from '../asl/uuid.ts';
import type { Home } from '../aws/home.ts';
import type { BusEvent } from '../aws/service.ts';
import { type ExecutionRecord, statusOf } from './executions.ts';

/** Input and output beyond this many bytes together are left out of the event ("EventBridge payloads"). */
const MOST_BYTES = 248 * 1024;

/**
 * The `Step Functions Execution Status Change` event of an execution as it is now: RUNNING when it has started, later
 * how it ended. Times in its detail are milliseconds since the epoch. Input and output are left out when they are long,
 * and say so in their details.
 */
export const statusChange = (
  record: ExecutionRecord,
  { home, now, random }: { readonly home: Home; readonly now: number; readonly random: () => number },
): BusEvent => {
  const { outcome } = record;
  const output = outcome?.status === 'SUCCEEDED' ? JSON.stringify(outcome.output) : null;
  const failed = outcome?.status === 'FAILED' || outcome?.status === 'ABORTED' ? outcome : undefined;
  const withOutput = output === null || Buffer.byteLength(output) <= MOST_BYTES;
  const withInput = Buffer.byteLength(record.input) + Buffer.byteLength(output ?? '') <= MOST_BYTES;
  return {
    version: '0',
    id: uuidFrom(random),
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    account: home.account,
    time: new Date(now).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: home.region,
    resources: [record.arn],
    detail: {
      executionArn: record.arn,
      stateMachineArn: record.stateMachine.arn,
      name: record.name,
      status: statusOf(record),
      startDate: Math.floor(record.startedAt),
      stopDate: record.stoppedAt === undefined ? null : Math.floor(record.stoppedAt),
      input: withInput ? record.input : null,
      inputDetails: { included: withInput },
      output: withOutput ? output : null,
      outputDetails: output === null ? null : { included: withOutput },
      stateMachineVersionArn: null,
      stateMachineAliasArn: null,
      redriveCount: 0,
      redriveDate: null,
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'The local run does not redrive executions',
      error: failed?.error ?? null,
      cause: failed?.cause ?? null,
    },
  };
};
