import { createHash } from 'node:crypto';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Executions } from '../app/operation-ports.ts';
import { StepFunctionsExecutions } from '../aws/step-functions-executions.ts';
import type { OperationKind } from '../contract/api-answers.ts';
import { ENV } from '../contract/environment.ts';
import type { Environment } from './settings.ts';

export interface OperationPorts {
  readonly executions: Executions;
  readonly fingerprint: (text: string) => string;
}

const SETTING: Readonly<Record<OperationKind, string>> = {
  'key-rollout': ENV.keyRolloutMachine,
  'secret-sync': ENV.secretSyncMachine,
  'workspace-provisioning': ENV.provisioningMachine,
};

/** The stage's state machines of these kinds; one that the stage does not have is not in the environment. */
export function operationPorts(environment: Environment, ...kinds: readonly OperationKind[]): OperationPorts {
  const machines = kinds.flatMap((kind) => {
    const arn = environment[SETTING[kind]];
    return arn === undefined ? [] : [[kind, arn] as const];
  });
  return {
    executions: new StepFunctionsExecutions(new SFNClient({}), Object.fromEntries(machines)),
    fingerprint: (text) => createHash('sha256').update(text).digest('hex').slice(0, 32),
  };
}
