import { beforeEach, describe, expect, test } from '@jest/globals';
import { checkHealth } from '../../lambda/app/check-health.ts';
import { getWorkspace, listWorkspaces, type ShowWorkspacesPorts } from '../../lambda/app/show-workspaces.ts';
import { workspaceLease } from '../../lambda/app/take-lease.ts';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { AutomationError } from '../../lambda/domain/failure.ts';
import { arnOf, FakeExecutions } from './fake-executions.ts';
import { FakeLeases, FakeStoppedCompute } from './fake-state.ts';
import { binding, bindings, FakeClock, FakeRegistry, FakeWorkspaces, workspace } from './fakes.ts';
import { secretBinding } from './secret-fakes.ts';

let clock: FakeClock;
let leases: FakeLeases;
let stoppedCompute: FakeStoppedCompute;
let ports: ShowWorkspacesPorts;
beforeEach(() => {
  clock = new FakeClock();
  leases = new FakeLeases(clock.now);
  stoppedCompute = new FakeStoppedCompute();
  const elsewhere = { region: 'eu-central-1' };
  ports = {
    bindings: {
      ...bindings(binding({ workspaces: ['1', '3'] }), binding({ id: 'all', workspaces: 'using-key' })),
      secretBindings: [
        secretBinding({ id: 'everywhere', workspaces: 'all' }),
        secretBinding({ id: 'one', workspaces: ['1'] }),
      ],
    },
    ...{ region: 'us-west-2', leases, stoppedCompute, executions: new FakeExecutions(clock.now) },
    workspaces: new FakeWorkspaces(
      workspace('1', { managedServicesKeyId: 'c1' }),
      workspace('2', { status: 'FAILED', statusMessage: 'no network' }),
      workspace('3', elsewhere),
      workspace('4', elsewhere),
    ),
  };
});

describe('workspaces', () => {
  test('of the stage’s Region are listed, and those elsewhere that a binding names', async () => {
    expect((await listWorkspaces(ports)).map(({ id }) => id)).toEqual(['1', '2', '3']);
  });

  test('tell their keys, and what reaches them', async () => {
    const [first, second, third] = await listWorkspaces(ports);
    expect(first).toEqual({
      ...{
        id: '1',
        name: 'ws-1',
        deploymentName: 'dbc-1',
        region: 'us-west-2',
        status: 'RUNNING',
        statusMessage: null,
      },
      ...{ managedServicesKeyConfigurationId: 'c1', storageKeyConfigurationId: null },
      ...{ keyBindings: ['prod'], secretBindings: ['everywhere', 'one'], lease: null, stoppedCompute: 0 },
    });
    expect(second).toMatchObject({ status: 'FAILED', statusMessage: 'no network', keyBindings: [] });
    expect(third).toMatchObject({ keyBindings: ['prod'], secretBindings: [] });
  });

  test('tell who works on them and until when, as long as somebody does', async () => {
    await leases.take(workspaceLease('1'), arnOf('key-rollout', 'now'), clock.time + 60_000);
    expect((await getWorkspace('1', ports)).lease).toEqual({
      ...{ operation: 'key-rollout.now', until: '2026-05-20T20:01:00.000Z' },
    });
    clock.pass(2);
    expect((await getWorkspace('1', ports)).lease).toBeNull();
  });

  test('tell how much compute is to run again', async () => {
    const units = [{ kind: 'cluster', id: 'a', name: 'a', state: 'RUNNING', source: 'UI' }] as const;
    await stoppedCompute.write({ workspaceId: '2', version: 1, rolloutId: 'x', stoppingSince: clock.time, units });
    expect((await listWorkspaces(ports)).map((one) => one.stoppedCompute)).toEqual([0, 1, 0]);
  });

  test('of an id that there is not are not found', async () => {
    await expect(getWorkspace('9', ports)).rejects.toMatchObject({ name: 'WorkspaceNotFound' });
  });
});

describe('health', () => {
  const health = (change: object = {}) =>
    checkHealth({ version: '1.2.3', registry: new FakeRegistry(clock.now), leases, ...change });
  const failing = (error: unknown) => async () => {
    throw error;
  };

  test('is ok when everything answers', async () => {
    expect(await health()).toMatchObject({ status: 'ok', version: '1.2.3', checks: [{ ok: true }, { ok: true }] });
  });

  test('looks at the rest although one thing fails, and names the failure', async () => {
    const list = failing(new AutomationError(FAILURE.databricksUnauthenticated, 'the client secret is wrong'));
    expect(await health({ registry: { list } })).toMatchObject({
      status: 'failing',
      checks: [
        { ok: false, failure: { name: 'DatabricksUnauthenticated', message: 'the client secret is wrong' } },
        { name: 'state table', ok: true, failure: null },
      ],
    });
  });

  test('tells nothing of a failure without a name', async () => {
    const holder = failing(new Error('connect ECONNREFUSED 10.0.0.7 with token abc'));
    const { status, checks } = await health({ leases: { holder } });
    expect(status).toBe('failing');
    expect(checks[1]?.failure).toEqual({ name: 'Unknown', message: 'see the log of this function' });
  });

  test('writes nothing', async () => {
    const registry = new FakeRegistry(clock.now);
    await health({ registry });
    expect([registry.configurations, leases.held.size, registry.lists]).toEqual([[], 0, 1]);
  });
});
