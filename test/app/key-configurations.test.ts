import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  createKeyConfiguration,
  deleteKeyConfiguration,
  getKeyConfiguration,
  listKeyConfigurations,
} from '../../lambda/app/key-configurations.ts';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { AutomationError } from '../../lambda/domain/failure.ts';
import { holdFrom } from '../../lambda/domain/key-hold.ts';
import { FakeLeases, FakeRegistrations } from './fake-state.ts';
import { bindings, FakeClock, FakeKeys, FakeRegistry, FakeWorkspaces, KEY_ARN, workspace } from './fakes.ts';
import { FakeHeldKeys } from './key-watch-fakes.ts';

let clock: FakeClock;
let keys: FakeKeys;
let registry: FakeRegistry;
let workspaces: FakeWorkspaces;
let leases: FakeLeases;
let heldKeys: FakeHeldKeys;
const ports = () => ({
  ...{ bindings: bindings(), registry, workspaces, keys, leases, registrations: new FakeRegistrations() },
  heldKeys,
  ...{ calls: () => 0, clock: clock.now },
});
beforeEach(() => {
  clock = new FakeClock();
  keys = new FakeKeys();
  registry = new FakeRegistry(clock.now);
  workspaces = new FakeWorkspaces(workspace('1'), workspace('2'));
  leases = new FakeLeases(clock.now);
  heldKeys = new FakeHeldKeys();
});

const WANTED = { key: KEY_ARN, useCases: ['MANAGED_SERVICES', 'STORAGE'], reuseKeyForClusterVolumes: false } as const;
const create = (change: object = {}) => createKeyConfiguration({ ...WANTED, ...change }, 'request-1', ports());

describe('a key configuration that is asked for', () => {
  test('is registered once, and found afterwards by ARN and by alias', async () => {
    keys.aliases.set('alias/prod', keys.key);
    expect(await create()).toMatchObject({ created: true, configuration: { id: 'c1', keyArn: KEY_ARN } });
    expect(await create()).toMatchObject({ created: false, configuration: { id: 'c1' } });
    expect(await create({ key: 'alias/prod' })).toMatchObject({ created: false, configuration: { id: 'c1' } });
    expect(registry.configurations).toHaveLength(1);
  });

  test('is another one for other use cases', async () => {
    await create();
    expect(await create({ useCases: ['MANAGED_SERVICES'] })).toMatchObject({ created: true });
    expect(registry.configurations).toHaveLength(2);
  });

  test('whose answer was lost is found, not registered again', async () => {
    registry.loseNextAnswer = true;
    expect(await create()).toMatchObject({ configuration: { id: 'c1' } });
    expect(registry.configurations).toHaveLength(1);
  });

  test('is refused while somebody else registers the same key, and later is not', async () => {
    await leases.take(`key-registration/${KEY_ARN}`, 'somebody', clock.time + 60_000);
    await expect(create()).rejects.toMatchObject({ name: 'RegistrationInProgress' });
    expect(registry.configurations).toEqual([]);
    clock.pass(2);
    await create();
    expect(leases.held.size).toBe(0);
  });

  test.each([
    ['is disabled', () => Object.assign(keys, { key: { ...keys.key, state: 'Disabled' } }), 'KeyNotUsable'],
    ['Databricks may not use', () => Object.assign(keys, { policyText: '{"Statement":[]}' }), 'KeyPolicyIncomplete'],
    ['there is not', () => Object.assign(keys, { key: { ...keys.key, arn: 'other' } }), 'KeyNotFound'],
  ])('of a key that %s is refused before anything is written', async (_what, spoil, name) => {
    spoil();
    await expect(create()).rejects.toMatchObject({ name });
    expect(registry.configurations).toEqual([]);
    expect(leases.held.size).toBe(0);
  });
});

describe('a key configuration that there is', () => {
  beforeEach(async () => {
    await create();
    clock.pass(1);
    await create({ useCases: ['MANAGED_SERVICES'] });
    workspaces.set('1', { managedServicesKeyId: 'c1', storageKeyId: 'c1' });
    workspaces.set('2', { managedServicesKeyId: 'c2' });
  });

  test('tells who uses it for what, and the state of its key', async () => {
    keys.history = [{ rotatedAt: '2026-05-01T00:00:00.000Z', materialId: 'm1' }];
    expect(await getKeyConfiguration('c1', ports())).toEqual({
      ...{ id: 'c1', keyArn: KEY_ARN, keyAlias: null, useCases: ['MANAGED_SERVICES', 'STORAGE'] },
      ...{ reuseKeyForClusterVolumes: false, createdAt: '2026-05-20T20:00:00.000Z' },
      usedBy: [{ workspaceId: '1', workspaceName: 'ws-1', for: ['MANAGED_SERVICES', 'STORAGE'] }],
      heldUntil: null,
      key: { state: 'Enabled', lastRotatedAt: '2026-05-01T00:00:00.000Z' },
    });
  });

  test('is held for 24 hours after a workspace left it, and not deleted until then', async () => {
    workspaces.set('2', { managedServicesKeyId: 'c1' });
    const held = { ...{ workspaceId: '2', workspaceName: 'ws-2', configurationId: 'c2', keyArn: KEY_ARN }, left: true };
    await heldKeys.begin({ ...held, subject: 'binding/prod', ...holdFrom(clock.time) });
    expect(await getKeyConfiguration('c2', ports())).toMatchObject({ heldUntil: '2026-05-21T20:01:00.000Z' });
    await expect(deleteKeyConfiguration('c2', ports())).rejects.toMatchObject({
      ...{ name: 'KeyConfigurationInUse', message: expect.stringContaining('held until 2026-05-21T20:01:00.000Z') },
    });
    clock.pass(24 * 60);
    expect(await getKeyConfiguration('c2', ports())).toMatchObject({ heldUntil: null });
    await deleteKeyConfiguration('c2', ports());
    expect(registry.configurations.map(({ id }) => id)).toEqual(['c1']);
  });

  test('is in the list of all', async () => {
    const list = await listKeyConfigurations(ports());
    expect(list.map(({ id, usedBy }) => [id, usedBy.map(({ workspaceId }) => workspaceId)])).toEqual([
      ['c1', ['1']],
      ['c2', ['2']],
    ]);
  });

  test.each([FAILURE.keyNotFound, FAILURE.keyAccessDenied])('tells no key where KMS says %s', async (name) => {
    keys.describe = async () => {
      throw new AutomationError(name, 'no');
    };
    expect((await listKeyConfigurations(ports())).map(({ key }) => key)).toEqual([null, null]);
  });

  test('is not told at all while KMS itself is in trouble', async () => {
    keys.rotations = async () => {
      throw new AutomationError(FAILURE.awsThrottled, 'busy');
    };
    await expect(getKeyConfiguration('c1', ports())).rejects.toMatchObject({ name: 'AwsThrottled' });
  });

  test('is deleted when nobody uses it', async () => {
    workspaces.set('2', { managedServicesKeyId: 'c1' });
    await deleteKeyConfiguration('c2', ports());
    expect(registry.configurations.map(({ id }) => id)).toEqual(['c1']);
  });

  test.each([
    ['managed services', { managedServicesKeyId: 'c2' }],
    ['storage', { storageKeyId: 'c2' }],
  ])('is not deleted while a workspace uses it for %s', async (_what, uses) => {
    workspaces.set('2', { managedServicesKeyId: 'c1' });
    workspaces.set('1', uses);
    await expect(deleteKeyConfiguration('c2', ports())).rejects.toMatchObject({
      ...{ name: 'KeyConfigurationInUse', message: expect.stringContaining('workspace ws-1 (1)') },
    });
    expect(registry.configurations).toHaveLength(2);
  });

  test('is not deleted under an id that there is not', async () => {
    await expect(deleteKeyConfiguration('c9', ports())).rejects.toMatchObject({ name: 'DatabricksNotFound' });
    expect(registry.configurations).toHaveLength(2);
  });
});
