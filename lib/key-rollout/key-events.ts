import { Duration } from 'aws-cdk-lib';
import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import type { CheckedConfig } from '../config/check-config.ts';
import type { AutomationFunction } from '../functions/automation-function.ts';

/**
 * The rules that bring KMS events to the front door, and the queue for events that nobody could take. Patterns are as
 * narrow as synth allows: the ARN behind an alias is not known, so with an alias binding every rotation of the account's
 * keys arrives and the front door drops the rest.
 */
export class KeyEvents extends Construct {
  readonly deadLetters: Queue;

  constructor(
    scope: Construct,
    id: string,
    props: { readonly config: CheckedConfig; readonly frontDoor: AutomationFunction },
  ) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(this.deadLetters, 'SQS3', 'This is the dead-letter queue of the event rules and of the front door');
    // Lambda takes events asynchronously: what EventBridge delivered but the function could not handle ends here too.
    props.frontDoor.function.configureAsyncInvoke({
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
      onFailure: new SqsDestination(this.deadLetters),
    });
    const keys = props.config.bindings.keyBindings.map(({ key }) => key);
    const aliases = keys.filter((key) => key.startsWith('alias/'));
    const arns = keys.filter((key) => !key.startsWith('alias/'));
    this.#rule('MaterialRotation', 'A bound KMS key got new key material', props.frontDoor, {
      source: ['aws.kms'],
      detailType: ['KMS CMK Rotation'],
      ...(aliases.length === 0 && { resources: arns }),
    });
    if (aliases.length === 0) return;
    this.#rule(
      'AliasMoved',
      'A bound alias points to another KMS key (needs a CloudTrail trail with KMS management events)',
      props.frontDoor,
      {
        source: ['aws.kms'],
        detailType: ['AWS API Call via CloudTrail'],
        detail: {
          eventSource: ['kms.amazonaws.com'],
          eventName: ['UpdateAlias', 'CreateAlias'],
          // CloudTrail reports failed calls too.
          errorCode: [{ exists: false }],
          requestParameters: { aliasName: aliases },
        },
      },
    );
  }

  #rule(id: string, description: string, frontDoor: AutomationFunction, eventPattern: EventPattern): void {
    const target = new LambdaFunction(frontDoor.function, {
      deadLetterQueue: this.deadLetters,
      retryAttempts: 185,
      maxEventAge: Duration.hours(24),
    });
    new Rule(this, id, { description, eventPattern, targets: [target] });
  }
}
