import { describe, expect, test } from '@jest/globals';
import { ACME, KEY_1, run, STARTED_AT } from './running-simulator.ts';

const BIG_ID = '9007199254740993001';

describe('workspaces of the account API', () => {
  test('shows a running workspace with its references and without a URL', async () => {
    const { account, simulator } = await run({
      keyConfigurations: [{ id: 'cmk-1', keyArn: KEY_1, useCases: ['MANAGED_SERVICES', 'STORAGE'] }],
      workspaces: [{ ...ACME, managedServicesKeyId: 'cmk-1', storageKeyId: 'cmk-1', credentialsId: 'credentials-1' }],
    });

    const reply = await account('GET', '/workspaces/123456789');

    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toContain('application/json');
    expect(reply.body).toEqual({
      workspace_id: 123456789,
      workspace_name: 'my-company-example',
      aws_region: 'us-west-2',
      creation_time: STARTED_AT,
      deployment_name: 'acme',
      workspace_status: 'RUNNING',
      account_id: simulator.accountId,
      credentials_id: 'credentials-1',
      managed_services_customer_managed_key_id: 'cmk-1',
      storage_customer_managed_key_id: 'cmk-1',
      workspace_status_message: 'Workspace is running.',
      pricing_tier: 'ENTERPRISE',
    });
  });

  test('writes every digit of an id that a JavaScript number cannot hold', async () => {
    const { account } = await run({ workspaces: [{ ...ACME, id: BIG_ID }] });

    const one = await account('GET', `/workspaces/${BIG_ID}`);
    const list = await account('GET', '/workspaces');

    expect(one.text).toContain(`"workspace_id":${BIG_ID},`);
    expect(list.text).toContain(`"workspace_id":${BIG_ID},`);
  });

  test('lists as a bare array, or wrapped and without the field when empty', async () => {
    const { account, simulator } = await run();
    const empty = await run({ workspaces: [] }, { switches: { lists: 'wrapped' } });

    const bare = await account('GET', '/workspaces');
    simulator.control.setSwitches({ lists: 'wrapped' });
    const wrapped = await account('GET', '/workspaces');

    expect(bare.body).toEqual([expect.objectContaining({ workspace_id: 123456789 })]);
    expect(wrapped.body).toEqual({ workspaces: bare.body });
    expect((await empty.account('GET', '/workspaces')).body).toEqual({});
  });

  test('answers 404 for a workspace that does not exist', async () => {
    const { account } = await run();

    expect((await account('GET', '/workspaces/7')).status).toBe(404);
    expect((await account('PATCH', '/workspaces/7', {})).status).toBe(404);
  });

  test.each(['PROVISIONING', 'FAILED', 'BANNED', 'CANCELLING', 'NOT_PROVISIONED'] as const)(
    'the host of a workspace that is %s and never ran has no worker environment',
    async (status) => {
      const { workspace } = await run({ workspaces: [{ ...ACME, status }] });

      const reply = await workspace('GET', '/api/2.1/clusters/list');

      expect(reply.status).toBe(400);
      expect(reply.body).toMatchObject({ message: expect.stringContaining('does not have any associated worker') });
    },
  );

  test.each([
    ['a workspace id with letters', { workspaces: [{ ...ACME, id: 'w-1' }] }, 'must be digits'],
    ['a key that is not there', { workspaces: [{ ...ACME, storageKeyId: 'cmk-9' }] }, 'no key configuration cmk-9'],
  ])('a seed with %s is refused', async (_what, seed, message) => {
    await expect(run(seed)).rejects.toThrow(message);
  });
});
