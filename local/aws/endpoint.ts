import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AwsCall, AwsFaults } from './aws-faults.ts';
import type { DynamoDb } from './dynamo-db.ts';
import { asAwsError, type HttpAnswer, readBody, send } from './http-answer.ts';
import { answerJson, jsonError } from './json-protocol.ts';
import { answerLambdaRest, isLambdaPath, restError } from './lambda-rest.ts';
import type { Permissions } from './permissions.ts';
import { answerQuery, queryError } from './query-protocol.ts';
import { AwsError, type AwsService, unknownAction } from './service.ts';
import { underFaults } from './under-faults.ts';

/** Services by the name under which the SDKs sign for them. */
export type ServiceName =
  | 'kms'
  | 'events'
  | 'states'
  | 'sqs'
  | 'secretsmanager'
  | 'logs'
  | 'sns'
  | 'sts'
  | 'lambda'
  | 'scheduler'
  | 'monitoring';

/** The prefixes of `X-Amz-Target`, from the services' models. */
const TARGETS: Readonly<Record<string, ServiceName>> = {
  TrentService: 'kms',
  AWSEvents: 'events',
  AWSStepFunctions: 'states',
  AmazonSQS: 'sqs',
  secretsmanager: 'secretsmanager',
  Logs_20140328: 'logs',
};

const DYNAMO_TARGET = 'DynamoDB_20120810';

/** The query services, by the version in every form. */
const QUERY_SERVICES: Readonly<Record<string, { readonly name: ServiceName; readonly namespace: string }>> = {
  '2010-03-31': { name: 'sns', namespace: 'http://sns.amazonaws.com/doc/2010-03-31/' },
  '2011-06-15': { name: 'sts', namespace: 'https://sts.amazonaws.com/doc/2011-06-15/' },
};

/** Where AWS SDKs and the AWS CLI find the simulated services, by `AWS_ENDPOINT_URL`. */
export interface Endpoint {
  /** `http://127.0.0.1:4566` */
  readonly url: string;
  readonly port: number;
  /** Adds a service, or replaces the one with this name. */
  register(name: ServiceName, service: AwsService): void;
  /** Ends every connection. */
  close(): Promise<void>;
}

/** Thrown when somebody else listens on a port that the local run was told to take. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
}

/**
 * Opens the endpoint on 127.0.0.1 and nowhere else. `port` 0 lets the machine choose. It speaks AWS JSON, the query
 * protocol and Lambda's REST; RPC v2 CBOR is refused, because no client that it was tried with sends it. Throws PortTaken.
 */
export const startEndpoint = async (options: {
  readonly port: number;
  readonly dynamoDb?: DynamoDb | undefined;
  readonly services?: Readonly<Partial<Record<ServiceName, AwsService>>>;
  readonly faults?: AwsFaults;
  readonly permissions?: Permissions;
}): Promise<Endpoint> => {
  const services = new Map<string, AwsService>(Object.entries(options.services ?? {}));
  const server = createServer((request, response) => {
    const { dynamoDb, faults, permissions } = options;
    void answer(request, response, { services, dynamoDb, faults, permissions });
  });
  await listen(server, options.port, 'the AWS endpoint');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    register: (name, service) => void services.set(name, service),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** Opens a port on 127.0.0.1; `who` is named when it is taken. Rejects with PortTaken. */
export const listen = (server: Server, port: number, who: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return reject(error);
      reject(new PortTaken(`port ${port} on 127.0.0.1 is taken; give ${who} another one`, { cause: error }));
    });
    server.listen(port, '127.0.0.1', () => resolve());
  });

interface Behind {
  readonly services: ReadonlyMap<string, AwsService>;
  readonly dynamoDb: DynamoDb | undefined;
  readonly faults: AwsFaults | undefined;
  readonly permissions: Permissions | undefined;
}

const answer = async (request: IncomingMessage, response: ServerResponse, behind: Behind): Promise<void> => {
  const [prefix, action = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
  const protocol = protocolOf(request, behind);
  const exchange = { request, response, refuse: protocol.error };
  const { dynamoDb, faults, permissions } = behind;
  const check = (call: AwsCall): void => permissions?.check(request.headers.authorization, call);
  try {
    if (prefix === DYNAMO_TARGET && dynamoDb?.answersItself(action)) {
      const call = { service: 'dynamodb', action };
      check(call);
      return await underFaults(faults, call, exchange, () => dynamoDb.takeOver(request, response));
    }
    const body = await readBody(request);
    const call = protocol.call(body);
    check(call);
    await underFaults(faults, call, exchange, async () => send(response, await protocol.answer(body)));
  } catch (error) {
    if (!response.headersSent) send(response, protocol.error(asAwsError(error)));
  }
};

interface Protocol {
  readonly call: (body: Buffer) => AwsCall;
  readonly answer: (body: Buffer) => Promise<HttpAnswer>;
  readonly error: (error: AwsError) => HttpAnswer;
}

const protocolOf = (request: IncomingMessage, behind: Behind): Protocol => {
  const target = request.headers['x-amz-target'];
  const contentType = request.headers['content-type'] ?? 'application/x-amz-json-1.1';
  if (typeof target === 'string') return jsonProtocol(target, contentType, behind);
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (isLambdaPath(url.pathname)) return restProtocol(request, url, behind);
  if (contentType.startsWith('application/x-www-form-urlencoded')) return queryProtocol(behind);
  return {
    call: () => ({ service: 'unknown', action: url.pathname }),
    answer: async () => {
      throw new AwsError(
        'UnknownOperationException',
        `the local run does not know ${request.method} ${url.pathname}`,
        404,
      );
    },
    error: (error) => jsonError(error, 'application/json'),
  };
};

const jsonProtocol = (target: string, contentType: string, behind: Behind): Protocol => {
  const [prefix = '', action = ''] = target.split('.');
  const name = TARGETS[prefix];
  const service = prefix === DYNAMO_TARGET ? behind.dynamoDb : behind.services.get(name ?? '');
  return {
    call: () => ({ service: prefix === DYNAMO_TARGET ? 'dynamodb' : (name ?? prefix), action }),
    answer: async (body) => {
      if (service === undefined) throw unknownAction(name ?? prefix, action);
      return answerJson(service, { action, body, contentType });
    },
    error: (error) => jsonError(error, contentType),
  };
};

const restProtocol = (request: IncomingMessage, url: URL, behind: Behind): Protocol => ({
  call: () => ({ service: 'lambda', action: request.method === 'POST' ? 'Invoke' : 'ListFunctions' }),
  answer: async (body) => {
    const service = behind.services.get('lambda');
    if (service === undefined) throw unknownAction('lambda', url.pathname);
    const header = (name: string) => request.headers[name]?.toString();
    return answerLambdaRest(service, { method: request.method ?? 'GET', url, body, header });
  },
  error: restError,
});

const queryProtocol = (behind: Behind): Protocol => ({
  call: (body) => {
    const form = new URLSearchParams(body.toString());
    return {
      service: QUERY_SERVICES[form.get('Version') ?? '']?.name ?? 'unknown',
      action: form.get('Action') ?? '',
    };
  },
  answer: async (body) => {
    const form = new URLSearchParams(body.toString());
    const known = QUERY_SERVICES[form.get('Version') ?? ''];
    const service = behind.services.get(known?.name ?? '');
    if (known === undefined || service === undefined) throw unknownAction('query', form.get('Action') ?? '');
    return answerQuery(service, { form, namespace: known.namespace });
  },
  error: queryError,
});
