import { afterEach, describe, expect, test } from '@jest/globals';
import type { WorkspaceSettings } from '../../lambda/contract/rollout.ts';
import type { WorkspaceSeed } from '../../local/databricks/seed.ts';
import { objections } from '../../local/demo/objections.ts';
import { IDS, OLD, OTHER_CREDENTIALS, type RolloutWorld, startRolloutWorld } from './rollout-world.ts';

let world: RolloutWorld;
const start = async (changes: Readonly<Record<string, Partial<WorkspaceSeed>>> = {}): Promise<RolloutWorld> => {
  world = await startRolloutWorld(changes);
  return world;
};
afterEach(() => world.close());

const [FIRST, SECOND, THIRD] = IDS;
const state = () => world.databricks.control.state();
const change = (workspaceId: string, settings: WorkspaceSettings, more: object = {}) =>
  world.rollOut({ change: { workspaceId, settings, compute: 'stop-and-restart' }, ...more });

describe('a change of one workspace on the synthesized template', () => {
  test('new credentials arrive with compute stopped, the rest kept, and everything restarted', async () => {
    await start();
    const before = state();
    const began = world.clock.now();
    const ended = await change(SECOND, { credentialsId: OTHER_CREDENTIALS });
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: { subject: `workspace/${SECOND}`, keyArn: null } });
    expect(world.outcomes(ended)).toEqual(['ROLLED_OUT']);
    expect(world.clock.now() - began).toBeGreaterThan(20 * 60_000);
    expect(objections(before, state(), new Map())).toEqual([]);
    const again = await change(SECOND, { credentialsId: OTHER_CREDENTIALS });
    expect(world.outcomes(again)).toEqual(['UNCHANGED']);
  });

  test('a storage key is added by the id of its key configuration', async () => {
    await start();
    const before = state();
    const ended = await change(FIRST, { storageKeyId: OLD });
    expect(world.outcomes(ended)).toEqual(['ROLLED_OUT']);
    expect(state().workspaces.map(({ storageKeyId }) => storageKeyId)).toEqual([OLD, null, null]);
    expect(objections(before, state(), new Map())).toEqual([]);
  });

  test('a FAILED workspace is set up again with what it is given', async () => {
    await start({ [THIRD]: { status: 'FAILED', wasRunning: false, managedServicesKeyId: undefined } as never });
    const ended = await change(THIRD, { credentialsId: OTHER_CREDENTIALS, managedServicesKeyId: OLD });
    expect(world.outcomes(ended)).toEqual(['ROLLED_OUT']);
    expect(state().workspaces[2]).toMatchObject({ status: 'RUNNING', managedServicesKeyId: OLD });
  });

  test('what Databricks would refuse is refused before anything is touched', async () => {
    await start();
    world.databricks.control.resetRequests();
    const ended = await change(FIRST, { storageConfigurationId: 'd0000000-0000-4000-8000-000000000001' });
    expect(world.outcomes(ended)).toEqual(['WorkspaceSettingIsFixed']);
    expect(world.writes()).toEqual([]);
  });

  test('a dry run answers the plan and its warnings', async () => {
    await start();
    world.databricks.control.resetRequests();
    const ended = await change(FIRST, { managedServicesKeyId: 'nowhere' }, { dryRun: true });
    expect(ended).toMatchObject({
      status: 'SUCCEEDED',
      output: {
        workspaces: [{ action: 'refuse', failure: { name: 'KeyConfigurationUnfit' } }],
        warnings: [
          expect.stringContaining('key binding managed keeps workspace 1001'),
          ...Array(6).fill(expect.any(String)),
        ],
      },
    });
    expect(world.writes()).toEqual([]);
  });
});

describe('a key for named workspaces', () => {
  test('is registered once and rolled out to these alone', async () => {
    await start();
    const { Policy } = (await world.aws.kms.handle('GetKeyPolicy', { KeyId: world.keyArn, PolicyName: 'default' })) as {
      readonly Policy: string;
    };
    const made = (await world.aws.kms.handle('CreateKey', { Policy })) as {
      readonly KeyMetadata: { readonly Arn: string };
    };
    const key = made.KeyMetadata.Arn;
    const request = { key, workspaceIds: [FIRST, THIRD], useCases: ['MANAGED_SERVICES'] };
    const keyFor = { ...request, reuseKeyForClusterVolumes: true, compute: 'stop-and-restart' };
    const before = state();

    const ended = await world.rollOut({ keyFor });
    expect(ended).toMatchObject({ output: { subject: `key/${key}`, registered: true, keyArn: key } });
    expect(world.outcomes(ended)).toEqual(['ROLLED_OUT', 'ROLLED_OUT']);
    const now = state().workspaces.map(({ managedServicesKeyId }) => managedServicesKeyId);
    expect(now[0]).toBe(now[2]);
    expect(now[1]).toBe(OLD);
    expect(objections(before, state(), new Map())).toEqual([]);
    expect(world.outcomes(await world.rollOut({ keyFor }))).toEqual(['UNCHANGED', 'UNCHANGED']);
  });
});
