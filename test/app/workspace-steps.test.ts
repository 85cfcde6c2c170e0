import { beforeEach, describe, expect, test } from '@jest/globals';
import { checkKeyInForce } from '../../lambda/app/check-key-in-force.ts';
import { patchWorkspace } from '../../lambda/app/patch-workspace.ts';
import { restartCompute } from '../../lambda/app/restart-compute.ts';
import { stopCompute } from '../../lambda/app/stop-compute.ts';
import { takeLease, workspaceLease } from '../../lambda/app/take-lease.ts';
import type { MaintenanceWindow } from '../../lambda/contract/bindings.ts';
import { FAILURE } from '../../lambda/contract/failures.ts';
import type { Treatment } from '../../lambda/contract/rollout.ts';
import type { ComputeUnit } from '../../lambda/domain/compute.ts';
import { AutomationError } from '../../lambda/domain/failure.ts';
import { FakeLeases, FakeProvenance, FakeRests, FakeStoppedCompute } from './fake-state.ts';
import { bindings, FakeClock, FakeCompute, FakeRegistry, FakeWorkspaces, ROLLOUT, step, workspace } from './fakes.ts';
import { FakeHeldKeys } from './key-watch-fakes.ts';
import { FakeRewrites, secretBinding } from './secret-fakes.ts';

const ETL: ComputeUnit = { kind: 'cluster', id: 'etl', name: 'etl', state: 'RUNNING', source: 'UI' };
const JOB: ComputeUnit = { kind: 'cluster', id: 'job', name: 'job-7', state: 'RUNNING', source: 'JOB' };
const POOL: ComputeUnit = {
  kind: 'instance-pool',
  id: 'pool',
  name: 'pool',
  minIdleInstances: 2,
  idleAutoterminationMinutes: 60,
  instances: 2,
};
const calls = () => 0;
const MINUTE = 60_000;
const iso = (at: number): string => new Date(at).toISOString();
const OLD_KEY = 'arn:aws:kms:us-west-2:111122223333:key/old';
const OLD = { managedServicesKeyId: 'old' };

let clock: FakeClock;
let leases: FakeLeases;
let stoppedCompute: FakeStoppedCompute;
let compute: FakeCompute;
let workspaces: FakeWorkspaces;
let shared: {
  readonly bindings: ReturnType<typeof bindings>;
  readonly leases: FakeLeases;
  readonly clock: () => number;
};

let rewrites: FakeRewrites;
let rests: FakeRests;
let registry: FakeRegistry;
let heldKeys: FakeHeldKeys;
beforeEach(async () => {
  clock = new FakeClock();
  leases = new FakeLeases(clock.now);
  stoppedCompute = new FakeStoppedCompute();
  compute = new FakeCompute(ETL, JOB, POOL);
  workspaces = new FakeWorkspaces(workspace('1', OLD));
  rewrites = new FakeRewrites();
  rests = new FakeRests();
  registry = new FakeRegistry(clock.now);
  registry.configurations = [
    { id: 'old', keyArn: OLD_KEY, useCases: ['MANAGED_SERVICES'], reuseKeyForClusterVolumes: false, createdAt: 0 },
  ];
  heldKeys = new FakeHeldKeys();
  shared = { bindings: bindings(), leases, clock: clock.now };
  await leases.take(workspaceLease('1'), ROLLOUT, clock.time + 60_000);
});

const stop = (treatment: Partial<Treatment> = {}) =>
  stopCompute(step({ treatment: { ...step().treatment, ...treatment } }), {
    ...shared,
    compute,
    stoppedCompute,
    calls,
  });
const restart = (change = {}) =>
  restartCompute(step(change), { compute, stoppedCompute, rests, calls, clock: clock.now });
const patch = (change = {}) =>
  patchWorkspace(step(change), { ...shared, workspaces, registry, heldKeys, rewrites, rests, calls });
const check = (stableReads: number, patchedAt = clock.time, change = {}) =>
  checkKeyInForce(
    { ...step(), stableReads, patchedAt: new Date(patchedAt).toISOString(), rested: false, ...change },
    { ...shared, workspaces, calls, rewrites, rests, heldKeys },
  );

describe('stopping and restarting compute', () => {
  test('stops everything, until nothing runs, and restarts only what people had started', async () => {
    expect(await stop()).toMatchObject({ stopped: false });
    expect(compute.stopped).toEqual(['etl', 'job', 'pool']);
    expect(await stop()).toMatchObject({ stopped: false });
    expect(await stop()).toMatchObject({ stopped: true });
    await restart();
    expect(compute.started).toEqual([POOL, ETL]);
    expect(stoppedCompute.records.size).toBe(0);
  });

  test('writes down what it will restart before it stops anything', async () => {
    compute.stop = async () => {
      throw new AutomationError(FAILURE.databricksUnavailable, 'down');
    };
    await expect(stop()).rejects.toMatchObject({ name: 'DatabricksUnavailable' });
    expect(stoppedCompute.records.get('1')?.units).toEqual([ETL, POOL]);
  });

  test('after a crash the next rollout restarts what the first one stopped, as it was', async () => {
    await stop();
    const next = step({ rolloutId: 'next' });
    await leases.release(workspaceLease('1'), ROLLOUT);
    await leases.take(workspaceLease('1'), 'next', clock.time + 1);
    while (!(await stopCompute(next, { ...shared, compute, stoppedCompute, calls })).stopped);
    await restart({ rolloutId: 'next' });
    expect(compute.started).toEqual([POOL, ETL]);
  });

  test('while a change is under way, or its end was not seen, nothing is started by anybody', async () => {
    while (!(await stop()).stopped);
    await patch();
    const began = clock.time;
    for (const rolloutId of [ROLLOUT, 'next']) {
      expect(await restart({ rolloutId })).toMatchObject({ restUntil: iso(began + 20 * MINUTE), restarted: [] });
    }
    expect(compute.started).toEqual([]);
    clock.pass(20);
    expect(await restart({ rolloutId: 'next' })).toMatchObject({ restUntil: null });
    expect(compute.started).toEqual([POOL, ETL]);
  });

  test('a change that asks for it rests 20 minutes from its end on, which is 40 where nobody saw it', async () => {
    while (!(await stop()).stopped);
    await patch({ needsRest: true });
    expect(await restart()).toMatchObject({ restUntil: iso(clock.time + 40 * MINUTE) });
    clock.pass(5);
    expect(await check(5, clock.time, { needsRest: true })).toMatchObject({ inForce: true });
    expect(await restart()).toMatchObject({ restUntil: iso(clock.time + 20 * MINUTE) });
    clock.pass(20);
    expect(await check(5, clock.time, { needsRest: true, rested: true })).toMatchObject({ inForce: true });
    expect(await restart()).toMatchObject({ restUntil: null });
  });

  test('a rest is waited for also where nothing was stopped, because people may start nothing either', async () => {
    await patch({ needsRest: true });
    expect(await check(5, clock.time, { needsRest: true })).toMatchObject({ inForce: true });
    expect(await restart({ needsRest: true })).toMatchObject({ restUntil: iso(clock.time + 20 * MINUTE) });
    clock.pass(20);
    expect(await restart({ needsRest: true })).toMatchObject({ restUntil: null, restarted: [] });
  });

  test('a change that was refused keeps no compute stopped, unless one before it may be under way', async () => {
    while (!(await stop()).stopped);
    const refusal = new AutomationError(FAILURE.databricksRefused, 'no');
    workspaces.next = refusal;
    await expect(patch()).rejects.toBe(refusal);
    expect(rests.all.size).toBe(0);
    workspaces.next = 'lose';
    await expect(patch()).rejects.toMatchObject({ name: 'WorkspaceBusy' });
    workspaces.next = refusal;
    await expect(patch()).rejects.toBe(refusal);
    expect(await restart()).toMatchObject({ restUntil: iso(clock.time + 20 * MINUTE) });
  });

  test('compute that does not stop fails past the deadline and says what it is', async () => {
    compute.stubborn.add('etl');
    await stop();
    clock.pass(31);
    await expect(stop()).rejects.toMatchObject({
      name: 'ComputeDidNotStop',
      message: expect.stringContaining("cluster 'etl'"),
    });
  });

  test('require-stopped touches nothing and names what runs', async () => {
    await expect(stop({ compute: 'require-stopped' })).rejects.toMatchObject({
      name: 'ComputeRunning',
      message: expect.stringContaining('job-7'),
    });
    expect(compute.stopped).toEqual([]);
    expect(stoppedCompute.records.size).toBe(0);
  });

  test('leave-running does not even look', async () => {
    compute.list = async () => {
      throw new Error('looked');
    };
    expect(await stop({ compute: 'leave-running' })).toMatchObject({ stopped: true });
  });

  test('what cannot be restarted stays on record, the rest is started, and the next run starts it', async () => {
    while (!(await stop()).stopped);
    compute.broken.add('pool');
    await expect(restart()).rejects.toMatchObject({
      name: 'ComputeNotRestarted',
      message: expect.stringContaining("instance pool 'pool'"),
    });
    expect(compute.started).toEqual([ETL]);
    compute.broken.clear();
    await restart();
    expect(compute.started).toEqual([ETL, POOL]);
  });

  test('a cluster that was deleted meanwhile is not waited for', async () => {
    while (!(await stop()).stopped);
    compute.units = compute.units.filter(({ id }) => id !== 'etl');
    expect((await restart()).restarted).toContain("cluster 'etl' no longer exists");
    expect(stoppedCompute.records.size).toBe(0);
  });

  test('without the lease nothing is stopped', async () => {
    leases.held.set(workspaceLease('1'), { owner: 'other', until: clock.time + 1 });
    await expect(stop()).rejects.toMatchObject({ name: 'LeaseLost' });
    expect(compute.stopped).toEqual([]);
  });
});

describe('changing the key of a workspace', () => {
  test('patches only the field that differs, and nothing the second time', async () => {
    await patch({ fields: ['managedServicesKeyId', 'storageKeyId'] });
    await patch({ fields: ['managedServicesKeyId', 'storageKeyId'] });
    expect(workspaces.patches).toEqual([{ managedServicesKeyId: 'new', storageKeyId: 'new' }]);
  });

  test('a lost answer is settled by reading', async () => {
    workspaces.next = 'accept-and-lose-answer';
    await patch();
    workspaces.set('1', OLD);
    workspaces.next = 'lose';
    await expect(patch()).rejects.toMatchObject({ name: 'WorkspaceBusy' });
  });

  test.each([
    ['PROVISIONING', 'WorkspaceBusy'],
    ['FAILED', 'WorkspaceNotRunning'],
  ])('a workspace that is %s is not patched: %s', async (status, name) => {
    workspaces.set('1', { status });
    await expect(patch()).rejects.toMatchObject({ name });
    expect(workspaces.patches).toEqual([]);
  });

  test('a storage key that somebody set since the plan is never replaced', async () => {
    workspaces.set('1', { storageKeyId: 'theirs' });
    await expect(patch({ fields: ['storageKeyId'] })).rejects.toMatchObject({ name: 'StorageKeyIsPermanent' });
    expect(workspaces.patches).toEqual([]);
  });

  test('the new key counts only after several reads in a row', async () => {
    expect(await check(0)).toMatchObject({ inForce: false, stableReads: 0 });
    workspaces.set('1', { managedServicesKeyId: 'new' });
    expect(await check(0)).toMatchObject({ inForce: false, stableReads: 1 });
    expect(await check(2)).toMatchObject({ inForce: true });
  });

  test('in force owes the workspace that its secrets are written again, if a binding syncs any', async () => {
    workspaces.set('1', { managedServicesKeyId: 'new' });
    expect(await check(2)).toMatchObject({ inForce: true, secretsOwed: false });
    expect(rewrites.reasons.size).toBe(0);
    shared = { ...shared, bindings: { ...bindings(), secretBindings: [secretBinding()] } };
    expect(await check(0)).toMatchObject({ inForce: false, secretsOwed: false });
    expect(rewrites.reasons.size).toBe(0);
    expect(await check(2)).toMatchObject({ inForce: true, secretsOwed: true });
    expect(rewrites.reasons).toEqual(new Map([['1', { rewriteId: ROLLOUT, leaving: null }]]));
  });

  test('a rollout that ends after the patch leaves a note that secrets are to be written again under the new key', async () => {
    shared = { ...shared, bindings: { ...bindings(), secretBindings: [secretBinding()] } };
    workspaces.next = new Error('the process ended');
    await expect(patch()).rejects.toThrow('the process ended');
    expect(rewrites.reasons).toEqual(new Map([['1', { rewriteId: ROLLOUT, leaving: 'old' }]]));
  });

  test('a silent revert is its own failure', async () => {
    await expect(check(1)).rejects.toMatchObject({
      name: 'KeyChangeReverted',
      message: expect.stringContaining('went back to managed services key old'),
    });
  });

  test('a silent revert owes once more what a sync wrote under the key that was shown', async () => {
    shared = { ...shared, bindings: { ...bindings(), secretBindings: [secretBinding()] } };
    await patch();
    // The sync found the new key, wrote everything again, and paid the debt.
    await rewrites.settle('1', ROLLOUT);
    workspaces.set('1', OLD);
    await expect(check(1)).rejects.toMatchObject({ name: 'KeyChangeReverted' });
    expect(rewrites.reasons).toEqual(new Map([['1', { rewriteId: `${ROLLOUT}/reverted`, leaving: null }]]));
  });

  test('a key that never comes fails past the deadline', async () => {
    await expect(check(0, clock.time - 46 * 60_000)).rejects.toMatchObject({ name: 'KeyNotInForce' });
  });
});

describe('taking a lease', () => {
  const provenance = new FakeProvenance();
  const take = (rolloutId: string, waits = 0, maintenanceWindow: MaintenanceWindow | null = null) =>
    takeLease(
      { ...step({ rolloutId, treatment: { ...step().treatment, maintenanceWindow } }), waits },
      { ...shared, provenance },
    );

  test('one rollout at a time, the same one as often as it likes', async () => {
    expect(await take(ROLLOUT)).toMatchObject({ admitted: true });
    expect(await take('other')).toMatchObject({ admitted: false, waits: 1 });
  });

  test('whoever gets it works on what people may use: nobody deletes that for having failed', async () => {
    const { workspaceName } = step();
    await provenance.note('workspace/1', workspaceName);
    await take('other');
    expect(await provenance.isMadeFor('workspace/1', workspaceName)).toBe(true);
    await take(ROLLOUT);
    expect(await provenance.isMadeFor('workspace/1', workspaceName)).toBe(false);
  });

  test('a lease that ended is taken over', async () => {
    clock.pass(5);
    expect(await take('other')).toMatchObject({ admitted: true });
  });

  test('three hours of waiting are enough', async () => {
    await expect(take('other', 180)).rejects.toMatchObject({
      name: 'WorkspaceLeased',
      message: expect.stringContaining(ROLLOUT),
    });
  });

  test('outside the maintenance window nobody takes a lease', async () => {
    const window = { days: ['SAT'] as const, start: '02:00', durationMinutes: 60, timeZone: 'UTC' };
    leases.held.clear();
    const answer = await take(ROLLOUT, 0, window);
    expect(answer).toMatchObject({ admitted: false, waitUntil: '2026-05-23T02:00:00.000Z', waits: 0 });
    expect(leases.held.size).toBe(0);
  });
});
