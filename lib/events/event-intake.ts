import { Duration } from 'aws-cdk-lib';
import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import type { AutomationFunction } from '../functions/automation-function.ts';

/** A rule of the default event bus, by the id of its construct. */
export type EventRules = Readonly<
  Record<string, { readonly description: string; readonly eventPattern: EventPattern }>
>;

/** The rules that bring events to a front door, and the queue for events that nobody could take. */
export class EventIntake extends Construct {
  readonly deadLetters: Queue;
  readonly frontDoor: AutomationFunction;
  readonly rules: EventRules;

  constructor(
    scope: Construct,
    id: string,
    { frontDoor, rules }: { readonly frontDoor: AutomationFunction; readonly rules: EventRules },
  ) {
    super(scope, id);
    this.frontDoor = frontDoor;
    this.rules = rules;
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(this.deadLetters, 'SQS3', 'This is the dead-letter queue of the event rules and of the front door');
    // Lambda takes events asynchronously: what EventBridge delivered but the function could not handle ends here too.
    frontDoor.function.configureAsyncInvoke({
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
      onFailure: new SqsDestination(this.deadLetters),
    });
    for (const [rule, { description, eventPattern }] of Object.entries(rules)) {
      const target = new LambdaFunction(frontDoor.function, {
        deadLetterQueue: this.deadLetters,
        retryAttempts: 185,
        maxEventAge: Duration.hours(24),
      });
      new Rule(this, rule, { description, eventPattern, targets: [target] });
    }
  }
}
