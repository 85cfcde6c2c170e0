import { isRecord, optionalCount, text } from '../aws/actions.ts';
import type { LocalAccount } from '../aws/local-account.ts';
import { nameOf, onlyKnown, type ResourceHandler } from './resource.ts';

const QUEUE_IDLE = [
  ...['KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds', 'SqsManagedSseEnabled', 'Tags', 'MaximumMessageSize'],
  ...['ReceiveMessageWaitTimeSeconds', 'RedriveAllowPolicy'],
];

/** AWS::SQS::Queue: standard queues. */
export const queue =
  (account: LocalAccount): ResourceHandler =>
  (resource) => {
    const heeded = ['QueueName', 'VisibilityTimeout', 'MessageRetentionPeriod', 'RedrivePolicy'];
    onlyKnown(resource, { heeded, idle: QUEUE_IDLE });
    const { properties } = resource;
    const visibility = optionalCount(properties, 'VisibilityTimeout', { least: 0, most: 43_200 });
    const retention = optionalCount(properties, 'MessageRetentionPeriod', { least: 60, most: 1_209_600 });
    const redrive = properties.RedrivePolicy;
    const name = nameOf(resource, 'QueueName', 80);
    const { url, arn } = account.sqs.addQueue(name, {
      ...(visibility === undefined ? {} : { visibilityTimeoutS: visibility }),
      ...(retention === undefined ? {} : { retentionS: retention }),
      ...(isRecord(redrive)
        ? {
            redrive: {
              deadLetterTargetArn: text(redrive, 'deadLetterTargetArn'),
              maxReceiveCount: optionalCount(redrive, 'maxReceiveCount', { least: 1, most: 1000 }) ?? 10,
            },
          }
        : {}),
    });
    return { ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
  };

/** AWS::SNS::Topic, with the subscriptions that may stand in it. */
export const topic =
  (account: LocalAccount): ResourceHandler =>
  (resource) => {
    const idle = ['DisplayName', 'KmsMasterKeyId', 'Tags', 'TracingConfig', 'SignatureVersion'];
    onlyKnown(resource, { heeded: ['TopicName', 'Subscription'], idle });
    const name = nameOf(resource, 'TopicName', 256);
    const topicArn = account.sns.addTopic(name);
    const subscriptions = resource.properties.Subscription;
    for (const each of Array.isArray(subscriptions) ? subscriptions.filter(isRecord) : []) {
      account.sns.addSubscription({ topicArn, protocol: text(each, 'Protocol'), endpoint: text(each, 'Endpoint') });
    }
    return { ref: topicArn, attributes: { TopicArn: topicArn, TopicName: name } };
  };

/** AWS::SNS::Subscription by a protocol that ends at a person. */
export const subscription =
  (account: LocalAccount): ResourceHandler =>
  (resource) => {
    onlyKnown(resource, { heeded: ['TopicArn', 'Protocol', 'Endpoint'], idle: ['Region'] });
    const { properties } = resource;
    const arn = account.sns.addSubscription({
      topicArn: text(properties, 'TopicArn'),
      protocol: text(properties, 'Protocol'),
      endpoint: text(properties, 'Endpoint'),
    });
    return { ref: arn, attributes: { Arn: arn } };
  };
