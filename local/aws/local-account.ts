import { type ApiGateway, startApiGateway } from '../api-gateway/api-gateway.ts';
import type { LocalClock } from '../clock.ts';
import { AsyncInvocations } from '../lambda/async-invocations.ts';
import type { FunctionError, LogLine } from '../lambda/function-spec.ts';
import { LambdaPool } from '../lambda/lambda-pool.ts';
import { isRecord } from './actions.ts';
import { type AwsCall, AwsFaults, faultError } from './aws-faults.ts';
import { DynamoDb } from './dynamo-db.ts';
import { type Endpoint, type ServiceName, startEndpoint } from './endpoint.ts';
import { EventBus } from './event-bus.ts';
import type { Delivery, EventTargets } from './event-delivery.ts';
import type { Home } from './home.ts';
import { toWire } from './json-protocol.ts';
import { Kms } from './kms.ts';
import { Lambda } from './lambda.ts';
import { Logs } from './logs.ts';
import { Permissions } from './permissions.ts';
import { SecretsManager } from './secrets-manager.ts';
import { type AwsService, type BusEvent, unknownAction } from './service.ts';
import { type PublishedMessage, Sns } from './sns.ts';
import { Sqs } from './sqs.ts';
import { Sts } from './sts.ts';

export interface LocalAccountSettings {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  /** `aws` when absent. */
  readonly partition?: string;
  /** Where the endpoint listens on 127.0.0.1; 0 lets the machine choose. */
  readonly port: number;
  /** Where REST APIs listen on 127.0.0.1; 0, which is usual, lets the machine choose. */
  readonly apiPort?: number;
  readonly clock: LocalClock;
  /** For faults with a probability. Default 1. */
  readonly randomSeed?: number;
  /** Variables that every Lambda gets on top of its own. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly onLog?: (line: LogLine) => void;
  readonly onEvent?: (event: BusEvent, ruleNames: readonly string[]) => void;
  readonly onDelivery?: (delivery: Delivery) => void;
  readonly onPublish?: (message: PublishedMessage) => void;
}

/** How a function ended for a Step Functions task. */
interface TaskAnswer {
  readonly payload?: unknown;
  readonly error?: FunctionError;
}

/** One AWS account and Region on this machine: every simulated service and the endpoint before them. */
export interface LocalAccount {
  readonly home: Home;
  readonly clock: LocalClock;
  readonly endpoint: Endpoint;
  /** What functions may ask the endpoint for. */
  readonly permissions: Permissions;
  readonly kms: Kms;
  readonly bus: EventBus;
  readonly sqs: Sqs;
  readonly sns: Sns;
  readonly logs: Logs;
  readonly secrets: SecretsManager;
  readonly dynamoDb: DynamoDb;
  readonly functions: LambdaPool;
  readonly asynchronous: AsyncInvocations;
  readonly apiGateway: ApiGateway;
  /** What goes wrong with calls over the endpoint and with those of state machines. */
  readonly faults: AwsFaults;
  /** What rules and schedules deliver to. */
  readonly targets: EventTargets;
  /** Adds a service that is made elsewhere, such as Step Functions; the endpoint, rules and tasks reach it from then on. */
  register(name: ServiceName, service: AwsService): void;
  /** Calls a service as a Step Functions task names it (`kms`, `eventbridge`, `cloudwatchlogs`). Throws AwsError. */
  callAws(service: string, action: string, input: unknown): Promise<unknown>;
  /** Runs a function for a task. Throws AwsError when Lambda itself refuses. */
  invokeLambda(functionArn: string, payload: unknown, signal?: AbortSignal): Promise<TaskAnswer>;
  /** Settles when no delivery and no asynchronous invocation is under way. */
  settled(): Promise<void>;
  /** Ends every thread and server. */
  close(): Promise<void>;
}

/** Starts the services, their endpoint and API Gateway. Throws PortTaken when somebody else listens on a port. */
export const startLocalAccount = async (settings: LocalAccountSettings): Promise<LocalAccount> => {
  const { clock } = settings;
  const home = { account: settings.account, region: settings.region, partition: settings.partition ?? 'aws' };
  let url = '';
  const endpointUrl = () => url;
  const dynamoDb = new DynamoDb({ endpointUrl, home });
  const faults = new AwsFaults(settings.randomSeed ?? 1);
  const permissions = new Permissions();
  const endpoint = await startEndpoint({ port: settings.port, dynamoDb, faults, permissions });
  url = endpoint.url;

  const services = new Map<string, AwsService>([['dynamodb', dynamoDb]]);
  const register = (name: ServiceName, service: AwsService): void => {
    services.set(name, service);
    endpoint.register(name, service);
  };
  const logs = new Logs(home, clock);
  const sqs = new Sqs({ home, clock, endpointUrl });
  const sns = new Sns({ home, clock, ...optional('onPublish', settings.onPublish) });
  const print = (line: LogLine): void => {
    logs.write(`/aws/lambda/${line.functionName}`, line.requestId, line);
    settings.onLog?.(line);
  };
  const functions = new LambdaPool({
    clock,
    region: home.region,
    endpointUrl,
    ...optional('environment', settings.environment),
    ...optional('randomSeed', settings.randomSeed),
    onLog: print,
  });
  const taken = eventTargets({ sqs, sns, states: () => services.get('states') });
  const asynchronous = new AsyncInvocations({
    clock,
    pool: functions,
    deliver: destination(taken),
    onLost: (functionName, requestId, reason) =>
      print({ functionName, requestId, stream: 'stderr', text: `destination: ${reason.message}`, at: clock.now() }),
  });
  const targets = {
    ...taken,
    invokeAsync: async (arn: string, payload: string) => void asynchronous.accept(arn, payload),
  };
  const bus = new EventBus({
    home,
    clock,
    targets,
    ...optional('randomSeed', settings.randomSeed),
    ...optional('onEvent', settings.onEvent),
    ...optional('onDelivery', settings.onDelivery),
  });
  const kms = new Kms({ home, clock, emit: (event) => bus.accept(event) });
  const secrets = new SecretsManager({ home, clock, emit: (event) => bus.accept(event) });
  const apis = { home, clock, functions, logs, realNow: Date.now, port: settings.apiPort ?? 0 };
  const apiGateway = await startApiGateway(apis).catch(async (error: unknown) => {
    await dynamoDb.close();
    await endpoint.close();
    throw error;
  });
  register('kms', kms);
  register('events', bus);
  register('sqs', sqs);
  register('sns', sns);
  register('sts', new Sts(home));
  register('logs', logs);
  register('secretsmanager', secrets);
  register('lambda', new Lambda(functions, asynchronous));

  return {
    ...{ home, clock, endpoint, permissions, kms, bus, sqs, sns, logs, secrets, dynamoDb, functions, asynchronous },
    register,
    apiGateway,
    faults,
    targets,
    callAws: async (service, action, input) => {
      const name = TASK_SERVICES[service] ?? service;
      const known = services.get(name);
      if (known === undefined) throw unknownAction(service, action);
      // DynamoDB is reached through the endpoint, where its faults strike.
      if (known !== dynamoDb) assertUnstruck(faults, { service: name, action });
      return toWire(await known.handle(action, isRecord(input) ? input : {}), (date) => date);
    },
    invokeLambda: async (functionArn, payload, signal) => {
      signal?.throwIfAborted();
      assertUnstruck(faults, { service: 'lambda', action: 'Invoke' });
      const outcome = await functions.invoke(functionArn, JSON.stringify(payload ?? null));
      return outcome.kind === 'error' ? { error: outcome.error } : { payload: JSON.parse(outcome.payload) };
    },
    settled: async () => {
      await bus.settled();
      await asynchronous.settled();
    },
    close: async () => {
      await apiGateway.close();
      asynchronous.close();
      sqs.close();
      await functions.close();
      await dynamoDb.close();
      await endpoint.close();
    },
  };
};

/** Within the local run nothing travels, so that only an answer can be struck. */
const assertUnstruck = (faults: AwsFaults, call: AwsCall): void => {
  const fault = faults.strike(call);
  const error = fault === undefined ? undefined : faultError(fault, call);
  if (error !== undefined) throw error;
};

/** The names of services in `aws-sdk:` tasks, where they differ from those the SDKs sign for. */
const TASK_SERVICES: Readonly<Record<string, string>> = {
  eventbridge: 'events',
  cloudwatchlogs: 'logs',
  sfn: 'states',
};

const optional = <K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> => {
  const one: Partial<Record<K, V>> = {};
  if (value !== undefined) one[key] = value;
  return one;
};

const eventTargets = ({
  sqs,
  sns,
  states,
}: {
  readonly sqs: Sqs;
  readonly sns: Sns;
  readonly states: () => AwsService | undefined;
}): Omit<EventTargets, 'invokeAsync'> => ({
  sendMessage: async (arn, body, attributes) => sqs.send(arn, body, attributes),
  publish: async (arn, message) => void sns.publish(arn, message),
  startExecution: async (stateMachineArn, name, input) => {
    const service = states();
    if (service === undefined) throw unknownAction('states', 'StartExecution');
    await service.handle('StartExecution', { stateMachineArn, name, input });
  },
});

/** Where Lambda sends the records of failed asynchronous invocations. */
const destination =
  (targets: Omit<EventTargets, 'invokeAsync'>) =>
  async (arn: string, record: string): Promise<void> => {
    const service = arn.split(':')[2];
    if (service === 'sqs') return targets.sendMessage(arn, record);
    if (service === 'sns') return targets.publish(arn, record);
    throw unknownAction('lambda', `destination ${arn}`);
  };
