import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { AutomationError, Throttled } from '../../lambda/domain/failure.ts';
import { type Answers, apiHandler } from '../../lambda/runtime/api-handler.ts';

const CANARY = 'canary-2c9e';
const eventOf = (change: Partial<APIGatewayProxyEvent> = {}): APIGatewayProxyEvent =>
  ({
    ...{ httpMethod: 'POST', resource: '/v1/key-rollouts', path: '/v1/key-rollouts', body: '{"bindingId":"prod"}' },
    ...{ headers: { authorization: CANARY, 'x-amz-security-token': CANARY }, queryStringParameters: null },
    requestContext: { requestId: 'r1', identity: { userArn: 'arn:aws:iam::111122223333:user/somebody' } },
    ...change,
  }) as APIGatewayProxyEvent;
const CONTEXT = {
  ...{
    awsRequestId: 'a1',
    functionName: 'api',
    functionVersion: '1',
    invokedFunctionArn: 'arn',
    memoryLimitInMB: '512',
  },
  getRemainingTimeInMillis: () => 29_000,
} as unknown as Context;

/** Lines that were printed since the test began. */
let printed: string[];
const [write, error] = [process.stdout.write, process.stderr.write];
beforeEach(() => {
  printed = [];
  const keep = (text: string | Uint8Array): boolean => {
    printed.push(String(text));
    return true;
  };
  process.stdout.write = keep as typeof process.stdout.write;
  process.stderr.write = keep as typeof process.stderr.write;
});
afterEach(() => {
  process.stdout.write = write;
  process.stderr.write = error;
});

const ask = async (startKeyRollout: Answers[string] | undefined, change: Partial<APIGatewayProxyEvent> = {}) => {
  const handler = apiHandler('operations', startKeyRollout === undefined ? {} : { startKeyRollout });
  const answer = await handler(eventOf(change), CONTEXT, {} as never);
  const { statusCode, headers = {}, body } = answer ?? { statusCode: 0, body: 'null' };
  return { status: statusCode, headers, body: body === '' ? undefined : (JSON.parse(body) as Record<string, unknown>) };
};
const failing = (failure: unknown) => ask(async () => Promise.reject(failure));

describe('the handler of a group of routes', () => {
  test('sends what a route answers as JSON that nobody keeps', async () => {
    const body = { id: 'one' };
    expect(await ask(async () => ({ status: 202, body, headers: { location: '/v1/operations/one' } }))).toEqual({
      ...{ status: 202, body },
      headers: {
        ...{ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', location: '/v1/operations/one' },
        ...{ 'content-type': 'application/json', 'strict-transport-security': 'max-age=63072000; includeSubDomains' },
      },
    });
  });

  test('sends no content type without a body', async () => {
    const { headers, body } = await ask(async () => ({ status: 204 }));
    expect([headers['content-type'], body]).toEqual([undefined, undefined]);
  });

  test('gives a route the time that is left', async () => {
    const { body } = await ask(async ({ limits }) => ({ status: 200, body: { left: limits.remainingMs?.() } }));
    expect(body).toEqual({ left: 29_000 });
  });

  test('turns a failure into a problem with its name', async () => {
    expect(await failing(new AutomationError(FAILURE.operationEnded, 'it has ended'))).toMatchObject({
      ...{ status: 409, headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' } },
      body: { status: 409, detail: 'it has ended', requestId: 'r1' },
    });
  });

  test('says when to come back', async () => {
    expect((await failing(new Throttled('slowly', 7_500))).headers['retry-after']).toBe('8');
  });

  test('refuses another media type as 415', async () => {
    const { status, body } = await ask(async () => ({ status: 200 }), { headers: { 'content-type': 'text/plain' } });
    expect([status, body?.detail]).toEqual([415, 'Content-Type: found text/plain, wanted application/json']);
  });

  test.each([
    ['an unknown error', new TypeError(`${CANARY}-in-words`)],
    ['something that is no error', { message: `${CANARY}-in-words` }],
  ])('tells the caller nothing of %s', async (_what, failure) => {
    const { status, body } = await failing(failure);
    expect([status, body?.detail]).toEqual([500, 'look into the logs with the request id']);
    expect(JSON.stringify(body)).not.toContain(CANARY);
    expect(printed.join('')).toMatch(/"level":"ERROR".*"requestId":"r1"/);
  });

  test('answers 500 for a route that nobody answers, and 500 for one that is not its own', async () => {
    expect((await ask(undefined)).status).toBe(500);
    expect((await ask(async () => ({ status: 200 }), { resource: '/v1/health', httpMethod: 'GET' })).status).toBe(500);
  });
});

describe('the log of a request', () => {
  const lines = () =>
    printed
      .join('')
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  test('is one line of who asked what, and how it ended', async () => {
    await ask(async () => ({ status: 202, body: { secret: CANARY } }));
    expect(lines()).toMatchObject([
      {
        ...{ level: 'INFO', message: 'answered', method: 'POST', resource: '/v1/key-rollouts', path: {}, status: 202 },
        ...{ requestId: 'r1', caller: 'arn:aws:iam::111122223333:user/somebody' },
      },
    ]);
  });

  test('is one line with the stack of a failure that nobody expected', async () => {
    await failing(new TypeError('undefined is no function'));
    expect(lines()).toMatchObject([
      {
        level: 'ERROR',
        message: 'undefined is no function',
        failure: 'TypeError',
        stack: expect.stringContaining('at '),
      },
    ]);
  });

  test('holds no body, no header, and nothing that stood in a wrong place', async () => {
    await ask(async () => ({ status: 200, body: { secret: CANARY } }));
    for (const change of [
      { body: `{"bindingId":"${CANARY.toUpperCase()}"}` },
      { body: `{"${CANARY}":1}` },
      { body: CANARY },
      { headers: { 'content-type': CANARY } },
      { headers: { 'Idempotency-Key': `${CANARY} ` } },
      { queryStringParameters: { [CANARY]: CANARY }, multiValueQueryStringParameters: { [CANARY]: ['1', '2'] } },
      { pathParameters: { workspaceId: CANARY } },
    ] satisfies readonly Partial<APIGatewayProxyEvent>[]) {
      await ask(async () => ({ status: 200 }), change);
    }
    expect(lines()).toHaveLength(8);
    expect(printed.filter((text) => text.toLowerCase().includes(CANARY))).toEqual([]);
  });
});
