import { Duration } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { ENV } from '../../lambda/contract/environment.ts';
import type { CheckedConfig } from '../config/check-config.ts';
import { EventIntake } from '../events/event-intake.ts';
import { FunctionSchedule } from '../events/function-schedule.ts';
import { AutomationFunction } from '../functions/automation-function.ts';
import type { StateTables } from '../state/state-tables.ts';
import { grantProtecting, grantTelling, grantWatching } from './watch-access.ts';
import { WATCH_EVENT_RULES } from './watch-events.ts';

export interface KeyWatchProps {
  readonly config: CheckedConfig;
  readonly tables: StateTables;
  readonly topic: ITopic;
}

/** Everything that watches keys which are bound, in use or held: rules, schedule, and the one function behind both. */
export class KeyWatch extends Construct {
  readonly watch: AutomationFunction;
  readonly intake: EventIntake;

  constructor(scope: Construct, id: string, { config, tables, topic }: KeyWatchProps) {
    super(scope, id);
    this.watch = new AutomationFunction(this, 'FrontDoor', {
      config,
      handler: 'watch-keys',
      description: 'Tells of keys that Databricks cannot use, and of keys that it no longer needs',
      // A look at every key asks KMS twice for each of at most 110.
      timeout: Duration.minutes(5),
    }).grantDatabricks();
    grantWatching(this.watch);
    grantProtecting(this.watch, config);
    grantTelling(this.watch);
    tables.grantState(this.watch, 'PutItem', 'DeleteItem', 'Query');
    topic.grantPublish(this.watch.function);
    this.watch.function.addEnvironment(ENV.notificationTopic, topic.topicArn);
    this.intake = new EventIntake(this, 'Events', { frontDoor: this.watch, rules: WATCH_EVENT_RULES });
    const { scheduleMinutes } = config.keyWatch;
    new FunctionSchedule(this, 'Schedule', {
      description: `Looks at every key every ${scheduleMinutes} minutes`,
      every: Duration.minutes(scheduleMinutes),
      frontDoor: this.watch,
      deadLetters: this.intake.deadLetters,
    });
  }
}
