import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeApi } from '../../lambda/app/describe-api.ts';
import { ROUTES } from '../../lambda/contract/api-routes.ts';
import { type ApiWorld, pathOf, startApiWorld } from './api-world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(() => world.close());

describe('what the API answers over HTTP', () => {
  test.each(
    ROUTES.filter(({ method, path }) => method === 'GET' && !path.includes('{operationId}')).map(
      (route) => [route.operationId, route] as const,
    ),
  )('%s answers 200 with what its schema says', async (_name, route) => {
    const before = await world.footprint();
    const { status, headers } = await world.get(pathOf(route));
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'strict-transport-security': expect.stringContaining('max-age='),
    });
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(await world.footprint()).toEqual(before);
  });

  test('the document is the one that the contract makes', async () => {
    const { json } = await world.get('/v1/openapi.json');
    expect(json).toEqual(JSON.parse(JSON.stringify(describeApi())));
  });
});
