import { afterEach, describe, expect, test } from '@jest/globals';
import type { AccountSeed } from '../../local/databricks/seed.ts';
import { CROSS_ACCOUNT_ROLE } from '../../local/demo/account.ts';
import { type ProvisioningWorld, REQUEST, startProvisioningWorld, summaryOf } from './provisioning-world.ts';

let world: ProvisioningWorld;
const start = async (account: AccountSeed = {}): Promise<ProvisioningWorld> => {
  world = await startProvisioningWorld({ account });
  return world;
};
afterEach(() => world.close());

const provision = (change: object = {}) => world.provision({ provision: { ...REQUEST, ...change } });

describe('a provisioning on the synthesized template', () => {
  test('goes from nothing to a workspace that runs, is encrypted, and has its secrets', async () => {
    await start();
    const ended = await provision();
    expect(summaryOf(ended)).toMatchObject({
      ...{ ok: true, workspaceName: 'analytics', status: 'RUNNING', created: true, failure: null },
      made: [
        "credential configuration 'analytics-credentials'",
        "storage configuration 'analytics-storage'",
        "network configuration 'analytics-network'",
        expect.stringMatching(/^key configuration for /),
      ],
    });
    expect(world.writes()).toEqual([
      ...['POST credentials', 'POST storage-configurations', 'POST networks', 'POST customer-managed-keys'],
      'POST workspaces',
    ]);
    const [workspace] = world.databricks.control.state().workspaces;
    expect(workspace).toMatchObject({ status: 'RUNNING', network: 'customer' });
    expect(workspace?.managedServicesKeyId).toBe(workspace?.storageKeyId);
    expect(workspace?.secretScopes).toMatchObject([{ name: 'app' }]);
  });

  test('asked for again finds everything and makes nothing', async () => {
    await start();
    await provision();
    world.databricks.control.resetRequests();
    const again = await provision();
    expect(summaryOf(again)).toMatchObject({ ok: true, created: false, made: [] });
    expect(world.writes()).toEqual([]);
  });

  test('works without a network and without keys of its own', async () => {
    await start();
    const { workspaceName, credentials, storage } = REQUEST;
    const ended = await world.provision({ provision: { workspaceName, credentials, storage } });
    expect(summaryOf(ended)).toMatchObject({ ok: true, settings: { credentialsId: expect.any(String) } });
    expect(world.databricks.control.state().workspaces).toMatchObject([{ network: 'managed', storageKeyId: null }]);
  });

  test('a dry run names everything that would be made, and every problem, and writes nothing', async () => {
    await start();
    await provision();
    world.databricks.control.resetRequests();
    const ended = await world.provision({
      provision: {
        ...{ ...REQUEST, workspaceName: 'science' },
        credentials: { name: 'analytics-credentials', roleArn: `${CROSS_ACCOUNT_ROLE}-2` },
        storageKey: { id: 'nowhere' },
        network: { id: 'nowhere' },
      },
      dryRun: true,
    });
    expect(summaryOf(ended)).toMatchObject({
      workspace: { kind: 'create' },
      configurations: expect.arrayContaining([
        { of: 'storage', kind: 'use', id: expect.any(String), name: 'analytics-storage' },
      ]),
      problems: [
        expect.stringContaining("credentials.name: found 'analytics-credentials'"),
        expect.stringContaining("network.id: found 'nowhere'"),
        expect.stringContaining("storageKey.id: found 'nowhere'"),
      ],
    });
    expect(world.writes()).toEqual([]);
  });

  test('a workspace of the name that is something else is left alone, and the difference is told', async () => {
    await start();
    await provision();
    world.databricks.control.resetRequests();
    const ended = await provision({ storage: { bucket: 'another-root' } });
    expect(ended).toMatchObject({ status: 'FAILED', error: 'ProvisioningRefused' });
    expect(ended.cause).toContain('storage');
    expect(world.writes()).toEqual([]);
  });

  test('a fresh role is tried until AWS knows it everywhere', async () => {
    await start();
    world.databricks.control.setSwitches({ credentialsDelayMs: 90_000, workspaceCredentialsDelayMs: 120_000 });
    expect(summaryOf(await provision())).toMatchObject({ ok: true, status: 'RUNNING' });
  });

  test('a host that lags behind RUNNING is waited for', async () => {
    await start();
    world.databricks.control.setSwitches({ timings: { hostLagMs: 5 * 60_000 } });
    expect(summaryOf(await provision())).toMatchObject({ ok: true, status: 'RUNNING' });
  });
});

describe('a workspace that fails', () => {
  const broken = {
    ends: 'FAILED',
    message: 'Network misconfigured.',
    errors: [{ error_type: 'subnet', error_message: 'no route' }],
  } as const;

  test('is kept, with what is wrong and what to try', async () => {
    await start();
    world.planCreation(broken);
    const ended = await provision();
    expect(ended).toMatchObject({ status: 'FAILED', error: 'ProvisioningIncomplete' });
    for (const words of ['WorkspaceFailed', 'Network misconfigured.', 'error with a subnet: no route']) {
      expect(ended.cause).toContain(words);
    }
    expect(world.workspaces()).toEqual(['analytics FAILED']);
  });

  test('is repaired with its replacements', async () => {
    await start();
    world.planCreation(broken);
    const subnetIds = ['subnet-0123456789abcdef2', 'subnet-0123456789abcdef3'];
    const ended = await provision({ replacements: { network: { ...REQUEST.network, subnetIds } } });
    expect(summaryOf(ended)).toMatchObject({ ok: true, status: 'RUNNING' });
    expect(world.writes().slice(-2)).toEqual(['POST networks', 'PATCH workspaces']);
  });

  test('is deleted, then its network, where that is asked for', async () => {
    await start();
    world.planCreation(broken);
    const ended = await provision({ onFailure: 'delete' });
    expect(ended.status).toBe('FAILED');
    expect(world.writes().slice(-3)).toContain('DELETE networks');
    expect([world.workspaces(), world.databricks.control.state().networks]).toEqual([[], []]);
  });

  test('is deleted, and its network stays where it was there before', async () => {
    await start({
      networks: [{ id: 'net-9', name: 'of somebody else', ...REQUEST.network }],
    });
    world.planCreation(broken);
    expect((await provision({ onFailure: 'delete' })).cause).toContain('failed and was deleted');
    expect(world.writes()).not.toContain('DELETE networks');
    expect(world.databricks.control.state().networks).toMatchObject([{ network_id: 'net-9' }]);
  });

  test('is deleted by the same request again, then the network that the first one made', async () => {
    await start();
    world.planCreation(broken);
    expect((await provision()).status).toBe('FAILED');
    expect((await provision({ onFailure: 'delete' })).cause).toContain('failed and was deleted');
    expect([world.workspaces(), world.databricks.control.state().networks]).toEqual([[], []]);
  });

  test('is created once more, in a network that was created once more', async () => {
    await start();
    world.planCreation({ ...broken, times: 1 });
    const ended = await provision({ onFailure: 'recreate' });
    expect(summaryOf(ended)).toMatchObject({ ok: true, status: 'RUNNING', removed: false });
    expect(world.writes().filter((write) => write === 'POST networks')).toHaveLength(2);
    expect(world.workspaces()).toEqual(['analytics RUNNING']);
  });

  test('is created once more in the network that it was given, when Databricks has let go of that', async () => {
    await start({ networks: [{ id: 'net-9', name: 'of somebody else', ...REQUEST.network }] });
    world.planCreation({ ends: 'FAILED', times: 1 });
    const ended = await provision({ network: { id: 'net-9' }, onFailure: 'recreate' });
    expect(summaryOf(ended)).toMatchObject({ ok: true, status: 'RUNNING', removed: false });
    expect(world.workspaces()).toEqual(['analytics RUNNING']);
    expect(world.databricks.control.state().networks).toMatchObject([{ network_id: 'net-9' }]);
  });

  test.each(['delete', 'recreate'] as const)(
    'is kept in spite of %p if it ever ran, until it is deleted by its id',
    async (onFailure) => {
      await start();
      await provision();
      const [workspace] = world.databricks.control.state().workspaces;
      world.databricks.control.changeWorkspace(workspace?.id ?? '', { status: 'FAILED' });
      world.databricks.control.resetRequests();
      const ended = await provision({ onFailure });
      expect(ended.status).toBe('FAILED');
      for (const words of ['and stays: there is no record', `dbsa workspaces delete ${workspace?.id}`, 'is FAILED']) {
        expect(ended.cause).toContain(words);
      }
      expect(world.writes()).toEqual([]);
      expect(world.workspaces()).toEqual(['analytics FAILED']);
      const remove = { workspaceId: workspace?.id, workspaceName: 'analytics' };
      expect(summaryOf(await world.provision({ remove }))).toMatchObject({ ok: true, removed: true });
    },
  );

  test('is kept if somebody else made it, with the network in which it is', async () => {
    await start({
      credentials: [{ id: 'cred-9', name: 'of somebody else', roleArn: CROSS_ACCOUNT_ROLE }],
      storageConfigurations: [{ id: 'store-9', name: 'of somebody else', bucketName: 'somewhere' }],
      networks: [{ id: 'net-9', name: 'of somebody else', ...REQUEST.network }],
      workspaces: [
        {
          ...{ id: '77', name: 'analytics', deploymentName: 'dbc-77', region: 'us-west-2', status: 'FAILED' },
          ...{ network: 'customer', networkId: 'net-9', credentialsId: 'cred-9', storageConfigurationId: 'store-9' },
        },
      ],
    });
    const { workspaceName, network } = REQUEST;
    const same = { workspaceName, credentials: { id: 'cred-9' }, storage: { id: 'store-9' }, network };
    const ended = await world.provision({ provision: { ...same, onFailure: 'recreate' } });
    expect(ended.cause).toContain('workspace analytics (77) could not be set up, and stays');
    expect(world.writes()).toEqual([]);
  });

  test.each([
    ['BANNED', 'WorkspaceBanned'],
    ['CANCELLING', 'WorkspaceCancelled'],
  ] as const)('as %s ends with %s', async (ends, name) => {
    await start();
    world.planCreation({ ends });
    expect((await provision()).cause).toContain(name);
  });

  test('for want of addresses is told to ask AWS for more', async () => {
    await start();
    world.databricks.control.setSwitches({ addressesUsedUp: true });
    const { workspaceName, credentials, storage } = REQUEST;
    const ended = await world.provision({ provision: { workspaceName, credentials, storage } });
    expect(ended.cause).toContain('Elastic IP');
  });
});

describe('a removal', () => {
  test('takes the workspace and then its network, and only under its name', async () => {
    await start();
    await provision();
    const [workspace] = world.databricks.control.state().workspaces;
    const networkId = String(world.databricks.control.state().networks[0]?.network_id);
    const removal = { workspaceId: workspace?.id, networkId };
    const wrong = await world.provision({ remove: { ...removal, workspaceName: 'another' } });
    expect(wrong).toMatchObject({ status: 'FAILED', error: 'ProvisioningRefused' });
    expect(world.workspaces()).toEqual(['analytics RUNNING']);
    const ended = await world.provision({ remove: { ...removal, workspaceName: 'analytics' } });
    expect(summaryOf(ended)).toMatchObject({ ok: true, removed: true });
    expect([world.workspaces(), world.databricks.control.state().networks]).toEqual([[], []]);
  });
});
