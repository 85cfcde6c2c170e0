import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { CROSS_ACCOUNT_ROLE } from '../../local/demo/account.ts';
import { AWS_HOME } from '../../local/demo/stage.ts';
import { type ProvisioningWorld, REQUEST, startProvisioningWorld, summaryOf } from './provisioning-world.ts';

const many = <T>(count: number, make: (number: string) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => make(String(index).padStart(3, '0')));
const keyArn = (number: string) => `arn:aws:kms:${AWS_HOME.region}:${AWS_HOME.account}:key/${number}`;

let world: ProvisioningWorld;
/** An account in which nothing more fits, except networks and workspaces. */
beforeAll(async () => {
  world = await startProvisioningWorld({
    account: {
      credentials: many(55, (n) => ({
        id: `cred-${n}`,
        name: `credentials-${n}`,
        roleArn: `${CROSS_ACCOUNT_ROLE}-${n}`,
      })),
      storageConfigurations: many(50, (n) => ({ id: `store-${n}`, name: `storage-${n}`, bucketName: `bucket-${n}` })),
      keyConfigurations: many(110, (n) => ({ id: `key-${n}`, keyArn: keyArn(n), useCases: ['STORAGE'] })),
    },
  });
});
afterAll(() => world.close());
afterEach(() => {
  world.databricks.control.setSwitches({ accountTier: 'ENTERPRISE', deploymentPrefix: null });
});

const BY_ID = { credentials: { id: 'cred-001' }, storage: { id: 'store-001' } };

describe('an account that is full', () => {
  test.each([
    ['credential configurations', { credentials: REQUEST.credentials }, 'AccountLimitReached', '55', 'ENTERPRISE'],
    ['credential configurations', { credentials: REQUEST.credentials }, 'AccountLimitReached', '11', 'PREMIUM'],
    ['storage configurations', { storage: REQUEST.storage }, 'AccountLimitReached', '50', 'ENTERPRISE'],
    [
      'key configurations',
      { storageKey: { ...REQUEST.storageKey, reuseKeyForClusterVolumes: false } },
      'LimitReached',
      '110',
      'ENTERPRISE',
    ],
  ] as const)('of %s ends it with the limit, without a workspace', async (_what, change, name, limit, accountTier) => {
    world.databricks.control.setSwitches({ accountTier });
    const {
      status,
      error,
      cause = '',
    } = await world.provision({
      provision: { workspaceName: 'too-many', ...BY_ID, ...change },
    });
    expect([status, error]).toEqual(['FAILED', 'ProvisioningIncomplete']);
    expect(cause).toContain(name);
    expect(cause).toContain(limit);
    expect(world.made('too-many').workspaces).toEqual([]);
  });

  test('takes a workspace that is made of what is there', async () => {
    const ended = await world.provision({ provision: { workspaceName: 'fits', ...BY_ID } });
    expect(summaryOf(ended)).toMatchObject({ ok: true, made: [], status: 'RUNNING' });
  });
});

describe('a deployment name', () => {
  test('is refused where the account has no prefix, and nothing is created', async () => {
    const ended = await world.provision({ provision: { workspaceName: 'named', deploymentName: 'named', ...BY_ID } });
    expect(ended.cause).toContain('DeploymentNameRefused');
    expect(ended.cause).toContain('deployment name prefix');
    expect(world.made('named').workspaces).toEqual([]);
  });

  test.each([
    ['prefixed', 'workspace-1', 'acme-workspace-1'],
    ['bare', 'EMPTY', 'acme'],
  ])('of workspace %s, %s, is told as Databricks answers it, and found again', async (workspaceName, asked, shown) => {
    world.databricks.control.setSwitches({ deploymentPrefix: 'acme' });
    const provision = { workspaceName, deploymentName: asked, ...BY_ID };
    const summary = { ok: true, deploymentName: shown, url: expect.stringContaining(shown) };
    expect(summaryOf(await world.provision({ provision }))).toMatchObject({ ...summary, created: true });
    expect(summaryOf(await world.provision({ provision }))).toMatchObject({ ...summary, created: false });
  });
});

describe('a network that was given by its id', () => {
  const network = { ...REQUEST.network, name: 'given-network' };
  const BROKEN = { ends: 'FAILED', message: 'no', errors: [{ error_type: 'vpc', error_message: 'no' }] } as const;

  test('as a replacement outlives a workspace that failed twice and was deleted', async () => {
    const workspaceName = 'spared';
    await world.provision({ provision: { workspaceName: 'first', ...BY_ID, network } });
    const first = world.databricks.control.state().workspaces.find(({ name }) => name === 'first');
    await world.provision({ remove: { workspaceId: first?.id, workspaceName: 'first' } });
    world.clock.advance(10 * 60_000);
    const [given] = world.databricks.control.state().networks;
    const id = String(given?.network_id);
    world.databricks.control.setNetworkFindings(id, { errors: BROKEN.errors, warnings: [] });
    world.planCreation({ ...BROKEN, workspaceName });
    const own = { ...REQUEST.network, vpcId: 'vpc-0123456789abcdef9' };
    const ended = await world.provision({
      provision: { workspaceName, ...BY_ID, network: own, replacements: { network: { id } }, onFailure: 'delete' },
    });
    expect(ended.cause).toContain('failed and was deleted');
    expect(world.made(workspaceName).workspaces).toEqual([]);
    expect(world.databricks.control.state().networks.map(({ network_id }) => network_id)).toContain(id);
  });
});

describe('the documented example', () => {
  test('makes its workspace with names, tags, tier and private access settings', async () => {
    const { url, accountId, clientId, clientSecret, control } = world.databricks;
    const account = `${url}/account`;
    const login = await fetch(`${account}/oidc/accounts/${accountId}/v1/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'all-apis' }),
    });
    const { access_token: token } = (await login.json()) as { readonly access_token: string };
    const call = async (method: string, path: string, body?: object): Promise<Readonly<Record<string, unknown>>> => {
      const answer = await fetch(`${account}/api/2.0/accounts/${accountId}/${path}`, {
        ...{ method, headers: { authorization: `Bearer ${token}` } },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return (await answer.json()) as Readonly<Record<string, unknown>>;
    };
    const access = await call('POST', 'private-access-settings', {
      ...{ private_access_settings_name: 'my-company-access', region: 'us-west-2', public_access_enabled: true },
    });
    control.setSwitches({ deploymentPrefix: '' });
    const ended = await world.provision({
      provision: {
        ...{ workspaceName: 'my-company-example', deploymentName: 'my-company-example', region: 'us-west-2' },
        ...{ ...BY_ID, pricingTier: 'ENTERPRISE', customTags: { Organization: 'Marketing', Env: 'Prod' } },
        network: { ...REQUEST.network, vpcId: 'vpc-0123456789abcdef7' },
        privateAccessSettingsId: access.private_access_settings_id,
      },
    });
    expect(summaryOf(ended)).toMatchObject({ ok: true, deploymentName: 'my-company-example', status: 'RUNNING' });
    const id = control.state().workspaces.find(({ name }) => name === 'my-company-example')?.id;
    expect(await call('GET', `workspaces/${id}`)).toMatchObject({
      ...{ workspace_name: 'my-company-example', aws_region: 'us-west-2', deployment_name: 'my-company-example' },
      ...{ workspace_status: 'RUNNING', workspace_status_message: 'Workspace is running.' },
      ...{ credentials_id: 'cred-001', storage_configuration_id: 'store-001', pricing_tier: 'ENTERPRISE' },
      ...{ network_id: expect.any(String), private_access_settings_id: access.private_access_settings_id },
      custom_tags: { Organization: 'Marketing', Env: 'Prod' },
    });
  });
});
