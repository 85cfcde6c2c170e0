import { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { Asker, RequestedOperation } from '../app/request-operation.ts';
import type { ApiGroup } from '../contract/api-routes.ts';
import type { CallLimits } from '../databricks/limits.ts';
import { problem, problemOf, RequestInvalid } from '../domain/problem.ts';
import { limitsOf } from './limits-of.ts';
import { type ApiRequest, requestReader, UnsupportedMediaType } from './read-request.ts';
import { placeOf } from './request-errors.ts';

/** What a route answers; the body is sent as JSON. */
export interface ApiAnswer {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiCall extends ApiRequest {
  readonly requestId: string;
  readonly limits: CallLimits;
}

/** Answers by `operationId` of the route. */
export type Answers = Readonly<Record<string, (call: ApiCall) => Promise<ApiAnswer>>>;

const logger = new Logger({ serviceName: 'databricks-security-automation' });

const HEADERS = {
  'cache-control': 'no-store',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
};

/**
 * The handler of one group of routes: reads and checks a request, answers it, and turns whatever goes wrong into
 * problem+json. One line of log for each request, never a body.
 */
export const apiHandler = (group: ApiGroup, answers: Answers) => {
  const read = requestReader(group);
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult>().handler(async (event, context, options) => {
    const { requestId } = event.requestContext;
    let about: About = { requestId, method: event.httpMethod, resource: event.resource };
    logger.resetKeys();
    logger.addContext(context);
    try {
      const request = read(event);
      about = { ...about, path: request.ids };
      const answer = answers[request.route.operationId];
      if (answer === undefined) throw new RangeError(`no answer to ${request.route.operationId}`);
      const answered = await answer({ ...request, requestId, limits: limitsOf(context, options) });
      logger.info('answered', { ...about, caller: request.caller, status: answered.status });
      return sent(answered, 'application/json');
    } catch (error) {
      return refused(error, about);
    }
  });
};

interface About {
  readonly requestId: string;
  readonly method: string;
  readonly resource: string;
  /** Ids of the path, once they are known to be ids. */
  readonly path?: unknown;
}

function refused(error: unknown, about: About): APIGatewayProxyResult {
  const { problem: body, retryAfter } =
    error instanceof UnsupportedMediaType
      ? { problem: problem(415, error.name, error.message, about.requestId), retryAfter: undefined }
      : problemOf(error, about.requestId);
  const failure = error instanceof Error ? error.name : 'unknown';
  const message = messageOf(error);
  if (body.status >= 500) {
    const stack = error instanceof Error ? error.stack : undefined;
    logger.error(message, { ...about, failure, status: body.status, stack });
  } else logger.info(message, { ...about, failure, status: body.status });
  const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  return sent({ status: body.status, body, headers }, 'application/problem+json');
}

/** What stood in a wrong place may be a secret that was pasted there: the log names places only. */
function messageOf(error: unknown): string {
  if (error instanceof RequestInvalid) return error.errors.map(placeOf).join(', ');
  if (error instanceof UnsupportedMediaType) return 'Content-Type';
  return error instanceof Error ? error.message : 'failed';
}

/** Who asks, as an operation remembers it. */
export const askerOf = ({ caller, idempotencyKey }: ApiCall): Asker => ({
  caller,
  ...(idempotencyKey !== undefined && { idempotencyKey }),
});

/** The answer that an operation was started. */
export const started = ({ operation, location }: RequestedOperation): ApiAnswer => ({
  status: 202,
  body: operation,
  headers: { location },
});

const sent = ({ status, body, headers = {} }: ApiAnswer, contentType: string): APIGatewayProxyResult => ({
  statusCode: status,
  headers: { ...HEADERS, ...(body !== undefined && { 'content-type': contentType }), ...headers },
  body: body === undefined ? '' : JSON.stringify(body),
});
