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
import { endedBadly } from './execution-events.ts';

export interface ComputeCareProps {
  readonly config: CheckedConfig;
  readonly tables: StateTables;
  readonly topic: ITopic;
  readonly keyRollout: StateMachine;
}

/**
 * Sees to it that no compute stays stopped: the rule on rollouts that ended badly, the sweep by schedule, and the one
 * function behind both.
 */
export class ComputeCare extends Construct {
  readonly care: AutomationFunction;
  readonly intake: EventIntake;

  constructor(scope: Construct, id: string, { config, tables, topic, keyRollout }: ComputeCareProps) {
    super(scope, id);
    this.care = new AutomationFunction(this, 'FrontDoor', {
      config,
      handler: 'care-for-compute',
      description: 'Frees workspaces of rollouts that ended in the middle, and has their compute restarted',
      timeout: Duration.minutes(5),
    }).grantDatabricks();
    tables.grantState(this.care, 'GetItem', 'PutItem', 'DeleteItem', 'Query');
    topic.grantPublish(this.care.function);
    this.care.function.addEnvironment(ENV.notificationTopic, topic.topicArn);
    this.#grantRollouts(keyRollout);
    this.intake = new EventIntake(this, 'Events', { frontDoor: this.care, rules: endedBadly(keyRollout) });
    const { everyMinutes } = config.computeSweep;
    new FunctionSchedule(this, 'Sweep', {
      description: `Looks for compute that was left stopped every ${everyMinutes} minutes`,
      every: Duration.minutes(everyMinutes),
      frontDoor: this.care,
      deadLetters: this.intake.deadLetters,
    });
  }

  /** Start one that restarts compute; look at those that ended, and at what they had planned. */
  #grantRollouts(machine: StateMachine): void {
    machine.grantStartExecution(this.care.function);
    machine.grantExecution(this.care.function, 'states:DescribeExecution', 'states:GetExecutionHistory');
    acknowledge(this.care, executionsOf(machine), 'Reads how executions of this one state machine ended');
    this.care.function.addEnvironment(ENV.keyRolloutMachine, machine.stateMachineArn);
  }
}
