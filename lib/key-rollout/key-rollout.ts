import { Duration } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ENV } from '../../lambda/contract/environment.ts';
import { acknowledge } from '../acknowledge.ts';
import type { CheckedConfig } from '../config/check-config.ts';
import { EventIntake } from '../events/event-intake.ts';
import { AutomationFunction } from '../functions/automation-function.ts';
import type { StateTables } from '../state/state-tables.ts';
import { executionsOf } from '../state-machines/automation-machine.ts';
import { grantKeyReading } from './key-access.ts';
import { keyEventRules } from './key-events.ts';
import { RolloutFunctions } from './rollout-functions.ts';
import { RolloutMachine } from './rollout-machine.ts';

export interface KeyRolloutProps {
  readonly config: CheckedConfig;
  readonly tables: StateTables;
  readonly topic: ITopic;
  /** The machine that writes secrets again under a new key; undefined where none are synced. */
  readonly secretSync: StateMachine | undefined;
}

/** Everything that brings workspaces to their key's current configuration: rules, front door, state machine. */
export class KeyRollout extends Construct {
  readonly stateMachine: StateMachine;
  /** Events that could not be handled; undefined where no key is bound. */
  readonly deadLetters: Queue | undefined;

  constructor(scope: Construct, id: string, { config, tables, topic, secretSync }: KeyRolloutProps) {
    super(scope, id);
    const functions = new RolloutFunctions(this, 'Functions', { config, tables });
    this.stateMachine = new RolloutMachine(this, 'Machine', { config, functions, topic, secretSync }).stateMachine;

    this.deadLetters = config.bindings.keyBindings.length > 0 ? this.#listen(config) : undefined;
  }

  /** Rules and the front door of KMS events. */
  #listen(config: CheckedConfig): Queue {
    const frontDoor = new AutomationFunction(this, 'FrontDoor', {
      config,
      handler: 'start-key-rollout',
      description: 'Starts one key rollout for each fact that a KMS event reports',
      timeout: Duration.minutes(1),
    });
    grantKeyReading(frontDoor, config, 'DescribeKey', 'ListKeyRotations');
    this.stateMachine.grantStartExecution(frontDoor.function);
    this.stateMachine.grantExecution(frontDoor.function, 'states:DescribeExecution');
    const reason = 'Reads how an earlier execution of this one state machine ended';
    acknowledge(frontDoor, executionsOf(this.stateMachine), reason);
    frontDoor.function.addEnvironment(ENV.keyRolloutMachine, this.stateMachine.stateMachineArn);
    return new EventIntake(this, 'Events', { frontDoor, rules: keyEventRules(config) }).deadLetters;
  }
}
