import { describe, expect, test } from '@jest/globals';
import { ACME, field, KEY_1, MINUTE, run, STARTED_AT } from './running-simulator.ts';

const ROLE = 'arn:aws:iam::111122223333:role/my-company-example-role';
const CREDENTIALS = {
  credentials_name: 'databricks-workspace-credentials-v1',
  aws_credentials: { sts_role: { role_arn: ROLE } },
};
const KEY = {
  use_cases: ['MANAGED_SERVICES', 'STORAGE'],
  aws_key_info: { key_arn: KEY_1, key_alias: 'my-example-key', reuse_key_for_cluster_volumes: true },
};

// The requests are the curl examples of the requirement pages, the answers their example responses.
describe('the documented examples', () => {
  test('create a credential configuration', async () => {
    const { account, simulator } = await run();

    const reply = await account('POST', '/credentials', CREDENTIALS);

    expect(reply.status).toBe(201);
    expect(reply.body).toEqual({
      credentials_id: expect.any(String),
      account_id: simulator.accountId,
      aws_credentials: { sts_role: { role_arn: ROLE, external_id: simulator.accountId } },
      credentials_name: 'databricks-workspace-credentials-v1',
      creation_time: STARTED_AT,
    });
  });

  test('list and show credential configurations', async () => {
    const { account } = await run({ credentials: [{ id: 'credentials-1', name: 'first', roleArn: ROLE }] });
    const created = await account('POST', '/credentials', CREDENTIALS);

    const shown = await account('GET', `/credentials/${field(created, 'credentials_id')}`);
    const list = await account('GET', '/credentials');

    expect(shown).toMatchObject({ status: 200, body: created.body });
    expect(list.body).toEqual([expect.objectContaining({ credentials_id: 'credentials-1' }), created.body]);
    expect((await account('GET', '/credentials/unknown')).status).toBe(404);
  });

  test.each([
    [{ credentials_name: 'abcd' }, 'Missing required parameters: aws_credentials'],
    [{ ...CREDENTIALS, credentials_name: 'abc' }, '4 to 256 characters'],
    [{ ...CREDENTIALS, credentials_name: 'a'.repeat(257) }, '4 to 256 characters'],
    [{ ...CREDENTIALS, aws_credentials: {} }, 'Missing required parameters: role_arn'],
    [{ ...CREDENTIALS, aws_credentials: { sts_role: { role_arn: 'role' } } }, 'Failed credential validation checks'],
    [{ ...CREDENTIALS, credentials_name: 'taken' }, 'name taken already exists in this account'],
  ])('refuse the credential configuration %#', async (body, message) => {
    const { account } = await run({ credentials: [{ id: 'credentials-1', name: 'taken', roleArn: ROLE }] });

    const reply = await account('POST', '/credentials', body);

    expect(reply.status).toBe(400);
    expect(field(reply, 'message')).toContain(message);
  });

  test('register a key for both use cases', async () => {
    const { account, simulator } = await run();

    const reply = await account('POST', '/customer-managed-keys', KEY);

    expect(reply.status).toBe(201);
    expect(reply.body).toEqual({
      use_cases: ['MANAGED_SERVICES', 'STORAGE'],
      customer_managed_key_id: expect.any(String),
      creation_time: STARTED_AT,
      account_id: simulator.accountId,
      aws_key_info: {
        key_arn: KEY_1,
        key_alias: 'my-example-key',
        reuse_key_for_cluster_volumes: true,
        key_region: 'us-west-2',
      },
    });
  });

  test('add the registered key to a running workspace', async () => {
    const { account, pass } = await run();
    const id = field(await account('POST', '/customer-managed-keys', KEY), 'customer_managed_key_id');

    const accepted = await account('PATCH', '/workspaces/123456789', { managed_services_customer_managed_key_id: id });
    pass(2 * MINUTE);
    const shown = await account('GET', '/workspaces/123456789');

    expect(accepted.status).toBe(200);
    expect(shown.body).toMatchObject({
      workspace_id: 123456789,
      workspace_name: 'my-company-example',
      workspace_status: 'RUNNING',
      workspace_status_message: 'Workspace is running.',
      managed_services_customer_managed_key_id: id,
    });
  });

  test('update a failed workspace with everything it may change', async () => {
    const failed = { ...ACME, status: 'FAILED', networkId: 'network-1', storageConfigurationId: 'storage-1' } as const;
    const { account } = await run({ workspaces: [failed] });
    const key = field(await account('POST', '/customer-managed-keys', KEY), 'customer_managed_key_id');
    const credentials = field(await account('POST', '/credentials', CREDENTIALS), 'credentials_id');

    const update = {
      aws_region: 'us-west-2',
      credentials_id: credentials,
      storage_configuration_id: 'storage-1',
      network_id: 'network-1',
      managed_services_customer_managed_key_id: key,
      storage_customer_managed_key_id: key,
    };
    const reply = await account('PATCH', '/workspaces/123456789', update);

    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({
      ...update,
      workspace_id: 123456789,
      workspace_status: 'PROVISIONING',
      workspace_status_message: 'Workspace resources are being set up.',
      pricing_tier: 'ENTERPRISE',
    });
  });
});
