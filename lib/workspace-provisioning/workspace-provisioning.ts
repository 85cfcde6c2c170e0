import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import type { CheckedConfig } from '../config/check-config.ts';
import type { StateTables } from '../state/state-tables.ts';
import { executionsOf } from '../state-machines/automation-machine.ts';
import { ProvisioningFunctions } from './provisioning-functions.ts';
import { ProvisioningMachine } from './provisioning-machine.ts';

export interface WorkspaceProvisioningProps {
  readonly config: CheckedConfig;
  readonly tables: StateTables;
  readonly topic: ITopic;
  readonly secretSync: StateMachine | undefined;
}

/** Everything that brings a workspace from a request to RUNNING; it is asked for over the API. */
export class WorkspaceProvisioning extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, { config, tables, topic, secretSync }: WorkspaceProvisioningProps) {
    super(scope, id);
    const functions = new ProvisioningFunctions(this, 'Functions', { config, tables });
    this.stateMachine = new ProvisioningMachine(this, 'Machine', { config, functions, topic, secretSync }).stateMachine;
    if (secretSync === undefined) return;
    const reason = 'Waits for the one execution of the secret sync that it started; its name is made at run time';
    acknowledge(this.stateMachine, executionsOf(secretSync, '*'), reason);
  }
}
