import { describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { ROUTES } from '../../lambda/contract/api-routes.ts';
import { RequestInvalid } from '../../lambda/domain/problem.ts';
import { requestReader, UnsupportedMediaType } from '../../lambda/runtime/read-request.ts';

const CALLER = 'arn:aws:iam::111122223333:user/somebody';
/** An event as API Gateway makes it, as far as it is read. */
const eventOf = (change: Partial<APIGatewayProxyEvent> = {}): APIGatewayProxyEvent =>
  ({
    ...{ httpMethod: 'POST', resource: '/v1/key-rollouts', path: '/v1/key-rollouts', headers: {}, body: '{}' },
    ...{ pathParameters: null, queryStringParameters: null, multiValueQueryStringParameters: null },
    ...{ isBase64Encoded: false, requestContext: { requestId: 'r1', identity: { userArn: CALLER } } },
    ...change,
  }) as APIGatewayProxyEvent;

const operations = requestReader('operations');
const rollout = (change: Partial<APIGatewayProxyEvent> = {}) =>
  operations(eventOf({ body: '{"bindingId":"prod"}', ...change }));
const list = (query: Readonly<Record<string, string>>, all?: Readonly<Record<string, string[]>>) =>
  operations(
    eventOf({
      ...{ httpMethod: 'GET', resource: '/v1/operations', body: null, queryStringParameters: query },
      multiValueQueryStringParameters:
        all ?? Object.fromEntries(Object.entries(query).map(([name, one]) => [name, [one]])),
    }),
  );
const errorsOf = (act: () => unknown): RequestInvalid['errors'] => {
  try {
    act();
  } catch (error) {
    if (error instanceof RequestInvalid) return error.errors;
    throw error;
  }
  return [];
};

describe('a right request', () => {
  test('is read with its body, its caller and its route', () => {
    expect(rollout({ body: ' {"bindingId":"prod","dryRun":true}\n' })).toEqual({
      ...{ route: ROUTES.find(({ operationId }) => operationId === 'startKeyRollout'), ids: {}, query: {} },
      ...{ body: { bindingId: 'prod', dryRun: true }, caller: CALLER },
    });
  });

  test('is read with the ids of its path', () => {
    const pathParameters = { operationId: 'key-rollout.one' };
    const { ids, body } = operations(
      eventOf({ httpMethod: 'DELETE', resource: '/v1/operations/{operationId}', pathParameters, body: 'no json' }),
    );
    expect([ids, body]).toEqual([pathParameters, undefined]);
  });

  test('is read with its query', () => {
    expect(list({ kind: 'secret-sync', limit: '100', next: 'x' }).query).toEqual({
      ...{ kind: 'secret-sync', limit: '100', next: 'x' },
    });
  });

  test.each(['Idempotency-Key', 'idempotency-key', 'IDEMPOTENCY-KEY'])('is read with its %s', (name) => {
    expect(rollout({ headers: { [name]: 'order-1' } }).idempotencyKey).toBe('order-1');
  });

  test('does not know who asks where API Gateway does not say', () => {
    const requestContext = { requestId: 'r1', identity: { userArn: null } };
    expect(rollout({ requestContext } as Partial<APIGatewayProxyEvent>).caller).toBe('unknown');
  });

  test.each([
    [undefined],
    ['application/json'],
    ['application/json; charset=utf-8'],
    ['Application/JSON'],
    ['application/json ;x'],
  ])('may have the content type %p', (type) => {
    expect(rollout({ headers: type === undefined ? {} : { 'Content-Type': type } }).body).toEqual({
      bindingId: 'prod',
    });
  });

  test('may come as base64', () => {
    const body = Buffer.from('{"bindingId":"prod"}').toString('base64');
    expect(rollout({ body, isBase64Encoded: true }).body).toEqual({ bindingId: 'prod' });
  });

  test('without headers at all is one, too', () => {
    expect(rollout({ headers: null } as unknown as Partial<APIGatewayProxyEvent>).body).toEqual({ bindingId: 'prod' });
  });
});

describe('a wrong request', () => {
  test.each([
    [null, 'nothing'],
    ['', 'nothing'],
    [' \n', 'nothing'],
    ['{', 'text that is no JSON'],
    ['{"bindingId":"prod"} x', 'text that is no JSON'],
    ['[1', 'text that is no JSON'],
  ])('with the body %j is told that %s was found', (body, found) => {
    expect(errorsOf(() => rollout({ body }))).toEqual([{ path: 'body', found, wanted: 'a JSON object' }]);
  });

  test.each([
    ['no base64 at all', '{"bindingId":"prod"}', 'body'],
    ['no UTF-8', Buffer.from([0xff, 0xfe, 0x7b, 0x7d]).toString('base64'), 'body'],
    ['a field that is no UTF-8', Buffer.from('{"bindingId":"\u00e9"}', 'latin1').toString('base64'), 'body.bindingId'],
    ['a surrogate alone', Buffer.from('{"bindingId":"\\ud800"}').toString('base64'), 'body.bindingId'],
    ['UTF-16', Buffer.from('{"bindingId":"prod"}', 'utf16le').toString('base64'), 'body'],
    ['lists without an end', Buffer.from('['.repeat(1_000_000)).toString('base64'), 'body'],
  ])('in base64 that holds %s is refused', (_what, body, path) => {
    expect(errorsOf(() => rollout({ body, isBase64Encoded: true }))).toMatchObject([{ path }]);
  });

  test.each([
    'text/json',
    'application/jsonx',
    'text/plain',
    '',
    ' application/json',
    'application/x-www-form-urlencoded',
  ])('of the content type %p is another media type', (type) => {
    expect(() => rollout({ headers: { 'content-type': type } })).toThrow(UnsupportedMediaType);
  });

  test('is told of a content type at most 80 characters', () => {
    const act = () => rollout({ headers: { 'content-type': 'x'.repeat(5_000) } });
    expect(act).toThrow(`Content-Type: found ${'x'.repeat(80)}, wanted application/json`);
  });

  test('is told of every mistake, wherever it is', () => {
    const paths = errorsOf(() =>
      operations(
        eventOf({
          ...{ headers: { 'Idempotency-Key': ' ' }, body: '{"bindingId":7}' },
          ...{ queryStringParameters: { x: '1' }, multiValueQueryStringParameters: { x: ['1'] } },
        }),
      ),
    ).map(({ path }) => path);
    expect(paths).toEqual(['query.x', 'Idempotency-Key', 'body.bindingId']);
  });

  test('is told of a parameter that came twice, of an unknown one only that it is unknown', () => {
    expect(errorsOf(() => list({ limit: '2' }, { limit: ['1', '2'] }))).toEqual([
      { path: 'query.limit', found: '2 values', wanted: 'one' },
    ]);
    expect(errorsOf(() => list({ x: '2' }, { x: ['1', '2'] }))).toEqual([
      { path: 'query.x', found: 'an unknown field', wanted: 'one of limit, next, kind, status' },
    ]);
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['limit', { limit: '0' }],
    ['limit', { limit: '01' }],
    ['limit', { limit: '101' }],
    ['limit', { limit: '10\n' }],
    ['next', { next: '' }],
    ['next', { next: 'x'.repeat(4_097) }],
    ['kind', { kind: 'rollout' }],
    ['status', { status: 'running' }],
  ])('is told that query.%s is wrong: case %#', (name, query) => {
    expect(errorsOf(() => list(query)).map(({ path }) => path)).toEqual([`query.${name}`]);
  });

  test.each(['', 'one', 'key-rollout.', 'key-rollout.a.b', 'key-rollout.one%20', `key-rollout.${'a'.repeat(81)}`])(
    'is told that the id %p is none',
    (operationId) => {
      const event = eventOf({
        httpMethod: 'GET',
        resource: '/v1/operations/{operationId}',
        pathParameters: { operationId },
      });
      expect(errorsOf(() => operations(event)).map(({ path }) => path)).toEqual(['path.operationId']);
    },
  );

  test('is not looked at for a key where the route takes none', () => {
    const event = eventOf({
      ...{ httpMethod: 'POST', resource: '/v1/key-configurations', headers: { 'Idempotency-Key': ' ' } },
      body: '{"key":"alias/prod","useCases":["STORAGE"]}',
    });
    expect(requestReader('keys')(event).idempotencyKey).toBeUndefined();
  });
});

describe('a reader', () => {
  test('reads every route of its group and no other', () => {
    for (const { group, method, path } of ROUTES) {
      const event = eventOf({ httpMethod: method, resource: path });
      const other = group === 'meta' ? 'keys' : 'meta';
      expect(() => requestReader(other)(event)).toThrow(`no route ${method} ${path}`);
      try {
        requestReader(group)(event);
      } catch (error) {
        expect(error).toBeInstanceOf(RequestInvalid);
      }
    }
  });
});
