import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startApi } from './running-api.ts';

let api: Awaited<ReturnType<typeof startApi>>;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const routed = async (path: string, method = 'GET') => {
  const answer = await fetch(`${api.url}${path}`, { method });
  const event = (await answer.json()) as Readonly<Record<string, unknown>>;
  return answer.ok ? [event.resource, event.pathParameters] : [answer.status, event.message];
};

describe('a request comes to', () => {
  test.each([
    ['the root', '', 'GET', ['/', null]],
    ['the root with a slash', '/', 'GET', ['/', null]],
    ['an exact path before a parameter', '/orders/latest', 'GET', ['/orders/latest', null]],
    ['a parameter', '/orders/17', 'DELETE', ['/orders/{id}', { id: '17' }]],
    ['a path with a slash at its end', '/orders/17/', 'DELETE', ['/orders/{id}', { id: '17' }]],
    ['a parameter that stays encoded', '/orders/a%2Fb%20c', 'DELETE', ['/orders/{id}', { id: 'a%2Fb%20c' }]],
    ['a greedy parameter', '/files/a/b%2Bc/d', 'PATCH', ['/files/{proxy+}', { proxy: 'a/b%2Bc/d' }]],
  ])('%s', async (_name, path, method, expected) => {
    expect(await routed(path, method)).toEqual(expected);
  });
});

describe('the service says that a token is missing for', () => {
  test.each([
    ['a path that is not there', '/nothing', 'GET'],
    ['a path between others', '/open', 'GET'],
    ['a method that is not there', '/orders', 'DELETE'],
    ['a method that only a less exact path has', '/orders/latest', 'DELETE'],
    ['a greedy path without anything', '/files/', 'GET'],
    ['a deeper path than a parameter', '/orders/1/2', 'DELETE'],
  ])('%s', async (_name, path, method) => {
    const answer = await fetch(`${api.url}${path}`, { method });

    expect(answer.status).toBe(403);
    expect(answer.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
    expect(await answer.json()).toEqual({ message: 'Missing Authentication Token' });
  });
});

test.each(['/v2/orders', '/', '/v1x'])('%s is no stage', async (path) => {
  const answer = await fetch(`${api.account.apiGateway.url}${path}`);

  expect([answer.status, answer.headers.get('x-amzn-errortype')]).toEqual([403, 'ForbiddenException']);
  expect(await answer.json()).toEqual({ message: 'Forbidden' });
});

test.each([
  ['the header X-HTTP-Method-Override', '', { 'x-http-method-override': 'DELETE' }],
  ['; in a query string', '?a=1;b=2', {}],
  ['| in a query string', '?a=1|2', {}],
])('what changes a request in AWS is refused by name: %s', async (name, query, headers) => {
  const answer = await fetch(`${api.url}${query}`, { headers });

  expect(answer.status).toBe(501);
  expect(await answer.json()).toEqual({ message: expect.stringContaining(`the local run does not know ${name}`) });
});

test('every answer has its ids', async () => {
  for (const path of ['', '/nothing']) {
    const answer = await fetch(`${api.url}${path}`);

    expect(answer.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers.get('x-amz-apigw-id')).toMatch(/^[A-Za-z0-9+/]{15}=$/);
  }
});

test('nobody outside this machine can reach it', async () => {
  const others = Object.values(networkInterfaces())
    .flat()
    .filter((each) => each?.family === 'IPv4' && !each.internal);

  for (const each of others) {
    await expect(fetch(`http://${each?.address}:${api.account.apiGateway.port}/v1`)).rejects.toThrow();
  }
  expect(new URL(api.url).hostname).toBe('127.0.0.1');
});
