import { describe, expect, test } from '@jest/globals';
import type { SwitchChanges } from '../../../local/databricks/switches.ts';
import { ACCESS, CREDENTIALS, IN_NETWORK, PREPARED, pathOf, ROLE, runCreation, WORKSPACE } from './provisioning.ts';
import { ACME, field, MINUTE, run, SECOND } from './running-simulator.ts';

const MANAGED_KEY = 'managed_services_customer_managed_key_id';
const STORAGE_KEY = 'storage_customer_managed_key_id';
const PREFIXED = { switches: { deploymentPrefix: 'acme' } };

describe('POST workspaces', () => {
  test('answers at once with PROVISIONING and an id that a JavaScript number cannot hold', async () => {
    const { created } = await runCreation(IN_NETWORK);

    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      ...IN_NETWORK,
      workspace_status: 'PROVISIONING',
      deployment_name: expect.stringMatching(/^dbc-[0-9a-f]{8}-[0-9a-f]{4}$/),
      pricing_tier: 'ENTERPRISE',
    });
    expect(created.text).toContain('"workspace_id":9007199254740993,');
  });

  test('passes over ids that are taken', async () => {
    const { account } = await run({ ...PREPARED, workspaces: [{ ...ACME, id: '9007199254740993' }] });

    expect(pathOf(await account('POST', '/workspaces', WORKSPACE))).toBe('/workspaces/9007199254740995');
  });

  test.each(Object.keys(WORKSPACE))('refuses a body without %s', async (name) => {
    const { created } = await runCreation({ ...WORKSPACE, [name]: undefined });

    expect(created.status).toBe(400);
    expect(created.body).toEqual({ message: `MALFORMED_REQUEST: Missing required parameters: ${name}` });
  });

  test.each([
    [{ surplus: 1 }, 'Unknown parameters: surplus'],
    [{ workspace_name: 7 }, 'workspace_name must be a string'],
    [{ workspace_name: '' }, '1 to 100 characters'],
    [{ workspace_name: 'a'.repeat(101) }, '1 to 100 characters'],
    [{ aws_region: 'us-west-9' }, 'Invalid aws_region: us-west-9'],
    [{ pricing_tier: 'GOLD' }, 'Invalid pricing_tier: GOLD'],
    [{ custom_tags: { Env: 1 } }, 'custom_tags must be an object of strings'],
    [{ credentials_id: 'no-such' }, 'Invalid credentialsId: no-such'],
    [{ storage_configuration_id: 'no-such' }, 'Invalid storageConfigurationId: no-such'],
    [{ network_id: 'no-such' }, 'Invalid networkId: no-such'],
    [{ private_access_settings_id: 'no-such' }, 'Invalid privateAccessSettingsId: no-such'],
    [{ [MANAGED_KEY]: 'account/no-such' }, 'Invalid customerManagedKeyId: account/no-such'],
    [{ [STORAGE_KEY]: 'no-such' }, 'Invalid customerManagedKeyId: no-such'],
    [{ [MANAGED_KEY]: 'cmk-storage' }, 'cannot be used for MANAGED_SERVICES'],
    [{ [STORAGE_KEY]: 'cmk-managed' }, 'cannot be used for STORAGE'],
    [{ [MANAGED_KEY]: 'cmk-elsewhere' }, 'is in eu-west-1, the workspace is in us-west-2'],
    [{ [MANAGED_KEY]: 'cmk-1', aws_region: 'us-west-1' }, 'not supported in us-west-1'],
    [{ [MANAGED_KEY]: 'cmk-1', pricing_tier: 'PREMIUM' }, 'not available on tier PREMIUM'],
  ])('refuses %j', async (change, message) => {
    const { created, account } = await runCreation({ ...WORKSPACE, ...change });

    expect(created.status).toBe(400);
    expect(field(created, 'message')).toMatch(/^MALFORMED_REQUEST: /);
    expect(field(created, 'message')).toContain(message);
    expect((await account('GET', '/workspaces')).body).toEqual([]);
  });

  test.each(['compute_mode', 'network_connectivity_config_id'])('says that it does not simulate %s', async (name) => {
    const { created } = await runCreation({ ...WORKSPACE, [name]: 'x' });

    expect(created.status).toBe(501);
  });

  test('refuses a network that another workspace is in', async () => {
    const { account, path } = await runCreation(IN_NETWORK);

    const second = await account('POST', '/workspaces', { ...IN_NETWORK, workspace_name: 'second' });
    const apart = await account('POST', '/workspaces', { ...IN_NETWORK, network_id: 'network-2' });

    const id = path.replace('/workspaces/', '');
    expect(second.body).toEqual({
      message: `INVALID_STATE: Network network-1 is being used by active workspace ${id}`,
    });
    expect(apart.status).toBe(201);
  });

  test('accepts one of two in the same network that arrive together', async () => {
    const canUseKey = () => new Promise<boolean>((ready) => setImmediate(ready, true));
    const { account } = await run(PREPARED, { canUseKey });
    const body = { ...IN_NETWORK, [MANAGED_KEY]: 'cmk-1' };

    const replies = await Promise.all([1, 2].map(() => account('POST', '/workspaces', body)));

    expect(replies.map(({ status }) => status).sort()).toEqual([201, 400]);
  });

  test('refuses private access settings of another region', async () => {
    const { account } = await run(PREPARED);
    const settings = await account('POST', '/private-access-settings', { ...ACCESS, region: 'eu-west-1' });

    const id = field(settings, 'private_access_settings_id');
    const reply = await account('POST', '/workspaces', { ...WORKSPACE, private_access_settings_id: id });

    expect(field(reply, 'message')).toContain('are for eu-west-1, the workspace is in us-west-2');
  });

  test('refuses a role that is too fresh in words of its own, though its credentials were accepted', async () => {
    const { account, pass } = await run(PREPARED, { switches: { workspaceCredentialsDelayMs: MINUTE } });
    const credentials = { ...CREDENTIALS, aws_credentials: { sts_role: { role_arn: `${ROLE}-3` } } };
    const id = field(await account('POST', '/credentials', credentials), 'credentials_id');
    const create = () => account('POST', '/workspaces', { ...WORKSPACE, credentials_id: id });

    const oldRole = await account('POST', '/workspaces', WORKSPACE);
    pass(MINUTE - SECOND);
    const early = await create();
    pass(SECOND);

    expect([oldRole.status, early.status]).toEqual([201, 400]);
    expect(field(early, 'message')).toContain('MALFORMED_REQUEST: Failed credentials validation checks: Spot');
    expect((await create()).status).toBe(201);
  });

  test.each([
    ['accept', 201],
    ['refuse', 400],
  ] as const)('by default accepts the same name again (%s: %s)', async (duplicateWorkspaceName, status) => {
    const { account } = await runCreation(WORKSPACE, undefined, { switches: { duplicateWorkspaceName } });

    expect((await account('POST', '/workspaces', WORKSPACE)).status).toBe(status);
  });

  test('takes its pricing tier from the account', async () => {
    const { created } = await runCreation(WORKSPACE, undefined, { switches: { accountTier: 'PREMIUM' } });

    expect(field(created, 'pricing_tier')).toBe('PREMIUM');
  });

  test('leaves a workspace behind when its answer is lost', async () => {
    const { account } = await run(PREPARED, {
      faults: [{ kind: 'reset', method: 'POST', path: '/workspaces$', tookEffect: true }],
    });

    await expect(account('POST', '/workspaces', WORKSPACE)).rejects.toThrow();

    expect((await account('GET', '/workspaces')).body).toHaveLength(1);
  });
});

describe('the deployment name', () => {
  test.each<readonly [string | null, string, string]>([
    ['acme', 'workspace-1', 'acme-workspace-1'],
    ['acme', 'EMPTY', 'acme'],
    ['', 'workspace-1', 'workspace-1'],
    ['', 'ABCSales', 'ABCSales'],
  ])('with the prefix %j, %s becomes %s', async (deploymentPrefix, deployment_name, shown) => {
    const switches: SwitchChanges = { deploymentPrefix };
    const { created } = await runCreation({ ...WORKSPACE, deployment_name }, undefined, { switches });

    expect(field(created, 'deployment_name')).toBe(shown);
  });

  test.each<readonly [string | null, string]>([
    [null, 'workspace-1'],
    [null, 'EMPTY'],
    ['', 'EMPTY'],
  ])('with the prefix %j, %s is refused in the observed words', async (deploymentPrefix, deployment_name) => {
    const switches: SwitchChanges = { deploymentPrefix };
    const { created } = await runCreation({ ...WORKSPACE, deployment_name }, undefined, { switches });

    expect(created.status).toBe(400);
    expect(field(created, 'message')).toBe(
      'MALFORMED_REQUEST: Failed parameter validation checks: Deployment name cannot be used until a deployment name ' +
        'prefix is defined. Please contact your Databricks representative',
    );
  });

  test.each(['-a', 'a-', 'a_b', 'a.b', '', 'a'.repeat(60)])('%j is refused', async (deployment_name) => {
    const { created } = await runCreation({ ...WORKSPACE, deployment_name }, undefined, PREFIXED);

    expect(created.status).toBe(400);
    expect(field(created, 'message')).toContain('Invalid deployment name');
  });

  test('that is taken is refused, whatever its capitals', async () => {
    const { account } = await runCreation({ ...WORKSPACE, deployment_name: 'one' }, undefined, PREFIXED);

    const reply = await account('POST', '/workspaces', { ...WORKSPACE, deployment_name: 'ONE' });

    expect(reply.status).toBe(400);
    expect(field(reply, 'message')).toContain('acme-ONE is already in use');
  });
});
