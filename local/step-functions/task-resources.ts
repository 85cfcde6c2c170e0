import { isObject } from '../asl/place.ts';
import type { Invoke } from '../asl/visit.ts';
import type { Home } from '../aws/home.ts';
import type { AwsService } from '../aws/service.ts';
import { type AwsTask, asResult, callService, OPTIMIZED, putEvents, sdkTask } from './aws-tasks.ts';
import { invokeFunction, lambdaInvoke } from './lambda-task.ts';
import { type Nesting, startNested, type Waiting } from './nested-execution.ts';
import { calling } from './task-errors.ts';
import type { TaskTargets } from './task-targets.ts';

type Integration =
  | { readonly kind: 'function'; readonly arn: string }
  | { readonly kind: 'invoke' }
  | { readonly kind: 'events' }
  | { readonly kind: 'nested'; readonly waiting: Waiting }
  | { readonly kind: 'aws'; readonly task: AwsTask }
  | { readonly kind: 'sfn'; readonly task: AwsTask };

const NESTED: ReadonlyMap<string, Waiting> = new Map<string, Waiting>([
  ['states:startExecution', 'not'],
  ['states:startExecution.sync', 'sync'],
  ['states:startExecution.sync:2', 'sync:2'],
]);

const parse = (resource: string): Integration | undefined => {
  if (/^arn:[^:]+:lambda:[^:]+:\d{12}:function:.+$/.test(resource)) return { kind: 'function', arn: resource };
  const name = /^arn:[^:]+:states:::(.+)$/.exec(resource)?.[1];
  if (name === undefined) return undefined;
  if (name === 'lambda:invoke') return { kind: 'invoke' };
  if (name === 'events:putEvents') return { kind: 'events' };
  const waiting = NESTED.get(name);
  if (waiting !== undefined) return { kind: 'nested', waiting };
  const [scheme, service = '', action = '', ...rest] = name.split(':');
  const task = scheme === 'aws-sdk' && rest.length === 0 ? sdkTask(service, action) : OPTIMIZED.get(name);
  if (task === undefined) return undefined;
  return { kind: task.service === 'sfn' ? 'sfn' : 'aws', task };
};

/** Says that the local run does not know a Task's Resource; undefined when it does. */
export const resourceProblem = (resource: string): string | undefined =>
  parse(resource) === undefined ? `the local run does not know the resource '${resource}'` : undefined;

/** What a Step Functions task reaches: the targets, and the service itself for executions. */
export interface Reach {
  readonly home: Home;
  readonly targets: TaskTargets;
  readonly nesting: Nesting;
  readonly service: AwsService;
}

const firstLetter = (change: (letter: string) => string, value: unknown): unknown => {
  if (Array.isArray(value)) return value.map((each) => firstLetter(change, each));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [`${change(key.charAt(0))}${key.slice(1)}`, firstLetter(change, each)]),
  );
};

/** Step Functions' own API writes its fields in lower case, its SDK integration in upper case. */
const callStepFunctions = async (service: AwsService, task: AwsTask, taskArguments: unknown): Promise<unknown> => {
  const input = firstLetter((letter) => letter.toLowerCase(), taskArguments);
  const answer = await calling(task.prefix, () => service.handle(task.action, isObject(input) ? input : {}));
  return asResult(firstLetter((letter) => letter.toUpperCase(), answer));
};

/** Carries out Task states: resolves the resource and names failures as the service integrations do. */
export const invokeResources =
  ({ home, targets, nesting, service }: Reach): Invoke =>
  async (resource, taskArguments, task) => {
    const integration = parse(resource);
    switch (integration?.kind) {
      case undefined:
        throw new Error(resourceProblem(resource));
      case 'function':
        return invokeFunction(targets, integration.arn, taskArguments, task);
      case 'invoke':
        return lambdaInvoke(targets, home, taskArguments, task);
      case 'events':
        return putEvents(targets, taskArguments, task);
      case 'nested':
        return startNested(nesting, integration.waiting, taskArguments, task);
      case 'sfn':
        return callStepFunctions(service, integration.task, taskArguments);
      case 'aws': {
        const called = callService(targets, integration.task, taskArguments);
        // Like `lambda:invoke`, an invocation through the SDK integration stands on the clock for itself.
        return integration.task.service === 'lambda' ? task.away(called) : called;
      }
    }
  };
