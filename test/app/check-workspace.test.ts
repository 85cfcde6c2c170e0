import { describe, expect, test } from '@jest/globals';
import { checkWorkspace } from '../../lambda/app/check-workspace.ts';
import { nameLease } from '../../lambda/app/create-workspace.ts';
import { workspaceLease } from '../../lambda/app/take-lease.ts';
import { FAILURE } from '../../lambda/contract/failures.ts';
import type { CheckWorkspaceInput } from '../../lambda/contract/provisioning.ts';
import type { Workspace } from '../../lambda/domain/workspace.ts';
import { failureOf, SETUP } from './fake-account.ts';
import { bindings, workspace } from './fakes.ts';
import { OTHER_RUN, type ProvisioningStand, provisioningStand, RUN } from './provisioning-stand.ts';

/** A workspace that this provisioning has leased. */
async function standWith(change: Partial<Workspace>): Promise<ProvisioningStand> {
  const stand = provisioningStand(workspace('7', { name: 'prod', ...change }));
  await stand.leases.take(workspaceLease('7'), RUN, stand.clock() + 60_000);
  return stand;
}
const SINCE = '2026-05-20T20:00:00Z';
const check = (stand: ProvisioningStand, change: Partial<CheckWorkspaceInput> = {}) =>
  checkWorkspace(
    {
      ...{ provisioningId: RUN, workspaceId: '7', workspaceName: 'prod', deploymentName: 'dbc-7' },
      ...{ since: SINCE, isRepaired: false, ...change },
    },
    stand,
  );

describe('a look at a workspace', () => {
  test.each(['NOT_PROVISIONED', 'PROVISIONING', 'SOMETHING_NEW'])('that is %s waits', async (status) => {
    expect(await check(await standWith({ status }))).toEqual({
      ...{ state: 'waiting', status, diagnosis: [], secretsWanted: false, calls: 3 },
    });
  });

  test('that is RUNNING and answers finds it running', async () => {
    expect(await check(await standWith({}))).toMatchObject({ state: 'running', status: 'RUNNING' });
  });

  test('that is RUNNING and whose host does not answer waits', async () => {
    const stand = await standWith({});
    stand.host.says = 'no worker environment yet';
    expect(await check(stand)).toMatchObject({ state: 'waiting', status: 'RUNNING' });
    stand.host.says = undefined;
    expect(await check(stand)).toMatchObject({ state: 'running' });
  });

  test('that FAILED tells what is wrong in its network', async () => {
    const stand = await standWith({ status: 'FAILED', networkId: 'net', statusMessage: 'Network misconfigured.' });
    const errors = [{ type: 'subnet', message: 'no route' }];
    stand.setup.networks.put({ ...SETUP.network, id: 'net', status: 'BROKEN', errors, warnings: [] });
    const { state, diagnosis } = await check(stand);
    expect(state).toBe('failed');
    expect(diagnosis[0]).toContain('Network misconfigured.');
    expect(diagnosis[1]).toContain('error with a subnet: no route');
  });

  test('that FAILED in a network that is gone, or in one of Databricks, is told without it', async () => {
    for (const change of [{ networkId: 'gone' }, {}]) {
      const { state, diagnosis } = await check(await standWith({ status: 'FAILED', ...change }));
      expect(state).toBe('failed');
      expect(diagnosis.join()).not.toContain('network configuration prod-network');
    }
  });

  test.each([
    ['BANNED', FAILURE.workspaceBanned, 'ask Databricks support'],
    ['CANCELLING', FAILURE.workspaceCancelled, 'is CANCELLING'],
    ['CANCELLED', FAILURE.workspaceCancelled, 'is CANCELLED'],
  ] as const)('that is %s fails with %s', async (status, failure, words) => {
    const { name, message } = await failureOf(check(await standWith({ status })));
    expect([name, message]).toEqual([failure, expect.stringContaining(words)]);
  });

  test('that is not there any more fails with WorkspaceNotFound', async () => {
    const stand = await standWith({});
    stand.workspaces.all.clear();
    expect((await failureOf(check(stand))).name).toBe(FAILURE.workspaceNotFound);
  });
});

describe('the record that a provisioning made the workspace', () => {
  test.each([
    ['RUNNING', undefined, false],
    // People may be in it although its host did not answer here.
    ['RUNNING', 'no such host', false],
    ['PROVISIONING', undefined, true],
    ['FAILED', undefined, true],
  ] as const)('of one that is %s (host: %p) stands afterwards: %p', async (status, says, stands) => {
    const stand = await standWith({ status });
    stand.host.says = says;
    await stand.provenance.note('workspace/7', 'prod');
    await check(stand);
    expect(await stand.provenance.isMadeFor('workspace/7', 'prod')).toBe(stands);
  });
});

describe('a workspace that was repaired', () => {
  test('may go on being FAILED for five minutes, and then has failed', async () => {
    const stand = await standWith({ status: 'FAILED' });
    expect(await check(stand, { isRepaired: true })).toMatchObject({ state: 'waiting', status: 'FAILED' });
    stand.time.pass(4.9);
    expect(await check(stand, { isRepaired: true })).toMatchObject({ state: 'waiting' });
    stand.time.pass(0.1);
    expect(await check(stand, { isRepaired: true })).toMatchObject({ state: 'failed' });
  });

  test('has no such time where nothing was repaired', async () => {
    expect(await check(await standWith({ status: 'FAILED' }))).toMatchObject({ state: 'failed' });
  });
});

describe('an hour later', () => {
  test.each([
    ['PROVISIONING', undefined, /^workspace prod \(7\) is PROVISIONING an hour after it was begun; look/],
    ['RUNNING', 'no such host', /is RUNNING an hour after it was begun, and its host does not answer \(no such host\)/],
  ])('one that is still %s fails with what it waits for', async (status, says, words) => {
    const stand = await standWith({ status });
    stand.host.says = says;
    stand.time.pass(60);
    expect(await check(stand)).toMatchObject({ state: 'waiting' });
    stand.time.pass(0.1);
    const { name, message } = await failureOf(check(stand));
    expect([name, message]).toEqual([FAILURE.workspaceNotReady, expect.stringMatching(words)]);
  });

  test('one that runs at last is running', async () => {
    const stand = await standWith({});
    stand.time.pass(600);
    expect(await check(stand)).toMatchObject({ state: 'running' });
  });
});

describe('the lease', () => {
  test('is renewed with each look, that of the name as well', async () => {
    const stand = await standWith({ status: 'PROVISIONING' });
    stand.time.pass(10);
    await check(stand);
    for (const resource of [workspaceLease('7'), nameLease('prod')]) {
      expect(stand.leases.held.get(resource)).toEqual({ owner: RUN, until: stand.clock() + 60 * 60_000 });
    }
  });

  test('that somebody else took over ends it before anything is looked at', async () => {
    const stand = await standWith({ status: 'FAILED' });
    await stand.leases.release(workspaceLease('7'), RUN);
    await stand.leases.take(workspaceLease('7'), OTHER_RUN, stand.clock() + 60_000);
    expect((await failureOf(check(stand))).name).toBe(FAILURE.leaseLost);
  });
});

describe('secrets', () => {
  const secrets = { scopes: ['app'], id: 'app' } as const;
  test.each([
    ['all', true],
    [['7', '8'], true],
    [['8'], false],
  ] as const)('of a binding for workspaces %j are wanted: %s', async (workspaces, secretsWanted) => {
    const stand = await standWith({});
    const binding = { ...secrets, workspaces } as never;
    const answer = await check({ ...stand, bindings: { ...bindings(), secretBindings: [binding] } });
    expect(answer.secretsWanted).toBe(secretsWanted);
  });
});
