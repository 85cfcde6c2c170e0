import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compileModel } from '../../../local/api-gateway/body-model.ts';
import { accessLog, signedFetch, startApi } from './running-api.ts';

let api: Awaited<ReturnType<typeof startApi>>;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const JSON_TYPE = { 'content-type': 'application/json' };

const put = (body: string | undefined, headers: Readonly<Record<string, string>> = JSON_TYPE) =>
  fetch(`${api.url}/orders`, { method: 'PUT', headers, ...(body === undefined ? {} : { body }) });

describe('a body that adheres to the model reaches the function', () => {
  test.each([
    ['as JSON', JSON_TYPE],
    ['as JSON with a character set', { 'content-type': 'Application/JSON; charset=utf-8' }],
  ])('%s', async (_name, headers) => {
    const answer = await put('{"name":"tea", "count":1}', headers);

    expect(await answer.json()).toMatchObject({ body: '{"name":"tea", "count":1}', isBase64Encoded: false });
  });
});

describe('a body that does not adhere to the model is refused', () => {
  test.each([
    ['nothing', undefined, '[Unknown error parsing request body]'],
    ['no JSON', '{"name"', '[Unknown error parsing request body]'],
    ['what is missing', '{}', '[object has missing required properties (["count","name"])]'],
    [
      'what is too much',
      '{"name":"tea","count":1,"y":1,"x":2}',
      '[object instance has properties which are not allowed by the schema: ["x","y"]]',
    ],
    [
      'another type',
      '{"name":"tea","count":"1"}',
      '[instance type (string) does not match any allowed primitive type (allowed: ["integer"])]',
    ],
    [
      'a number below the least',
      '{"name":"tea","count":0}',
      '[numeric instance is lower than the required minimum (minimum: 1, found: 0)]',
    ],
    [
      'a number above the most',
      '{"name":"tea","count":11}',
      '[numeric instance is greater than the required maximum (maximum: 10, found: 11)]',
    ],
    [
      'two things at once',
      '{"name":"A LONG ONE","count":1}',
      '[string "A LONG ONE" is too long (length: 10, maximum allowed: 5), ECMA 262 regex "^[a-z]+$" does not match input string "A LONG ONE"]',
    ],
    [
      'a value that is not in the list',
      '{"name":"tea","count":1,"kinds":["c"]}',
      '[instance value ("c") not found in enum (possible values: ["a","b"])]',
    ],
    [
      'an empty list',
      '{"name":"tea","count":1,"kinds":[]}',
      '[array is too short: must have at least 1 elements but instance has 0 elements]',
    ],
    ['a value twice', '{"name":"tea","count":1,"kinds":["a","a"]}', '[array must not contain duplicate elements]'],
    [
      'another type at the top',
      'null',
      '[instance type (null) does not match any allowed primitive type (allowed: ["object"])]',
    ],
  ])('%s', async (_name, body, detail) => {
    const answer = await put(body);

    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ title: 'Invalid request body', detail, type: 'BAD_REQUEST_BODY' });
    expect((await accessLog(api.account)).at(-1)).toMatchObject({ status: '422', validation: detail });
  });

  test('also when the Content-Type is missing, which counts as JSON', async () => {
    const answer = await fetch(`${api.url}/orders`, { method: 'PUT', body: new Uint8Array([123, 125]) });

    expect(answer.status).toBe(422);
  });

  test('of any content type, when the model is for $default', async () => {
    const post = (body: string) =>
      fetch(`${api.url}/loose`, { method: 'POST', body, headers: { 'content-type': 'text/plain' } });

    expect((await post('[]')).status).toBe(200);
    expect((await post('{}')).status).toBe(422);
  });
});

test('a body of a content type without a model passes unchecked', async () => {
  const answer = await put('<order/>', { 'content-type': 'application/xml' });

  expect(await answer.json()).toMatchObject({ body: '<order/>' });
});

describe('a required parameter', () => {
  const post = (query: string, headers: Readonly<Record<string, string>>, body = '{"name":"tea","count":1}') =>
    signedFetch(`${api.url}/orders${query}`, { method: 'POST', body, headers: { ...JSON_TYPE, ...headers } });

  test('is there, and one that is not required is not', async () => {
    expect((await post('?dry=1', { 'x-trace': 't' })).status).toBe(200);
  });

  test.each([
    ['the query string', '', { 'x-trace': 't' }, 'dry'],
    ['the query string, where it is blank', '?dry=', { 'x-trace': 't' }, 'dry'],
    ['the headers', '?dry=1', {}, 'X-Trace'],
    ['both', '', {}, 'X-Trace, dry'],
  ])('is missing in %s', async (_name, query, headers, names) => {
    const answer = await post(query, headers);

    expect([answer.status, answer.headers.get('x-amzn-errortype')]).toEqual([400, 'BadRequestException']);
    expect(await answer.json()).toEqual({ message: `Missing required request parameters: [${names}]` });
  });

  test('is told before the body is looked at', async () => {
    const answer = await post('', { 'x-trace': 't' }, '{}');

    expect((await answer.json()) as object).toEqual({ message: 'Missing required request parameters: [dry]' });
  });
});

describe('a model is refused with', () => {
  test.each([
    ['a keyword of a later draft', { const: 1 }, 'API Gateway does not support const'],
    ['a format', { type: 'string', format: 'date-time' }, 'unknown format "date-time"'],
    ['a reference to another document', { $ref: 'https://example.com/x' }, "can't resolve reference"],
    ['what API Gateway does not support', { items: [{ not: { default: 1 } }] }, 'API Gateway does not support default'],
    ['the same deeper down', { properties: { a: { minimum: 1, exclusiveMinimum: true } } }, 'exclusiveMinimum'],
    ['no object', 'text', 'the schema must be an object'],
  ])('%s', (_name, schema, message) => {
    expect(() => compileModel('Order', schema)).toThrow('the model Order cannot be used: ');
    expect(() => compileModel('Order', schema)).toThrow(message);
  });

  test('but not for a property of such a name', () => {
    expect(compileModel('Order', { properties: { default: { type: 'string' } } })('{"default":"a"}')).toEqual([]);
  });
});

test('combined schemas are told in the words of the service', () => {
  const model = compileModel('Order', {
    oneOf: [{ type: 'string' }, { type: 'object', minProperties: 2 }],
    anyOf: [{ type: 'string' }, { type: 'array' }],
  });

  expect(model('1')).toEqual(
    expect.arrayContaining([
      'instance failed to match exactly one schema (matched 0 out of 2)',
      'instance failed to match at least one required schema among 2',
    ]),
  );
});
