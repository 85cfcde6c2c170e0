import { STATES_ERROR, TaskFailure } from '../asl/failure.ts';
import { isObject } from '../asl/place.ts';
import type { TaskRun } from '../asl/visit.ts';
import { calling } from './task-errors.ts';
import type { TaskTargets } from './task-targets.ts';

/** One API action of another service, as an integration reaches it. */
export interface AwsTask {
  /** The service's id in the SDK. */
  readonly service: string;
  readonly action: string;
  /** What the names of its errors begin with. */
  readonly prefix: string;
  /** Arguments that may be given as JSON and are sent as text. */
  readonly text?: readonly string[];
}

/** Integrations with a form of their own ("Integrating optimized services with Step Functions"). */
export const OPTIMIZED: ReadonlyMap<string, AwsTask> = new Map(
  Object.entries({
    'sns:publish': { service: 'sns', action: 'Publish', prefix: 'SNS', text: ['Message'] },
    'sqs:sendMessage': { service: 'sqs', action: 'SendMessage', prefix: 'SQS', text: ['MessageBody'] },
    'dynamodb:getItem': { service: 'dynamodb', action: 'GetItem', prefix: 'DynamoDB' },
    'dynamodb:putItem': { service: 'dynamodb', action: 'PutItem', prefix: 'DynamoDB' },
    'dynamodb:updateItem': { service: 'dynamodb', action: 'UpdateItem', prefix: 'DynamoDB' },
    'dynamodb:deleteItem': { service: 'dynamodb', action: 'DeleteItem', prefix: 'DynamoDB' },
  }),
);

/** Services that `aws-sdk:` tasks may name, with the prefix of their errors: the SDK's name of the service. */
const SDK_SERVICES: ReadonlyMap<string, string> = new Map([
  ['cloudwatch', 'CloudWatch'],
  ['cloudwatchlogs', 'CloudWatchLogs'],
  ['dynamodb', 'DynamoDb'],
  ['eventbridge', 'EventBridge'],
  ['kms', 'Kms'],
  ['lambda', 'Lambda'],
  ['scheduler', 'Scheduler'],
  ['secretsmanager', 'SecretsManager'],
  ['sfn', 'Sfn'],
  ['sns', 'Sns'],
  ['sqs', 'Sqs'],
  ['ssm', 'Ssm'],
  ['sts', 'Sts'],
]);

/** The action behind `aws-sdk:<service>:<action>`, or undefined when the service is not known. */
export const sdkTask = (service: string, action: string): AwsTask | undefined => {
  const prefix = SDK_SERVICES.get(service);
  if (prefix === undefined || !/^[a-z][A-Za-z0-9]*$/.test(action)) return undefined;
  return { service, action: `${action.charAt(0).toUpperCase()}${action.slice(1)}`, prefix };
};

const asText = (value: unknown): unknown => (typeof value === 'string' ? value : JSON.stringify(value));

const withText = (taskArguments: unknown, keys: readonly string[]): unknown => {
  if (!isObject(taskArguments)) return taskArguments;
  return Object.fromEntries(
    Object.entries(taskArguments).map(([key, value]) => [key, keys.includes(key) ? asText(value) : value]),
  );
};

/** Fields that hold a point in time; in a task's result they are ISO 8601, on the wire seconds since the epoch. */
const isTime = (key: string, value: unknown): value is number =>
  typeof value === 'number' && /(Date|Time|Timestamp)$/.test(key);

/** An API's answer as a task's result: times become text. */
export const asResult = (answer: unknown): unknown => {
  if (answer instanceof Date) return answer.toISOString();
  if (Array.isArray(answer)) return answer.map(asResult);
  if (!isObject(answer)) return answer;
  return Object.fromEntries(
    Object.entries(answer)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, isTime(key, value) ? new Date(value * 1_000).toISOString() : asResult(value)]),
  );
};

/** Calls another service. DynamoDB's items are data and come as they are; elsewhere times become ISO 8601. */
export const callService = async (
  targets: TaskTargets,
  { service, action, prefix, text = [] }: AwsTask,
  taskArguments: unknown,
): Promise<unknown> => {
  const input = withText(taskArguments, text);
  const answer = await calling(prefix, () => targets.callAws(service, action, input));
  return service === 'dynamodb' ? answer : asResult(answer);
};

/**
 * `events:putEvents`: each entry's Detail may be JSON, and its Resources get the ARN of the execution. One entry that
 * is not taken fails the task with EventBridge.FailedEntry ("Add EventBridge events with Step Functions").
 */
export const putEvents = async (targets: TaskTargets, taskArguments: unknown, task: TaskRun): Promise<unknown> => {
  const entries: unknown = isObject(taskArguments) ? taskArguments.Entries : undefined;
  if (!Array.isArray(entries)) throw new TaskFailure(STATES_ERROR.runtime, 'events:putEvents wants Entries');
  const Entries = entries.filter(isObject).map((entry) => ({
    ...entry,
    Detail: asText(entry.Detail),
    Resources: [...(Array.isArray(entry.Resources) ? entry.Resources : []), task.executionArn],
  }));
  const answer = await calling('EventBridge', () => targets.callAws('eventbridge', 'PutEvents', { Entries }));
  if (isObject(answer) && typeof answer.FailedEntryCount === 'number' && answer.FailedEntryCount > 0) {
    throw new TaskFailure('EventBridge.FailedEntry', JSON.stringify(answer));
  }
  return asResult(answer);
};
