import { beforeEach, describe, expect, test } from '@jest/globals';
import { checkKeyInForce } from '../../lambda/app/check-key-in-force.ts';
import { patchWorkspace } from '../../lambda/app/patch-workspace.ts';
import { workspaceLease } from '../../lambda/app/take-lease.ts';
import { FAILURE } from '../../lambda/contract/failures.ts';
import type { WorkspaceStep } from '../../lambda/contract/rollout.ts';
import { holdFrom } from '../../lambda/domain/key-hold.ts';
import { FakeLeases, FakeRests } from './fake-state.ts';
import { bindings, FakeClock, FakeRegistry, FakeWorkspaces, KEY_ARN, ROLLOUT, step, workspace } from './fakes.ts';
import { FakeHeldKeys } from './key-watch-fakes.ts';
import { FakeRewrites } from './secret-fakes.ts';

const calls = () => 0;
const OLD = {
  ...{ workspaceId: '1', workspaceName: 'ws-1', configurationId: 'old', keyArn: KEY_ARN, subject: 'binding/prod' },
  left: false,
};

let clock: FakeClock;
let leases: FakeLeases;
let registry: FakeRegistry;
let workspaces: FakeWorkspaces;
let heldKeys: FakeHeldKeys;
beforeEach(async () => {
  clock = new FakeClock();
  leases = new FakeLeases(clock.now);
  await leases.take(workspaceLease('1'), ROLLOUT, clock.time + 60_000);
  registry = new FakeRegistry(clock.now);
  registry.configurations = [
    { id: 'old', keyArn: KEY_ARN, useCases: ['MANAGED_SERVICES'], reuseKeyForClusterVolumes: false, createdAt: 0 },
  ];
  workspaces = new FakeWorkspaces(workspace('1', { managedServicesKeyId: 'old' }));
  heldKeys = new FakeHeldKeys();
});

const patch = (change: Partial<WorkspaceStep> = {}) =>
  patchWorkspace(step(change), {
    ...{ bindings: bindings(), workspaces, registry, heldKeys, calls },
    ...{ rewrites: new FakeRewrites(), rests: new FakeRests() },
    clock: clock.now,
  });
/** The last of the reads that must show the new key. */
const confirm = (change: Partial<WorkspaceStep> = {}) =>
  checkKeyInForce(
    { ...step(change), stableReads: 2, rested: false, patchedAt: new Date(clock.time).toISOString() },
    {
      ...{ bindings: bindings(), leases, workspaces, heldKeys, calls },
      ...{ rewrites: new FakeRewrites(), rests: new FakeRests() },
      clock: clock.now,
    },
  );
const held = () => [...heldKeys.records.values()];

describe('the key configuration that a workspace leaves', () => {
  test('is on record before Databricks is asked, and held from the moment the new key is in force', async () => {
    workspaces.next = new Error('the process ended');
    await expect(patch()).rejects.toThrow('the process ended');
    expect(held()).toEqual([{ ...OLD, ...holdFrom(clock.time) }]);

    await patch();
    clock.pass(10);
    await confirm();
    expect(held()).toEqual([{ ...OLD, left: true, ...holdFrom(clock.time) }]);
    const since = clock.time;
    clock.pass(10);
    await confirm();
    expect(held()).toMatchObject([holdFrom(since)]);
  });

  test('is not asked for where nothing is patched, or the key is the first one', async () => {
    workspaces.set('1', { managedServicesKeyId: 'new' });
    await patch();
    workspaces = new FakeWorkspaces(workspace('1'));
    await patch();
    expect(held()).toEqual([]);
  });

  test('is not left where the workspace keeps it for storage, or Databricks does not know it', async () => {
    workspaces.set('1', { managedServicesKeyId: 'old', storageKeyId: 'old' });
    await patch();
    expect(held()).toEqual([]);
    workspaces = new FakeWorkspaces(workspace('1', { managedServicesKeyId: 'deleted by hand' }));
    await patch();
    expect(held()).toEqual([]);
  });

  test('is not left by a storage key that is added', async () => {
    await heldKeys.begin({ ...OLD, ...holdFrom(clock.time) });
    workspaces.set('1', { storageKeyId: 'new' });
    await confirm({ fields: ['storageKeyId'] });
    expect(held()).toMatchObject([{ left: false }]);
  });

  test('is no longer held once the workspace came back to it', async () => {
    await patch();
    await confirm();
    await heldKeys.begin({ ...OLD, configurationId: 'new', ...holdFrom(clock.time) });
    workspaces.set('1', { managedServicesKeyId: 'old' });
    await confirm({ keyConfigurationId: 'old' });
    expect(held()).toMatchObject([{ configurationId: 'new', left: true }]);
  });

  test('whose record changes meanwhile is read again', async () => {
    await patch();
    heldKeys.busy = true;
    await expect(confirm()).rejects.toMatchObject({ name: FAILURE.stateChanged });
  });
});
