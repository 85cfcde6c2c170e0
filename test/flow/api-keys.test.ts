import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Health, ShownKeyConfiguration } from '../../lambda/contract/api-answers.ts';
import { DEMO_ALIAS } from '../../local/demo/account.ts';
import { type ApiWorld, IDS, OLD, problemIn, startApiWorld } from './api-world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld();
});
beforeEach(() => world.databricks.control.clearFaults());
afterAll(() => world.close());

const create = (body: object) => world.post('/v1/key-configurations', body);
const remove = (id: string) => world.send({ method: 'DELETE', path: `/v1/key-configurations/${id}` });
const WANTED = { key: DEMO_ALIAS, useCases: ['MANAGED_SERVICES'] };
const all = async (): Promise<readonly ShownKeyConfiguration[]> =>
  ((await world.get('/v1/key-configurations')).json as { readonly keyConfigurations: readonly ShownKeyConfiguration[] })
    .keyConfigurations;

describe('a key configuration', () => {
  test('tells the workspaces that use it and the state of its key', async () => {
    expect((await world.get(`/v1/key-configurations/${OLD}`)).json).toMatchObject({
      ...{ id: OLD, keyArn: world.keyArn, key: { state: 'Enabled', lastRotatedAt: null } },
      usedBy: [{ workspaceId: IDS.customer, workspaceName: `ws-${IDS.customer}`, for: ['MANAGED_SERVICES'] }],
    });
  });

  test('is created once: 201, then 200 with the same one', async () => {
    const made = await create(WANTED);
    const { id } = made.json as ShownKeyConfiguration;
    expect(made).toMatchObject({
      ...{ status: 201, headers: { location: `/v1/key-configurations/${id}` } },
      json: { keyArn: world.keyArn, useCases: ['MANAGED_SERVICES'], usedBy: [], key: { state: 'Enabled' } },
    });
    const before = await world.footprint();
    for (const key of [DEMO_ALIAS, world.keyArn]) {
      const { status, json } = await create({ ...WANTED, key });
      expect({ status, id: (json as ShownKeyConfiguration).id }).toEqual({ status: 200, id });
    }
    expect(await world.footprint()).toEqual(before);
    expect((await all()).map((one) => one.id).toSorted()).toEqual([id, OLD].toSorted());
  });

  test('that nobody uses is deleted: 204 without a body, then it is 404', async () => {
    const { id } = (await create(WANTED)).json as ShownKeyConfiguration;
    const gone = await remove(id);
    expect([gone.status, gone.text]).toEqual([204, '']);
    expect(problemIn(await remove(id))).toMatchObject({ status: 404, name: 'DatabricksNotFound' });
    expect(problemIn(await world.get(`/v1/key-configurations/${id}`))).toMatchObject({ status: 404 });
    expect((await all()).map((one) => one.id)).toEqual([OLD]);
  });

  test('that a workspace uses is not deleted: 409 with the workspace', async () => {
    const before = await world.footprint();
    const reply = await remove(OLD);
    expect(problemIn(reply)).toMatchObject({ status: 409, name: 'KeyConfigurationInUse' });
    expect(reply.json).toMatchObject({ detail: expect.stringContaining(IDS.customer) });
    expect(await world.footprint()).toEqual(before);
  });

  test.each([
    ['an alias that there is not', 'alias/nothing', 'KeyNotFound'],
    ['a key that there is not', '11111111-2222-4333-8444-555555555555', 'KeyNotFound'],
  ])('of %s is 422 and nothing is registered', async (_what, key, name) => {
    const before = await world.footprint();
    const arn = key.startsWith('alias/') ? key : `${world.keyArn.split('/')[0]}/${key}`;
    expect(problemIn(await create({ ...WANTED, key: arn }))).toMatchObject({ status: 422, name });
    expect(await world.footprint()).toEqual(before);
  });

  test('of a key that Databricks may not use is 422 with what its policy lacks', async () => {
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          ...{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' },
        },
      ],
    });
    const { KeyMetadata } = (await world.aws.kms.handle('CreateKey', { Policy })) as {
      readonly KeyMetadata: { readonly Arn: string };
    };
    const before = await world.footprint();
    const reply = await create({ ...WANTED, key: KeyMetadata.Arn });
    expect(problemIn(reply)).toMatchObject({ status: 422, name: 'KeyPolicyIncomplete' });
    expect(await world.footprint()).toEqual(before);
  });
});

describe('while Databricks is in trouble', () => {
  const TROUBLE = [
    ['login-page', { kind: 'login-page', probability: 1 }],
    ['bad-gateway', { kind: 'bad-gateway', probability: 1 }],
    ['server-error', { kind: 'server-error', probability: 1 }],
    ['unavailable', { kind: 'unavailable', probability: 1 }],
    ['broken connections', { kind: 'reset', probability: 1 }],
  ] as const;

  test.each(TROUBLE)('(%s) its lists are 502 with a name, and health is 503', async (_what, fault) => {
    world.databricks.control.addFault(fault);
    for (const path of ['/v1/key-configurations', '/v1/workspaces']) {
      const reply = problemIn(await world.get(path));
      expect(reply).toMatchObject({ status: 502, name: expect.stringMatching(/^Databricks/) });
    }
    const health = await world.get('/v1/health');
    expect(health.status).toBe(503);
    expect((health.json as Health).checks).toMatchObject([
      { ok: false, failure: { name: expect.stringMatching(/^Databricks/) } },
      { name: 'state table', ok: true, failure: null },
    ]);
  });

  test('(too many requests) its lists are 429 with a time to come back', async () => {
    world.databricks.control.addFault({ kind: 'throttled', retryAfterSeconds: 120, probability: 1 });
    const reply = await world.get('/v1/key-configurations');
    expect(problemIn(reply)).toMatchObject({ status: 429, name: 'DatabricksThrottled' });
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
  });

  test('operations and the document are answered as ever', async () => {
    world.databricks.control.addFault({ kind: 'unavailable', probability: 1 });
    for (const path of ['/v1/operations', '/v1/openapi.json', '/v1/secret-syncs/status']) {
      expect((await world.get(path)).status).toBe(200);
    }
  });
});
