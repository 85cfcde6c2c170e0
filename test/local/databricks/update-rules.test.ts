import { describe, expect, test } from '@jest/globals';
import type { AccountSeed, WorkspaceSeed } from '../../../local/databricks/seed.ts';
import { ACME, field, KEY_1, KEY_2, KEY_ELSEWHERE, MINUTE, run, SECOND } from './running-simulator.ts';

const PATH = '/workspaces/123456789';
const BOTH = ['MANAGED_SERVICES', 'STORAGE'] as const;
const MANAGED_KEY = 'managed_services_customer_managed_key_id';
const STORAGE_KEY = 'storage_customer_managed_key_id';

const seed = (workspace: Partial<WorkspaceSeed> = {}): AccountSeed => ({
  keyConfigurations: [
    { id: 'cmk-1', keyArn: KEY_1, useCases: BOTH },
    { id: 'cmk-2', keyArn: KEY_2, useCases: BOTH },
    { id: 'cmk-managed', keyArn: KEY_1, useCases: ['MANAGED_SERVICES'] },
    { id: 'cmk-storage', keyArn: KEY_1, useCases: ['STORAGE'] },
    { id: 'cmk-elsewhere', keyArn: KEY_ELSEWHERE, useCases: BOTH },
  ],
  credentials: [{ id: 'credentials-2', name: 'two', roleArn: 'arn:aws:iam::111122223333:role/two' }],
  workspaces: [
    { ...ACME, ...workspace },
    { ...ACME, id: '2', deploymentName: 'two', networkId: 'network-2', storageConfigurationId: 'storage-2' },
  ],
});

describe('which updates a workspace accepts', () => {
  test.each([
    ['a managed services key on a running workspace', {}, { [MANAGED_KEY]: 'cmk-1' }],
    ['another managed services key', { managedServicesKeyId: 'cmk-1' }, { [MANAGED_KEY]: 'cmk-2' }],
    ['the first storage key', {}, { [STORAGE_KEY]: 'cmk-1' }],
    ['both keys at once', {}, { [MANAGED_KEY]: 'cmk-1', [STORAGE_KEY]: 'cmk-1' }],
    ['other credentials', {}, { credentials_id: 'credentials-2' }],
    ['another network of a customer-managed VPC', {}, { network_id: 'network-2' }],
    ['tags', {}, { custom_tags: { Env: 'Prod' } }],
    ['the region of the workspace along with a key', {}, { aws_region: 'us-west-2', [MANAGED_KEY]: 'cmk-1' }],
    ['a storage configuration of a failed workspace', { status: 'FAILED' }, { storage_configuration_id: 'storage-2' }],
    [
      'a network of a failed workspace without one',
      { status: 'FAILED', network: 'managed' },
      { network_id: 'network-2' },
    ],
    [
      'another storage key of a failed workspace that never ran',
      { status: 'FAILED', storageKeyId: 'cmk-1' },
      { [STORAGE_KEY]: 'cmk-2' },
    ],
  ] as const)('accepts %s', async (_what, workspace, body) => {
    const { account } = await run(seed(workspace));

    expect((await account('PATCH', PATH, body)).status).toBe(200);
  });

  test.each([
    [
      'another storage key',
      { storageKeyId: 'cmk-1' },
      { [STORAGE_KEY]: 'cmk-2' },
      'You cannot replace an existing key',
    ],
    ['the same storage key again', { storageKeyId: 'cmk-1' }, { [STORAGE_KEY]: 'cmk-1' }, 'You cannot replace'],
    ['a storage configuration', {}, { storage_configuration_id: 'storage-2' }, 'storage_configuration_id'],
    ['a network for a Databricks-managed VPC', { network: 'managed' }, { network_id: 'network-2' }, 'network_id'],
    ['an unknown key', {}, { [MANAGED_KEY]: 'no-such' }, 'MALFORMED_REQUEST: Invalid customerManagedKeyId: no-such'],
    ['unknown credentials', {}, { credentials_id: 'no-such' }, 'Invalid credentialsId: no-such'],
    ['an unknown network', {}, { network_id: 'no-such' }, 'Invalid networkId: no-such'],
    ['a key for the other use case', {}, { [MANAGED_KEY]: 'cmk-storage' }, 'cannot be used for MANAGED_SERVICES'],
    ['a managed services key for storage', {}, { [STORAGE_KEY]: 'cmk-managed' }, 'cannot be used for STORAGE'],
    ['a key of another region', {}, { [MANAGED_KEY]: 'cmk-elsewhere' }, 'is in eu-west-1'],
    ['a key in us-west-1', { region: 'us-west-1' }, { [MANAGED_KEY]: 'cmk-1' }, 'not supported in us-west-1'],
    ['another region', {}, { aws_region: 'eu-west-1', [MANAGED_KEY]: 'cmk-1' }, 'aws_region'],
    ['nothing', {}, {}, 'No updatable parameters'],
    ['a field that no workspace has', {}, { kms_key: 'x' }, 'Unknown parameters: kms_key'],
    ['a key while banned', { status: 'BANNED' }, { [MANAGED_KEY]: 'cmk-1' }, 'is BANNED'],
    [
      'the storage key of a failed workspace that ran',
      { status: 'FAILED', wasRunning: true },
      { [STORAGE_KEY]: 'cmk-1' },
      'ever running',
    ],
  ] as const)('refuses %s', async (_what, workspace, body, message) => {
    const { account } = await run(seed(workspace));

    const reply = await account('PATCH', PATH, body);

    expect(reply.status).toBe(400);
    expect(reply.body).toEqual({ message: expect.stringContaining(message) });
  });

  test('names a field of the service that it does not simulate', async () => {
    const { account } = await run(seed());

    const reply = await account('PATCH', PATH, { private_access_settings_id: 'x' });

    expect(reply).toMatchObject({
      status: 501,
      body: { message: expect.stringContaining('private_access_settings_id') },
    });
  });

  test.each(['customer', 'managed'] as const)('refuses a second update meanwhile (%s network)', async (network) => {
    const { account, pass } = await run(seed({ network }));
    await account('PATCH', PATH, { [MANAGED_KEY]: 'cmk-1' });

    const meanwhile = await account('PATCH', PATH, { [MANAGED_KEY]: 'cmk-2' });
    pass(20 * MINUTE);
    const afterwards = await account('PATCH', PATH, { [MANAGED_KEY]: 'cmk-2' });

    expect(meanwhile.status).toBe(409);
    expect(afterwards.status).toBe(200);
  });

  test('accepts one of two updates that arrive together', async () => {
    const { account } = await run(seed(), { canUseKey: () => new Promise((ready) => setImmediate(ready, true)) });

    const replies = await Promise.all(['cmk-1', 'cmk-2'].map((id) => account('PATCH', PATH, { [MANAGED_KEY]: id })));

    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  test('passes over the update mask, or obeys it by switch', async () => {
    const { account, simulator, pass } = await run(seed());
    const body = { [MANAGED_KEY]: 'cmk-1', custom_tags: { Env: 'Prod' } };

    const ignored = await account('PATCH', `${PATH}?update_mask=nonsense`, body);
    pass(2 * MINUTE);
    simulator.control.setSwitches({ updateMask: 'enforced' });
    const unknown = await account('PATCH', `${PATH}?update_mask=nonsense`, body);
    const obeyed = await account('PATCH', `${PATH}?update_mask=custom_tags`, { ...body, [MANAGED_KEY]: 'cmk-2' });
    pass(2 * MINUTE);
    const shown = await account('GET', PATH);

    expect([ignored.status, unknown.status, obeyed.status]).toEqual([200, 400, 200]);
    expect(field(shown, MANAGED_KEY)).toBe('cmk-1');
  });
});

describe('an update while classic compute runs', () => {
  const RUNNING: readonly (readonly [string, Partial<WorkspaceSeed>])[] = [
    ['a running cluster', { clusters: [{ id: 'c-1' }] }],
    ['a job cluster', { clusters: [{ id: 'c-1', source: 'JOB' }] }],
    ['a cluster that is still terminating', { clusters: [{ id: 'c-1', state: 'TERMINATING' }] }],
    ['a cluster in ERROR', { clusters: [{ id: 'c-1', state: 'ERROR' }] }],
    ['an idle instance of a pool', { pools: [{ id: 'p-1', name: 'pool', idle: 1 }] }],
    ['a classic warehouse', { warehouses: [{ id: 'w-1', name: 'sql' }] }],
    ['a PRO warehouse that is stopping', { warehouses: [{ id: 'w-1', name: 'sql', type: 'PRO', state: 'STOPPING' }] }],
  ];

  test.each(RUNNING)('is refused because of %s', async (_what, compute) => {
    const { account } = await run(seed(compute));

    const reply = await account('PATCH', PATH, { [MANAGED_KEY]: 'cmk-1' });

    expect(reply.status).toBe(400);
    expect(field(reply, 'message')).toContain('INVALID_STATE: Workspace 123456789 has running compute resources');
  });

  test.each<readonly [string, Partial<WorkspaceSeed>]>([
    ['terminated clusters', { clusters: [{ id: 'c-1', state: 'TERMINATED' }] }],
    ['a serverless warehouse', { warehouses: [{ id: 'w-1', name: 'sql', serverless: true }] }],
    ['a stopped warehouse', { warehouses: [{ id: 'w-1', name: 'sql', state: 'STOPPED' }] }],
    ['an empty pool', { pools: [{ id: 'p-1', name: 'pool', idle: 0 }] }],
  ])('is accepted with %s', async (_what, compute) => {
    const { account } = await run(seed(compute));

    expect((await account('PATCH', PATH, { [MANAGED_KEY]: 'cmk-1' })).status).toBe(200);
  });

  test('is refused with 409 by switch', async () => {
    const { account } = await run(seed({ clusters: [{ id: 'c-1' }] }), { switches: { refusalWhileRunning: '409' } });

    expect((await account('PATCH', PATH, { [MANAGED_KEY]: 'cmk-1' })).status).toBe(409);
  });

  test('is let through by switch and noted', async () => {
    const compute = { clusters: [{ id: 'c-1' }] };
    const { account, simulator } = await run(seed(compute), { switches: { refusalWhileRunning: 'accept' } });

    const reply = await account('PATCH', PATH, { [MANAGED_KEY]: 'cmk-1' });

    expect(reply.status).toBe(200);
    expect(simulator.control.state().violations).toEqual([
      expect.objectContaining({ kind: 'updated-while-running', workspaceId: '123456789' }),
    ]);
  });

  test('is accepted once the cluster is TERMINATED, not while it is TERMINATING', async () => {
    const { account, workspace, pass } = await run(seed({ clusters: [{ id: 'c-1' }] }));
    await workspace('POST', '/api/2.1/clusters/delete', { cluster_id: 'c-1' });

    pass(19 * SECOND);
    const terminating = await account('PATCH', PATH, { [MANAGED_KEY]: 'cmk-1' });
    pass(SECOND);
    const terminated = await account('PATCH', PATH, { [MANAGED_KEY]: 'cmk-1' });

    expect([terminating.status, terminated.status]).toEqual([400, 200]);
  });
});
