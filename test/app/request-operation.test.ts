import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  type RequestPorts,
  requestKeyRollout,
  requestSecretSync,
  requestWorkspaceChange,
} from '../../lambda/app/request-operation.ts';
import { assertNotBusy } from '../../lambda/app/show-workspaces.ts';
import { workspaceLease } from '../../lambda/app/take-lease.ts';
import type { WorkspaceChangeBody } from '../../lambda/contract/api-requests.ts';
import { arnOf, FakeExecutions } from './fake-executions.ts';
import { FakeLeases } from './fake-state.ts';
import { binding, bindings, FakeClock, FakeRegistry, FakeWorkspaces, workspace } from './fakes.ts';
import { secretBinding } from './secret-fakes.ts';

const ASKER = { caller: 'arn:aws:iam::111122223333:user/somebody' };
let clock: FakeClock;
let executions: FakeExecutions;
let leases: FakeLeases;
let ports: RequestPorts;
beforeEach(() => {
  clock = new FakeClock();
  executions = new FakeExecutions(clock.now);
  leases = new FakeLeases(clock.now);
  const keyBindings = [binding({ workspaces: ['1', '2'] }), binding({ id: 'all', workspaces: 'using-key' })];
  ports = {
    ...{ executions, leases, clock: clock.now, fingerprint: (text) => Buffer.from(text).toString('hex').slice(0, 32) },
    bindings: { ...bindings(...keyBindings), secretBindings: [secretBinding({ id: 'app' })] },
  };
});
const lease = (workspaceId: string, name: string) =>
  leases.take(workspaceLease(workspaceId), arnOf('key-rollout', name), clock.time + 60_000);

describe('asking for a rollout', () => {
  test('answers the operation and where it stands', async () => {
    const { operation, location } = await requestKeyRollout({ bindingId: 'prod' }, ASKER, ports);
    expect(operation).toMatchObject({ kind: 'key-rollout', status: 'RUNNING', request: { bindingId: 'prod' } });
    expect(location).toBe(`/v1/operations/${operation.id}`);
  });

  test('of a binding that there is not names it, and starts nothing', async () => {
    await expect(requestKeyRollout({ bindingId: 'nobody' }, ASKER, ports)).rejects.toMatchObject({
      ...{ name: 'BindingUnknown', message: expect.stringContaining('nobody') },
    });
    expect(executions.started).toEqual([]);
  });

  test('while another operation works on one of its workspaces names that operation, and starts nothing', async () => {
    await lease('2', 'other');
    await expect(requestKeyRollout({ bindingId: 'prod' }, ASKER, ports)).rejects.toMatchObject({
      ...{ name: 'WorkspaceLeased', operation: 'key-rollout.other' },
    });
    expect(executions.started).toEqual([]);
  });

  test('a second time is answered although the first one holds the lease', async () => {
    const first = await requestKeyRollout({ bindingId: 'prod' }, ASKER, ports);
    await lease('1', first.operation.id.split('.')[1] ?? '');
    const again = await requestKeyRollout({ bindingId: 'prod' }, ASKER, ports);
    expect(again.location).toBe(first.location);
  });

  test('with dryRun is nobody’s hindrance', async () => {
    await lease('1', 'other');
    const { operation } = await requestKeyRollout({ bindingId: 'prod', dryRun: true }, ASKER, ports);
    expect(operation.status).toBe('RUNNING');
  });
});

describe('asking for a secret sync', () => {
  test('of bindings that there are starts it', async () => {
    const { operation } = await requestSecretSync({ bindings: ['app'], rewrite: true }, ASKER, ports);
    expect(operation).toMatchObject({ kind: 'secret-sync', request: { bindings: ['app'], rewrite: true } });
  });

  test('names the binding that there is not and those that there are, and starts nothing', async () => {
    await expect(requestSecretSync({ bindings: ['app', 'prod'] }, ASKER, ports)).rejects.toMatchObject({
      ...{ name: 'BindingUnknown', message: "bindings: found 'prod', wanted some of: app" },
    });
    expect(executions.started).toEqual([]);
  });

  test('is not kept back by whoever works on a workspace: the sync itself waits', async () => {
    await lease('1', 'other');
    expect((await requestSecretSync({}, ASKER, ports)).operation.status).toBe('RUNNING');
  });
});

describe('asking for a change of a workspace', () => {
  const change = (request: WorkspaceChangeBody) =>
    requestWorkspaceChange('1', request, ASKER, {
      ...ports,
      workspaces: new FakeWorkspaces(workspace('1', { storageKeyId: 'old' })),
      registry: new FakeRegistry(clock.now),
    });

  test('starts a rollout of exactly these settings', async () => {
    const { operation } = await change({ credentialsId: 'c2', compute: 'require-stopped' });
    expect(operation).toMatchObject({
      ...{ kind: 'key-rollout', status: 'RUNNING' },
      request: { change: { workspaceId: '1', settings: { credentialsId: 'c2' }, compute: 'require-stopped' } },
    });
  });

  test.each<[string, WorkspaceChangeBody]>([
    ['StorageKeyIsPermanent', { storageKeyConfigurationId: 'new' }],
    ['WorkspaceSettingIsFixed', { storageConfigurationId: 's2' }],
    ['WorkspaceSettingIsFixed', { networkId: 'n2' }],
    ['KeyConfigurationUnfit', { managedServicesKeyConfigurationId: 'nowhere' }],
  ])('is refused at once with %s, and starts nothing', async (name, request) => {
    await expect(change(request)).rejects.toMatchObject({ name });
    await expect(change({ ...request, dryRun: true })).rejects.toMatchObject({ name });
    expect(executions.started).toEqual([]);
  });

  test('while another operation works on it names that operation', async () => {
    await lease('1', 'other');
    await expect(change({ credentialsId: 'c2' })).rejects.toMatchObject({ operation: 'key-rollout.other' });
  });
});

describe('whether workspaces are busy', () => {
  test('is no while nobody holds a lease, or one that ended', async () => {
    await assertNotBusy(['1', '2'], ports);
    await lease('1', 'other');
    clock.pass(1.1);
    await assertNotBusy(['1', '2'], ports);
  });

  test.each(['1', '2'])('is yes with the operation that works on workspace %s', async (id) => {
    await lease(id, 'other');
    await expect(assertNotBusy(['1', '2'], ports)).rejects.toMatchObject({
      ...{
        operation: 'key-rollout.other',
        message: expect.stringMatching(new RegExp(`workspace ${id} until 2\\S+Z at the latest; wait`)),
      },
    });
  });

  test('is left to the plan where a binding means the workspaces that use its key', async () => {
    await lease('1', 'other');
    expect((await requestKeyRollout({ bindingId: 'all' }, ASKER, ports)).operation.status).toBe('RUNNING');
  });
});
