import { Duration } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ENV } from '../../lambda/contract/environment.ts';
import { acknowledge } from '../acknowledge.ts';
import type { CheckedConfig } from '../config/check-config.ts';
import { EventIntake } from '../events/event-intake.ts';
import { AutomationFunction } from '../functions/automation-function.ts';
import type { StateTables } from '../state/state-tables.ts';
import { executionsOf } from '../state-machines/automation-machine.ts';
import { grantDescribing, selectsByTag } from './secret-access.ts';
import { secretEventRules } from './secret-events.ts';
import { SyncFunctions } from './sync-functions.ts';
import { SyncMachine } from './sync-machine.ts';
import { SyncSchedule } from './sync-schedule.ts';

export interface SecretSyncProps {
  readonly config: CheckedConfig;
  readonly tables: StateTables;
  readonly topic: ITopic;
}

/** Everything that brings selected secrets into their scopes: rules, schedule, front door, state machine. */
export class SecretSync extends Construct {
  readonly stateMachine: StateMachine;
  readonly intake: EventIntake;

  constructor(scope: Construct, id: string, { config, tables, topic }: SecretSyncProps) {
    super(scope, id);
    const functions = new SyncFunctions(this, 'Functions', { config, tables });
    this.stateMachine = new SyncMachine(this, 'Machine', { config, functions, topic }).stateMachine;

    const frontDoor = new AutomationFunction(this, 'FrontDoor', {
      config,
      handler: 'start-secret-sync',
      description: 'Starts one secret sync for each change of a secret that an event reports',
      timeout: Duration.minutes(1),
    });
    // Events hold names but no tags.
    if (selectsByTag(config)) grantDescribing(frontDoor, config);
    this.stateMachine.grantStartExecution(frontDoor.function);
    this.stateMachine.grantExecution(frontDoor.function, 'states:DescribeExecution');
    const reason = 'Reads how an earlier execution of this one state machine ended';
    acknowledge(frontDoor, executionsOf(this.stateMachine), reason);
    frontDoor.function.addEnvironment(ENV.secretSyncMachine, this.stateMachine.stateMachineArn);

    const rules = secretEventRules(config);
    this.intake = new EventIntake(this, 'Events', { frontDoor, rules });
    const { stateMachine } = this;
    const { deadLetters } = this.intake;
    const { everyMinutes } = config.secretSync;
    if (everyMinutes !== 'off') new SyncSchedule(this, 'Schedule', { everyMinutes, stateMachine, deadLetters });
  }
}
