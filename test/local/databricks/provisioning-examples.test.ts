import { describe, expect, test } from '@jest/globals';
import { CREDENTIALS, NETWORK, pathOf, STORAGE } from './provisioning.ts';
import { field, KEY_1, MINUTE, type Running, run, STARTED_AT } from './running-simulator.ts';

const KEY = {
  use_cases: ['MANAGED_SERVICES', 'STORAGE'],
  aws_key_info: { key_arn: KEY_1, key_alias: 'my-example-key', reuse_key_for_cluster_volumes: true },
};
const ACCESS = {
  private_access_settings_name: 'my-company-example-access',
  region: 'us-west-2',
  public_access_enabled: true,
};

/** The steps of the page before the workspace itself; the answers are its fields that refer to something. */
const prepare = async ({ account }: Running): Promise<Readonly<Record<string, unknown>>> => {
  const create = async (path: string, body: object, id: string) => field(await account('POST', path, body), id);
  const key = await create('/customer-managed-keys', KEY, 'customer_managed_key_id');
  return {
    credentials_id: await create('/credentials', CREDENTIALS, 'credentials_id'),
    storage_configuration_id: await create('/storage-configurations', STORAGE, 'storage_configuration_id'),
    network_id: await create('/networks', NETWORK, 'network_id'),
    managed_services_customer_managed_key_id: key,
    storage_customer_managed_key_id: key,
    private_access_settings_id: await create('/private-access-settings', ACCESS, 'private_access_settings_id'),
  };
};

const FIRST = {
  workspace_name: 'my-company-example',
  deployment_name: 'my-company-example',
  aws_region: 'us-west-2',
  custom_tags: { Organization: 'Marketing', Env: 'Prod' },
};

// The account of the page's example has a prefix that is defined and empty: the deployment name comes back as sent.
const PREFIXED = { switches: { deploymentPrefix: '' } };

// The requests are the curl examples of the page on workspace creation, the answers its example responses.
describe('the documented examples of workspace creation', () => {
  test('step 2: create a storage configuration', async () => {
    const { account, simulator } = await run();

    const reply = await account('POST', '/storage-configurations', STORAGE);

    expect(reply.status).toBe(201);
    expect(reply.body).toEqual({
      storage_configuration_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      account_id: simulator.accountId,
      root_bucket_info: { bucket_name: 'my-company-example-bucket' },
      storage_configuration_name: 'databricks-workspace-storageconf-v1',
      creation_time: STARTED_AT,
    });
  });

  test('create a network configuration', async () => {
    const { account, simulator } = await run();

    const reply = await account('POST', '/networks', NETWORK);

    expect(reply.status).toBe(201);
    expect(reply.body).toEqual({
      ...NETWORK,
      network_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      account_id: simulator.accountId,
      creation_time: STARTED_AT,
      vpc_status: 'UNATTACHED',
    });
  });

  test('create private access settings', async () => {
    const { account, simulator } = await run();

    const reply = await account('POST', '/private-access-settings', ACCESS);

    expect(reply.status).toBe(201);
    expect(reply.body).toEqual({
      ...ACCESS,
      private_access_settings_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      account_id: simulator.accountId,
      private_access_level: 'ACCOUNT',
    });
  });

  test('steps 6 and 7: create the workspace and confirm it', async () => {
    const running = await run({ workspaces: [] }, PREFIXED);
    const { account, pass, simulator } = running;
    const references = await prepare(running);

    const created = await account('POST', '/workspaces', { ...FIRST, ...references });
    pass(5 * MINUTE);
    const confirmed = await account('GET', pathOf(created));

    const expected = {
      ...FIRST,
      ...references,
      workspace_id: expect.any(Number),
      creation_time: STARTED_AT,
      account_id: simulator.accountId,
      pricing_tier: 'ENTERPRISE',
    };
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      ...expected,
      workspace_status: 'PROVISIONING',
      workspace_status_message: 'Workspace resources are being set up.',
    });
    expect(confirmed.body).toEqual({
      ...expected,
      workspace_status: 'RUNNING',
      workspace_status_message: 'Workspace is running.',
    });
  });

  test('look at the network of a workspace that failed, and update the workspace with everything', async () => {
    const running = await run({ workspaces: [] }, PREFIXED);
    const { account, pass, simulator } = running;
    const { private_access_settings_id, ...references } = await prepare(running);
    const other = {
      ...NETWORK,
      network_name: 'another',
      subnet_ids: ['subnet-3', 'subnet-4'],
      security_group_ids: ['x'],
    };
    const errors = [{ error_type: 'subnet', error_message: 'The subnets are in one availability zone' }] as const;
    simulator.control.planCreation({ errors });
    const path = pathOf(await account('POST', '/workspaces', { ...FIRST, ...references, private_access_settings_id }));
    pass(5 * MINUTE);

    const failed = await account('GET', path);
    const network = await account('GET', `/networks/${references.network_id}`);
    const network_id = field(await account('POST', '/networks', other), 'network_id');
    const update = { aws_region: 'us-west-2', ...references, network_id };
    const updated = await account('PATCH', path, update);
    pass(10 * MINUTE);

    expect(failed.body).toMatchObject({ workspace_status: 'FAILED' });
    expect(network.body).toMatchObject({ vpc_status: 'BROKEN', error_messages: errors, warning_messages: [] });
    expect(updated.body).toMatchObject({
      ...update,
      workspace_status: 'PROVISIONING',
      workspace_status_message: 'Workspace resources are being set up.',
    });
    expect(field(await account('GET', path), 'workspace_status')).toBe('RUNNING');
  });

  test('delete the failed workspace and its network, and create both anew', async () => {
    const running = await run({ workspaces: [] }, PREFIXED);
    const { account, pass, simulator } = running;
    const references = await prepare(running);
    simulator.control.planCreation({ ends: 'FAILED', message: 'No.' });
    const path = pathOf(await account('POST', '/workspaces', { ...FIRST, ...references }));
    pass(5 * MINUTE);

    const statuses = [(await account('DELETE', path)).status];
    pass(4 * MINUTE);
    statuses.push((await account('DELETE', `/networks/${references.network_id}`)).status);
    pass(MINUTE);
    const network = await account('POST', '/networks', NETWORK);
    const created = await account('POST', '/workspaces', {
      ...FIRST,
      ...references,
      network_id: field(network, 'network_id'),
    });

    expect([...statuses, network.status, created.status]).toEqual([200, 200, 201, 201]);
    expect(simulator.control.state().violations).toEqual([]);
  });
});
