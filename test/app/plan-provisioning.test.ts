import { describe, expect, test } from '@jest/globals';
import { ensureConfigurations } from '../../lambda/app/ensure-configurations.ts';
import { planProvisioning } from '../../lambda/app/plan-provisioning.ts';
import { FAILURE } from '../../lambda/contract/failures.ts';
import type { ProvisioningRequest, WorkspaceSetup } from '../../lambda/contract/provisioning.ts';
import { neededStatements } from '../../lambda/domain/key-policy.ts';
import type { Workspace } from '../../lambda/domain/workspace.ts';
import { failureOf, ROLE, SETUP } from './fake-account.ts';
import { bindings, KEY_ARN, workspace } from './fakes.ts';
import { type ProvisioningStand, provisioningStand, REQUEST, RUN } from './provisioning-stand.ts';

const key = { key: KEY_ARN, reuseKeyForClusterVolumes: false };
const plan = (stand: ProvisioningStand, change: Partial<ProvisioningRequest> = {}, dryRun = true) =>
  planProvisioning({ provision: { ...REQUEST, ...change }, dryRun }, stand);
const setup = (change: Partial<WorkspaceSetup>): { readonly setup: WorkspaceSetup } => ({
  setup: { ...SETUP, ...change },
});

/** An account in which everything for the request was made before. */
async function madeStand(more: Partial<WorkspaceSetup> = {}, change: Partial<Workspace> = {}) {
  const stand = provisioningStand();
  const wanted = { provisioningId: RUN, workspaceName: 'prod', workspaceId: null, ...setup(more) };
  const { settings } = await ensureConfigurations(wanted, stand);
  stand.workspaces.all.set('7', workspace('7', { name: 'prod', ...settings, ...change }));
  return stand;
}

describe('the plan', () => {
  test('of an account without anything makes everything, and writes nothing', async () => {
    const stand = provisioningStand();
    expect(await plan(stand, setup({ storageKey: key }))).toEqual({
      ...{ request: { ...REQUEST, ...setup({ storageKey: key }) }, removal: null, workspace: { kind: 'create' } },
      configurations: [
        { of: 'credentials', kind: 'create', id: null, name: 'prod-credentials' },
        { of: 'storage', kind: 'create', id: null, name: 'prod-storage' },
        { of: 'network', kind: 'create', id: null, name: 'prod-network' },
        { of: 'storageKey', kind: 'create', id: null, name: KEY_ARN },
      ],
      ...{ problems: [], warnings: [], calls: 3 },
      headline: 'workspace prod will be created; 4 of 4 configurations to create',
    });
    expect([stand.setup.storage.asked, stand.registry.configurations, [...stand.leases.held]]).toEqual([0, [], []]);
  });

  test('of what was made before adopts the workspace and makes nothing', async () => {
    const stand = await madeStand({ managedServicesKey: key, storageKey: key });
    const answer = await plan(stand, setup({ managedServicesKey: key, storageKey: key }), false);
    expect(answer.configurations.map(({ kind }) => kind)).toEqual(Array.from({ length: 5 }, () => 'use'));
    expect(answer).toMatchObject({
      workspace: { kind: 'adopt', id: '7', status: 'RUNNING' },
      ...{ problems: [], headline: 'workspace prod is there (7, RUNNING)' },
    });
  });

  test('uses what is there for a new workspace', async () => {
    const stand = await madeStand();
    stand.workspaces.all.clear();
    expect((await plan(stand)).headline).toBe('workspace prod will be created; every configuration is there');
  });

  test('adopts a workspace that FAILED in the network that is BROKEN for it', async () => {
    const stand = await madeStand({}, { status: 'FAILED' });
    stand.setup.networks.change('made-1', { status: 'BROKEN', workspaceId: '7' });
    expect(await plan(stand)).toMatchObject({ workspace: { kind: 'adopt', status: 'FAILED' }, problems: [] });
  });

  test('looks at the workspace that stays, beside one of its name on its way out', async () => {
    const stand = await madeStand();
    stand.setup.networks.change('made-1', { workspaceId: '7' });
    const all = [workspace('6', { name: 'prod', status: 'CANCELLED' }), ...stand.workspaces.all.values()];
    stand.workspaces.all.clear();
    for (const one of all) stand.workspaces.all.set(one.id, one);
    expect(await plan(stand)).toMatchObject({ workspace: { kind: 'adopt', id: '7' }, problems: [] });
  });

  test('refuses a workspace of the name that would need something made', async () => {
    const stand = provisioningStand(workspace('7', { name: 'prod' }));
    const { workspace: planned, problems } = await plan(stand, { setup: { ...SETUP, network: { id: 'nowhere' } } });
    expect(planned).toEqual({ kind: 'refuse' });
    expect(problems).toHaveLength(2);
    const bare = provisioningStand(workspace('7', { name: 'prod' }));
    expect((await plan(bare)).problems).toEqual([
      "workspaceName: workspace 'prod' (7) is there and has other credentials, storage, network than asked for",
    ]);
  });
});

describe('problems', () => {
  const several = {
    region: 'us-east-1',
    ...setup({
      credentials: { id: 'nowhere' },
      storage: { name: 'taken', bucket: 'prod-root' },
      managedServicesKey: { ...key, key: 'alias/none' },
      storageKey: key,
    }),
    replacements: { network: { id: 'nowhere' }, managedServicesKey: { ...key, key: 'alias/gone' } },
  };
  const standWithTakenName = (): ProvisioningStand => {
    const stand = provisioningStand();
    stand.setup.storage.put({ id: 's', name: 'taken', bucket: 'other', createdAt: 0 });
    return stand;
  };

  test('are told all at once, each with its path', async () => {
    const { problems, headline, workspace: planned } = await plan(standWithTakenName(), several);
    expect(problems.map((problem) => problem.split(': ')[0])).toEqual([
      ...['storageKey.key', 'managedServicesKey.key', 'replacements.managedServicesKey.key'],
      ...['credentials.id', 'storage.name', 'replacements.network.id'],
    ]);
    expect([headline, planned]).toEqual(['workspace prod cannot be provisioned: 6 problems', { kind: 'create' }]);
  });

  test('fail the plan that is not a dry run, with every one of them', async () => {
    const { name, message } = await failureOf(plan(standWithTakenName(), several, false));
    expect(name).toBe(FAILURE.provisioningRefused);
    expect(message.split('\n- ')).toHaveLength(7);
  });

  const given = { network: { id: 'made-1' } };
  test.each([
    ['network.id', setup(given)],
    ['replacements.network.id', { replacements: given }],
  ])('are, as %s, the network of another workspace', async (path, change) => {
    const stand = await madeStand({}, { name: 'shop' });
    stand.setup.networks.change('made-1', { workspaceId: '7' });
    expect((await plan(stand, change)).problems).toContain(
      `${path}: found 'made-1', which is the network of workspace shop (7); wanted one that no other workspace is in`,
    );
  });

  test.each([
    ['of its own', '7'],
    ['whose workspace is gone', '6'],
  ])('are no network %s', async (_what, workspaceId) => {
    const stand = await madeStand();
    stand.setup.networks.change('made-1', { workspaceId });
    expect((await plan(stand, setup(given))).problems).toEqual([]);
  });

  test.each([
    ['an ARN', KEY_ARN],
    ['an alias', 'alias/prod'],
  ])('are a key, by %s, of another Region than the workspace', async (_what, name) => {
    const stand = provisioningStand();
    stand.keys.aliases.set('alias/prod', stand.keys.key);
    const { problems } = await plan(stand, { region: 'eu-west-1', ...setup({ storageKey: { ...key, key: name } }) });
    expect(problems).toEqual([
      "storageKey.key: found a key of us-west-2, wanted one of the workspace's Region eu-west-1",
    ]);
  });

  test('are a key configuration whose key is of another Region, or that is for another use', async () => {
    const stand = provisioningStand();
    stand.registry.configurations.push({
      ...{ id: 'k', keyArn: KEY_ARN, useCases: ['STORAGE'], reuseKeyForClusterVolumes: true, createdAt: 0 },
    });
    const asked = { region: 'eu-west-1', ...setup({ storageKey: { id: 'k' }, managedServicesKey: { id: 'k' } }) };
    expect((await plan(stand, asked)).problems).toEqual([
      "managedServicesKey.id: found a key of us-west-2, wanted one of the workspace's Region eu-west-1",
      "storageKey.id: found a key of us-west-2, wanted one of the workspace's Region eu-west-1",
      "managedServicesKey.id: found 'k', which is for STORAGE; wanted one for MANAGED_SERVICES",
    ]);
  });

  test('are an incomplete key policy, with the statement to add', async () => {
    const stand = provisioningStand();
    stand.keys.policyText = JSON.stringify({ Statement: [] });
    const { problems } = await plan(stand, setup({ managedServicesKey: key }));
    expect(problems).toEqual([expect.stringMatching(/^managedServicesKey\.key: the policy of key /)]);
    expect(problems[0]).toContain('"Sid":"AllowDatabricksManagedServices"');
  });

  test.each(['by its ARN', 'by the id of its configuration'])(
    'are a key policy that keeps the workspace’s role, given %s, from cluster volumes',
    async (how) => {
      const stand = provisioningStand();
      stand.setup.credentials.put({ id: 'c', name: 'there', roleArn: ROLE, createdAt: 0 });
      const asked = setup({
        credentials: how === 'by its ARN' ? SETUP.credentials : { id: 'c' },
        storageKey: { ...key, reuseKeyForClusterVolumes: true },
      });
      const { problems } = await plan(stand, asked);
      expect(problems).toEqual([expect.stringContaining(ROLE)]);
      const { accountId, awsPrincipal } = bindings().databricks;
      const needs = { useCases: ['STORAGE'], reuseKeyForClusterVolumes: true, crossAccountRoles: [ROLE] } as const;
      const needed = neededStatements({ ...needs, databricksAccountId: accountId, databricksPrincipal: awsPrincipal });
      stand.keys.policyText = JSON.stringify({ Statement: needed.map(({ statement }) => statement) });
      expect((await plan(stand, asked)).problems).toEqual([]);
    },
  );

  test.each([
    ['Disabled', 'aws kms enable-key'],
    ['PendingDeletion', 'aws kms cancel-key-deletion'],
  ])('are a key that is %s, with what to do', async (state, words) => {
    const stand = provisioningStand();
    stand.keys.key = { ...stand.keys.key, state };
    expect((await plan(stand, setup({ storageKey: key }))).problems[0]).toContain(words);
  });
});

describe('the plan of a removal', () => {
  const remove = { workspaceId: '7', workspaceName: 'prod', networkId: null };

  test('says what is deleted', async () => {
    const stand = provisioningStand(workspace('7', { name: 'prod' }));
    expect(await planProvisioning({ remove }, stand)).toMatchObject({
      ...{ request: null, removal: remove, workspace: { kind: 'remove', id: '7', status: 'RUNNING' } },
      headline: 'workspace prod (7) will be deleted with everything in it',
    });
  });

  test('under another name is refused without telling the real one', async () => {
    const stand = provisioningStand(workspace('7', { name: 'science' }));
    const { name, message } = await failureOf(planProvisioning({ remove }, stand));
    expect(name).toBe(FAILURE.provisioningRefused);
    expect(message).not.toContain('science');
    expect(await planProvisioning({ remove, dryRun: true }, stand)).toMatchObject({ problems: [expect.any(String)] });
  });

  test('of what is not there fails with WorkspaceNotFound', async () => {
    expect((await failureOf(planProvisioning({ remove }, provisioningStand()))).name).toBe(FAILURE.workspaceNotFound);
  });
});
