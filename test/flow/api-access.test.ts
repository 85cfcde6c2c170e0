import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ROUTES, type Route } from '../../lambda/contract/api-routes.ts';
import type { ApiRequest } from './api-client.ts';
import { type ApiWorld, IDS, pathOf, problemIn, startApiWorld } from './api-world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(() => world.close());

const JSON_TYPE = { 'content-type': 'application/json' };
const EVERY = ROUTES.map((route) => [route.operationId, route] as const);
const callOf = (route: Route): ApiRequest => ({
  ...{ method: route.method, path: pathOf(route) },
  ...(route.request !== undefined && { headers: JSON_TYPE, body: '{"bindingId":"managed"}' }),
});
const MINUTES = 60_000;

describe('a caller who may not ask', () => {
  test.each(EVERY)('%s is refused and changes nothing', async (_name, route) => {
    const before = await world.footprint();
    const call = callOf(route);
    const ago = new Date(Date.now() - 6 * MINUTES);
    const ahead = new Date(Date.now() + 6 * MINUTES);
    const cases: readonly (readonly [string, ApiRequest, string])[] = [
      ['not signed', { ...call, signed: 'none' }, 'MISSING_AUTHENTICATION_TOKEN'],
      ['signed with another secret', { ...call, signed: { secretAccessKey: 'other' } }, 'INVALID_SIGNATURE'],
      ['signed too long ago', { ...call, signed: { at: ago } }, 'INVALID_SIGNATURE'],
      ['signed for later', { ...call, signed: { at: ahead } }, 'INVALID_SIGNATURE'],
      ['with a body that was not signed', { ...call, sentBody: '{"bindingId":"first"}' }, 'INVALID_SIGNATURE'],
    ];
    for (const [what, request, name] of cases) {
      const reply = await world.send(request);
      expect({ what, ...problemIn(reply) }).toMatchObject({ what, status: 403, name });
      // API Gateway's own words repeat the whole canonical request.
      expect(reply.text).not.toContain('x-amz-date');
    }
    expect(await world.footprint()).toEqual(before);
  });
});

describe('a call that there is not', () => {
  test.each([
    ['GET', '/'],
    ['GET', '/v1'],
    ['GET', '/v2/health'],
    ['GET', '/v1/nothing'],
    ['GET', '/v1/key-rollouts'],
    ['GET', '/v1/secret-syncs'],
    ['POST', '/v1/secret-syncs/status'],
    ['PUT', '/v1/key-configurations'],
    ['HEAD', '/v1/health'],
    ['OPTIONS', '/v1/key-rollouts'],
    ['TRACE', '/v1/health'],
    ['GET', '/v1/workspaces/1001/secrets'],
    ['GET', '/v1/workspaces//'],
    ['GET', '/v1/../v1/health'],
    ['GET', '/v1/health%00'],
    ['GET', '/V1/health'],
  ])('%s %s is 403 in the form of every other problem', async (method, path) => {
    const reply = await world.sendNow({ method, path });
    expect(reply).toMatchObject({ status: 403, headers: { 'content-type': 'application/problem+json' } });
  });

  test('says how to find out what there is', async () => {
    const { json } = await world.get('/v1/nothing');
    expect(json).toMatchObject({ detail: expect.stringContaining('/v1/openapi.json') });
  });
});

describe('a wrong id in a path', () => {
  const WITH_ID = EVERY.filter(([, { path }]) => path.includes('{'));

  test.each(WITH_ID)('%s is refused with the name of the id and changes nothing', async (_name, route) => {
    const before = await world.footprint();
    const [name = ''] = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, found]) => found);
    for (const id of [
      '%20',
      'a%2Fb',
      '%2e%2e',
      'x'.repeat(300),
      '%F0%9F%98%80',
      "'%20OR%201=1",
      '$%7Bjndi%7D',
      '%zz',
    ]) {
      const reply = await world.send({ ...callOf(route), path: pathOf(route, { [name]: id }) });
      expect({ id, ...problemIn(reply) }).toMatchObject({
        ...{ id, status: 400, name: 'InputInvalid', paths: expect.arrayContaining([`path.${name}`]) },
      });
    }
    expect(await world.footprint()).toEqual(before);
  });

  test.each([
    ['GET', '/v1/key-configurations/b0000000-0000-4000-8000-000000000009', 'DatabricksNotFound'],
    ['DELETE', '/v1/key-configurations/b0000000-0000-4000-8000-000000000009', 'DatabricksNotFound'],
    ['GET', '/v1/key-configurations/short', 'DatabricksNotFound'],
    ['GET', '/v1/workspaces/4242', 'WorkspaceNotFound'],
    ['GET', '/v1/workspaces/99999999999999999999', 'WorkspaceNotFound'],
    ['GET', '/v1/operations/key-rollout.none', 'OperationNotFound'],
    ['GET', '/v1/operations/secret-sync.none', 'OperationNotFound'],
    ['DELETE', '/v1/operations/key-rollout.none', 'OperationNotFound'],
  ])('%s %s, well formed and of nothing, is 404', async (method, path, name) => {
    const before = await world.footprint();
    expect(problemIn(await world.send({ method, path }))).toMatchObject({ status: 404, name });
    expect(await world.footprint()).toEqual(before);
  });
});

describe('a wrong query', () => {
  test.each(EVERY)('%s refuses a parameter that it does not know', async (_name, route) => {
    const before = await world.footprint();
    const reply = await world.send({ ...callOf(route), query: { surprise: '1' } });
    expect(problemIn(reply)).toMatchObject({ status: 400, paths: expect.arrayContaining(['query.surprise']) });
    expect(await world.footprint()).toEqual(before);
  });

  test.each<[string, Readonly<Record<string, string | readonly string[]>>]>([
    ['limit', { limit: '0' }],
    ['limit', { limit: '101' }],
    ['limit', { limit: '1e1' }],
    ['limit', { limit: '' }],
    ['limit', { limit: ['1', '2'] }],
    ['kind', { kind: 'KEY-ROLLOUT' }],
    ['status', { status: 'PENDING_REDRIVE' }],
    ['next', { next: 'never answered' }],
    ['next', { next: '%' }],
    ['next', { next: '{"key-rollout":""}' }],
    ['next', { next: '{"key-rollout":"bm90aGluZw"}' }],
    ['next', { next: '{"key-rollout":7}' }],
    ['next', { next: '{"other":"x"}' }],
    ['next', { next: '{}' }],
    ['next', { next: '[]' }],
    ['next', { next: 'null' }],
    ['next', { next: JSON.stringify({ 'key-rollout': 'x'.repeat(3_500) }) }],
    ['next', { next: 'x'.repeat(4_097) }],
  ])('%#: a wrong %s of the list of operations is refused with its name', async (name, query) => {
    expect(problemIn(await world.get('/v1/operations', query))).toEqual({
      ...{ status: 400, name: 'InputInvalid', paths: expect.arrayContaining([`query.${name}`]) },
    });
  });
});

describe('a burst', () => {
  test('beyond what the stage lets through is told when to come back', async () => {
    const request = { method: 'GET', path: `/v1/workspaces/${IDS.managed}` };
    let [answered, refused] = [0, await world.sendNow(request)];
    while (refused.status === 200 && answered < 500) {
      answered += 1;
      refused = await world.sendNow(request);
    }
    expect(answered).toBeGreaterThanOrEqual(20);
    expect(problemIn(refused)).toMatchObject({ status: 429, name: 'THROTTLED' });
    expect(refused.headers).toMatchObject({ 'retry-after': '1', 'content-type': 'application/problem+json' });
  });
});
