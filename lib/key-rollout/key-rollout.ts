import { Duration } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ENV } from '../../lambda/contract/environment.ts';
import { acknowledge } from '../acknowledge.ts';
import type { CheckedConfig } from '../config/check-config.ts';
import { EventIntake } from '../events/event-intake.ts';
import { FunctionSchedule } from '../events/function-schedule.ts';
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
  /** Its events and its schedule; undefined where no key is bound. */
  readonly intake: EventIntake | undefined;

  constructor(scope: Construct, id: string, { config, tables, topic, secretSync }: KeyRolloutProps) {
    super(scope, id);
    const functions = new RolloutFunctions(this, 'Functions', { config, tables });
    this.stateMachine = new RolloutMachine(this, 'Machine', { config, functions, topic, secretSync }).stateMachine;

    this.intake = config.bindings.keyBindings.length > 0 ? this.#listen(config) : undefined;
  }

  /** Rules, schedule, and the front door of both. */
  #listen(config: CheckedConfig): EventIntake {
    const frontDoor = new AutomationFunction(this, 'FrontDoor', {
      config,
      handler: 'start-key-rollout',
      description: 'Starts key rollouts: for each fact that a KMS event reports, and for each binding by schedule',
      timeout: Duration.minutes(1),
    });
    grantKeyReading(frontDoor, config, 'DescribeKey', 'ListKeyRotations');
    this.stateMachine.grantStartExecution(frontDoor.function);
    this.stateMachine.grantExecution(frontDoor.function, 'states:DescribeExecution');
    const reason = 'Reads how an earlier execution of this one state machine ended';
    acknowledge(frontDoor, executionsOf(this.stateMachine), reason);
    frontDoor.function.addEnvironment(ENV.keyRolloutMachine, this.stateMachine.stateMachineArn);
    const intake = new EventIntake(this, 'Events', { frontDoor, rules: keyEventRules(config) });
    const { everyHours } = config.keyReconciliation;
    if (everyHours === 'off') return intake;
    // A binding with a rollout under way gets no second one.
    this.stateMachine.grant(frontDoor.function, 'states:ListExecutions');
    new FunctionSchedule(this, 'Reconciliation', {
      description: `Looks at every key binding every ${everyHours} hours`,
      every: Duration.hours(everyHours),
      frontDoor,
      deadLetters: intake.deadLetters,
    });
    return intake;
  }
}
