import { randomUUID } from 'node:crypto';
import { isRecord, optionalText, type Request, text } from '../aws/actions.ts';
import { eventTime } from '../aws/cloud-trail.ts';
import { arnAt } from '../aws/home.ts';
import type { LocalAccount } from '../aws/local-account.ts';
import { nameOf, onlyKnown, part, type ResourceHandler, type TemplateResource, whereIs } from './resource.ts';
import { UnknownInTemplate } from './unknown-template.ts';

/** Something that AWS would start by itself at certain times. Nothing fires here unless it is told to. */
export interface Schedule {
  readonly name: string;
  readonly arn: string;
  /** `rate(1 day)`, `cron(0 3 * * ? *)`. */
  readonly expression: string;
  readonly timezone: string;
  readonly enabled: boolean;
  readonly description?: string | undefined;
  readonly targetArns: readonly string[];
  /** Does once, now, what the schedule does. Rejects with AwsError when the target refuses. */
  readonly fire: () => Promise<void>;
}

/** An alarm as the template has it; the local run has no metrics, so that it never rings. */
export interface Alarm {
  readonly name: string;
  readonly arn: string;
  readonly properties: Request;
}

const SCHEDULE_HEEDED = ['Name', 'GroupName', 'ScheduleExpression', 'ScheduleExpressionTimezone', 'State', 'Target'];
const SCHEDULE_IDLE = ['Description', 'FlexibleTimeWindow', 'StartDate', 'EndDate', 'KmsKeyArn'];

/** AWS::Scheduler::Schedule: targets are Lambda, Step Functions, SQS and SNS by their ARN or as StartExecution. */
export const schedule =
  (account: LocalAccount, add: (schedule: Schedule) => void): ResourceHandler =>
  (resource) => {
    onlyKnown(resource, { heeded: SCHEDULE_HEEDED, idle: SCHEDULE_IDLE });
    const { properties, home } = resource;
    const name = nameOf(resource, 'Name', 64);
    const arn = arnAt(home, 'scheduler', `schedule/${optionalText(properties, 'GroupName') ?? 'default'}/${name}`);
    const target = readTarget(resource);
    add({
      name,
      arn,
      expression: text(properties, 'ScheduleExpression'),
      timezone: optionalText(properties, 'ScheduleExpressionTimezone') ?? 'UTC',
      enabled: (properties.State ?? 'ENABLED') === 'ENABLED',
      description: optionalText(properties, 'Description'),
      targetArns: [target.arn],
      fire: () => send(account, target, withContext(target.input, { arn, now: account.clock.now() })),
    });
    return { ref: name, attributes: { Arn: arn } };
  };

/** AWS::CloudWatch::Alarm and CompositeAlarm. */
export const alarm =
  (add: (alarm: Alarm) => void): ResourceHandler =>
  (resource) => {
    const name = nameOf(resource, 'AlarmName', 255);
    const arn = arnAt(resource.home, 'cloudwatch', `alarm:${name}`);
    add({ name, arn, properties: resource.properties });
    return { ref: name, attributes: { Arn: arn } };
  };

interface Target {
  readonly arn: string;
  readonly input: string;
}

/** What Scheduler sends when a target has no input of its own. */
const USUAL_INPUT = JSON.stringify({
  version: '0',
  id: '<aws.scheduler.execution-id>',
  'detail-type': 'Scheduled Event',
  source: 'aws.scheduler',
  time: '<aws.scheduler.scheduled-time>',
  resources: ['<aws.scheduler.schedule-arn>'],
  detail: '{}',
});

const readTarget = (resource: TemplateResource): Target => {
  const target = part(resource, 'Target');
  const strange = Object.keys(target).filter(
    (field) => !['Arn', 'Input', 'RoleArn', 'RetryPolicy', 'DeadLetterConfig'].includes(field),
  );
  if (strange.length > 0) throw new UnknownInTemplate(whereIs(resource), `Target with ${strange.join(', ')}`);
  const arn = text(target, 'Arn');
  const input = optionalText(target, 'Input');
  if (/:scheduler:::aws-sdk:sfn:startExecution$/.test(arn)) return universalTarget(resource, input);
  if (!['lambda', 'states', 'sqs', 'sns'].includes(arn.split(':')[2] ?? '')) {
    throw new UnknownInTemplate(whereIs(resource), `the local run does not know the target ${arn}`);
  }
  return { arn, input: input ?? USUAL_INPUT };
};

const universalTarget = (resource: TemplateResource, input: string | undefined): Target => {
  const request: unknown = JSON.parse(input ?? '{}');
  if (!isRecord(request)) throw new UnknownInTemplate(whereIs(resource), 'the target wants an Input');
  return { arn: text(request, 'StateMachineArn'), input: optionalText(request, 'Input') ?? '{}' };
};

const send = (account: LocalAccount, { arn }: Target, input: string): Promise<void> => {
  const { targets } = account;
  switch (arn.split(':')[2]) {
    case 'lambda':
      return targets.invokeAsync(arn, input);
    case 'states':
      return targets.startExecution(arn, randomUUID(), input);
    case 'sqs':
      return targets.sendMessage(arn, input);
    default:
      return targets.publish(arn, input);
  }
};

/** Fills in the context attributes ("Adding context attributes in EventBridge Scheduler"). */
const withContext = (input: string, { arn, now }: { readonly arn: string; readonly now: number }): string =>
  input
    .replaceAll('<aws.scheduler.schedule-arn>', arn)
    .replaceAll('<aws.scheduler.scheduled-time>', eventTime(now))
    .replaceAll('<aws.scheduler.execution-id>', randomUUID())
    .replaceAll('<aws.scheduler.attempt-number>', '1');
