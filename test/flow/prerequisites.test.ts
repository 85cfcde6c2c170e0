import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEMO_ALIAS } from '../../local/demo/account.ts';
import type { StageBindings } from '../../local/demo/stage.ts';
import { startWorld, type World } from '../../local/world.ts';
import { summaryOf } from './provisioning-world.ts';

const KEYS = { managedServices: 'alias/databricks/managed-services', storage: 'alias/databricks/storage' };
const BINDINGS: StageBindings = {
  keyBindings: { all: { key: KEYS.managedServices, useCases: ['MANAGED_SERVICES'], workspaces: 'using-key' } },
  prerequisites: { network: 'databricks', keys: KEYS },
};

let world: World;
beforeAll(async () => {
  world = await startWorld({ bindings: BINDINGS, account: () => ({ workspaces: [] }) });
});
afterAll(() => world.close());

describe('a stage that makes what workspaces stand on', () => {
  test('tells a role, a bucket and keys that are there', async () => {
    const { CredentialsRoleArn, StorageBucket, StorageKey, StorageKeyArn } = world.outputs;
    expect(CredentialsRoleArn).toMatch(/^arn:aws:iam::111122223333:role\//);
    expect(StorageBucket).toMatch(/^[a-z0-9-]{3,63}$/);
    expect(StorageKey).toBe(KEYS.storage);
    expect(await world.aws.kms.handle('DescribeKey', { KeyId: KEYS.storage })).toMatchObject({
      KeyMetadata: { Arn: StorageKeyArn, KeyState: 'Enabled' },
    });
    expect(await world.aws.kms.handle('GetKeyRotationStatus', { KeyId: StorageKeyArn })).toMatchObject({
      KeyRotationEnabled: true,
    });
  });

  test('goes from nothing to a workspace with one request, whose keys pass every check', async () => {
    const request = JSON.parse(world.outputs.WorkspaceRequest ?? '');
    const ended = await world.provision({ provision: { ...request, workspaceName: 'analytics' } });

    expect(summaryOf(ended)).toMatchObject({ ok: true, status: 'RUNNING', created: true, failure: null });
    const [workspace] = world.databricks.control.state().workspaces;
    expect(workspace).toMatchObject({ status: 'RUNNING', network: 'managed' });
    expect(workspace?.storageKeyId).not.toBe(workspace?.managedServicesKeyId);
  });

  test('then follows its key by the same alias', async () => {
    const { output } = await world.rollOut({ bindingId: 'all', dryRun: true });
    expect(JSON.stringify(output)).toContain(world.outputs.ManagedServicesKeyArn);
    expect(JSON.stringify(output)).not.toContain(DEMO_ALIAS);
  });
});
