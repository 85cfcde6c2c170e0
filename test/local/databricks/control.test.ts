import { describe, expect, test } from '@jest/globals';
import type { SimulatorState } from '../../../local/databricks/control.ts';
import { ACME, field, KEY_1, run, STARTED_AT } from './running-simulator.ts';

const SEED = {
  keyConfigurations: [{ id: 'cmk-1', keyArn: KEY_1, useCases: ['MANAGED_SERVICES'] }],
  workspaces: [
    {
      ...ACME,
      managedServicesKeyId: 'cmk-1',
      clusters: [{ id: 'c-1' }],
      pools: [{ id: 'p-1', name: 'pool', idle: 2 }],
      warehouses: [{ id: 'w-1', name: 'sql' }],
    },
  ],
} as const;

describe('the control endpoint', () => {
  test('shows the account, its workspaces, their keys and compute', async () => {
    const { control, simulator } = await run(SEED);

    const state = (await control('GET', '/state')).body as SimulatorState;

    expect(state).toMatchObject({
      now: STARTED_AT,
      accountId: simulator.accountId,
      keyConfigurations: [{ customer_managed_key_id: 'cmk-1' }],
      workspaces: [
        {
          id: '123456789',
          status: 'RUNNING',
          network: 'customer',
          updating: false,
          managedServicesKeyId: 'cmk-1',
          storageKeyId: null,
          clusters: [{ cluster_id: 'c-1', state: 'RUNNING' }],
          pools: [{ instance_pool_id: 'p-1', stats: { idle_count: 2 } }],
          warehouses: [{ id: 'w-1', state: 'RUNNING' }],
          secretScopes: [],
        },
      ],
      violations: [],
    });
    expect(state).toEqual(JSON.parse(JSON.stringify(simulator.control.state())));
  });

  test('shows every request without a token or a secret in it', async () => {
    const { account, workspace, control, simulator } = await run(SEED);
    await account('PATCH', '/workspaces/123456789?update_mask=custom_tags', { custom_tags: { a: 'b' } });
    await workspace('GET', '/api/2.1/clusters/list?page_size=3');

    const reply = await control('GET', '/requests');

    const root = `/api/2.0/accounts/${simulator.accountId}`;
    const about = { time: STARTED_AT, query: '', workspaceId: null, fault: null, error: null };
    expect(field(reply, 'requests')).toEqual([
      {
        ...about,
        method: 'POST',
        path: `/oidc/accounts/${simulator.accountId}/v1/token`,
        status: 200,
        caller: 'client',
      },
      {
        ...about,
        method: 'PATCH',
        path: `${root}/workspaces/123456789`,
        query: 'update_mask=custom_tags',
        status: 400,
        caller: 'account',
        workspaceId: '123456789',
      },
      { ...about, method: 'POST', path: '/oidc/v1/token', status: 200, caller: 'client', workspaceId: '123456789' },
      {
        ...about,
        method: 'GET',
        path: '/api/2.1/clusters/list',
        query: 'page_size=3',
        status: 200,
        caller: 'workspace',
        workspaceId: '123456789',
      },
    ]);
    expect(reply.text).not.toContain(simulator.clientSecret);
    expect(reply.text).not.toContain('simulated-');
  });

  test('counts by workspace and operation, and forgets on demand', async () => {
    const { workspace, control } = await run(SEED);
    await workspace('GET', '/api/2.0/sql/warehouses/w-1');
    await workspace('GET', '/api/2.0/sql/warehouses/w-9');
    await workspace('GET', '/api/2.0/no-such-thing');

    const counted = await control('GET', '/counters');
    await control('POST', '/reset-requests');

    expect(counted.body).toEqual({
      '123456789': {
        'POST /oidc/v1/token': 1,
        'GET /api/2.0/sql/warehouses/{id}': 2,
        'GET /api/2.0/no-such-thing': 1,
      },
    });
    expect((await control('GET', '/counters')).body).toEqual({});
    expect((await control('GET', '/requests')).body).toEqual({ requests: [] });
  });

  test('sets and clears faults and switches', async () => {
    const { account, control } = await run(SEED);
    await account('GET', '/workspaces');

    await control('POST', '/faults', { kind: 'throttled', retryAfterSeconds: 3, times: 1 });
    const struck = await account('GET', '/workspaces');
    await control('POST', '/faults', { kind: 'reset', probability: 1 });
    await control('POST', '/clear-faults');
    await control('POST', '/switches', { lists: 'wrapped', timings: { clusterStartMs: 5 } });
    const wrapped = await account('GET', '/workspaces');

    expect(struck.status).toBe(429);
    expect(field(wrapped, 'workspaces')).toHaveLength(1);
    expect(field(await control('GET', '/state'), 'switches')).toMatchObject({
      lists: 'wrapped',
      timings: { clusterStartMs: 5, clusterTerminateMs: 20_000 },
    });
  });

  test('sets the switches of provisioning', async () => {
    const { control } = await run(SEED);
    const switches = {
      accountTier: 'PREMIUM',
      deploymentPrefix: null,
      credentialsDelayMs: 1,
      workspaceCredentialsDelayMs: 2,
      addressesUsedUp: true,
      duplicateWorkspaceName: 'refuse',
      deleteInUse: 'invalid-state',
      removalStatus: 'CANCELLING',
    };

    const reply = await control('POST', '/switches', { ...switches, timings: { hostLagMs: 3 } });
    const refused = await control('POST', '/switches', { deploymentPrefix: 1 });

    expect([reply.status, refused.status]).toEqual([200, 400]);
    expect(field(await control('GET', '/state'), 'switches')).toMatchObject(switches);
  });

  test('changes and adds compute by hand', async () => {
    const { control, simulator } = await run(SEED);

    await control('POST', '/workspaces/123456789', { status: 'BANNED', outcome: 'dropped' });
    await control('POST', '/workspaces/123456789/clusters/c-1', { state: 'TERMINATED' });
    await control('POST', '/workspaces/123456789/clusters', { id: 'c-2', source: 'JOB' });
    await control('POST', '/workspaces/123456789/pools/p-1', { idle: 0 });
    await control('POST', '/workspaces/123456789/pools', { id: 'p-2', name: 'another' });
    await control('POST', '/workspaces/123456789/warehouses/w-1', { state: 'STOPPED' });
    await control('POST', '/workspaces/123456789/warehouses', { id: 'w-2', name: 'another', serverless: true });

    expect(simulator.control.state().workspaces[0]).toMatchObject({
      status: 'BANNED',
      outcome: 'dropped',
      clusters: [
        { cluster_id: 'c-1', state: 'TERMINATED' },
        { cluster_id: 'c-2', cluster_source: 'JOB' },
      ],
      pools: [{ stats: { idle_count: 0 } }, { instance_pool_id: 'p-2' }],
      warehouses: [{ state: 'STOPPED' }, { id: 'w-2' }],
    });
  });

  test.each([
    ['/faults', { kind: 'explosion' }, 'kind must be one of'],
    ['/faults', { kind: 'slow' }, 'missing: realMs'],
    ['/faults', { kind: 'reset', path: '(' }, 'Invalid regular expression'],
    ['/switches', { listing: 'array' }, 'unknown field listing'],
    ['/switches', { lists: 'sorted' }, 'lists must be one of'],
    ['/switches', { timings: { lunchMs: 1 } }, 'unknown field lunchMs'],
    ['/workspaces/7', { status: 'RUNNING' }, 'Workspace 7 does not exist'],
    ['/workspaces/123456789/clusters/c-9', { state: 'RUNNING' }, 'Cluster c-9 does not exist'],
    ['/workspaces/123456789/clusters', { name: 'x' }, 'missing: id'],
    ['/switches', 'not JSON', 'not JSON'],
  ])('refuses %s %j', async (path, body, message) => {
    const { control } = await run(SEED);

    const reply = await control('POST', path, body);

    expect(reply.status).toBe(400);
    expect(field(reply, 'message')).toContain(message);
  });

  test('does not know other paths, and its own calls are not in the log', async () => {
    const { control, simulator } = await run(SEED);

    expect((await control('GET', '/secrets')).status).toBe(404);
    expect(simulator.control.requests()).toEqual([]);
  });
});

describe('the listener', () => {
  test('answers 404 for paths and hosts that it does not have', async () => {
    const { account, workspace, simulator } = await run();
    const missing = { status: 404, body: { message: 'Invalid endpoint' } };

    expect(await account('GET', '/no-such-thing')).toMatchObject(missing);
    expect(await workspace('GET', '/api/2.0/dbfs/list')).toMatchObject(missing);
    expect((await fetch(`${simulator.url}/w/unknown/api/2.1/clusters/list`)).status).toBe(404);
    expect((await fetch(simulator.url)).status).toBe(404);
  });

  test('refuses a body that is not a JSON object', async () => {
    const { account } = await run();

    for (const body of ['{', '[]', '"text"']) {
      const reply = await account('POST', '/customer-managed-keys', body);
      expect(reply.status).toBe(400);
      expect(field(reply, 'message')).toContain('Could not parse request object');
    }
  });

  test('says in its log why it answered 500', async () => {
    const canUseKey = async () => Promise.reject(new Error('the hook broke'));
    const { account, simulator } = await run(
      { ...SEED, workspaces: [{ ...ACME, managedServicesKeyId: 'cmk-1' }] },
      { canUseKey },
    );

    const reply = await account('PATCH', '/workspaces/123456789', {
      managed_services_customer_managed_key_id: 'cmk-1',
    });

    expect(reply.status).toBe(500);
    expect(simulator.control.requests().at(-1)?.error).toContain('the hook broke');
  });

  test('refuses to start on a port that is taken', async () => {
    const { simulator } = await run();

    await expect(run({}, { port: Number(new URL(simulator.url).port) })).rejects.toThrow('EADDRINUSE');
  });
});
