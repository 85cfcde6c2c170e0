import { createHash } from 'node:crypto';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Executions } from '../app/operation-ports.ts';
import { StepFunctionsExecutions } from '../aws/step-functions-executions.ts';
import { ENV } from '../contract/environment.ts';
import type { Environment } from './settings.ts';

export interface OperationPorts {
  readonly executions: Executions;
  readonly fingerprint: (text: string) => string;
}

/** The stage's state machines; a kind that the stage does not have is not in the environment. */
export function operationPorts(environment: Environment): OperationPorts {
  const rollouts = environment[ENV.keyRolloutMachine];
  const syncs = environment[ENV.secretSyncMachine];
  return {
    executions: new StepFunctionsExecutions(new SFNClient({}), {
      ...(rollouts !== undefined && { 'key-rollout': rollouts }),
      ...(syncs !== undefined && { 'secret-sync': syncs }),
    }),
    fingerprint: (text) => createHash('sha256').update(text).digest('hex').slice(0, 32),
  };
}
