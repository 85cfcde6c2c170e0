import { describe, expect, test } from '@jest/globals';
import { removeWorkspace } from '../../lambda/app/remove-workspace.ts';
import { workspaceLease } from '../../lambda/app/take-lease.ts';
import { FAILURE } from '../../lambda/contract/failures.ts';
import type { RemoveWorkspaceInput } from '../../lambda/contract/provisioning.ts';
import { failureOf, SETUP } from './fake-account.ts';
import { ROLLOUT, workspace } from './fakes.ts';
import { type ProvisioningStand, provisioningStand, RUN } from './provisioning-stand.ts';

function stand(): ProvisioningStand {
  const made = provisioningStand(workspace('7', { name: 'prod', networkId: 'net' }));
  made.setup.networks.put({ ...SETUP.network, id: 'net', status: 'VALID', errors: [], warnings: [] });
  return made;
}
const remove = (on: ProvisioningStand, change: Partial<RemoveWorkspaceInput> = {}) =>
  removeWorkspace(
    {
      ...{ provisioningId: RUN, workspaceId: '7', workspaceName: 'prod', networkId: 'net' },
      ...{ isAsked: true, since: '2026-05-20T20:00:00Z', ...change },
    },
    on,
  );

describe('a removal', () => {
  test('deletes the workspace, waits for its end, and then deletes its network', async () => {
    const on = stand();
    on.setup.networks.inUse.add('net');
    expect(await remove(on)).toEqual({ gone: false, calls: 3 });
    expect(await remove(on)).toMatchObject({ gone: false });
    expect([on.factory.deletions, on.setup.networks.deleted]).toEqual([['7'], []]);
    on.workspaces.all.clear();
    // Databricks lets go of a network a little after its workspace.
    expect(await remove(on)).toMatchObject({ gone: false });
    on.setup.networks.inUse.clear();
    expect(await remove(on)).toMatchObject({ gone: false });
    expect(on.setup.networks.deleted).toEqual(['net']);
    expect(await remove(on)).toMatchObject({ gone: true });
    expect(on.factory.deletions).toEqual(['7']);
  });

  test('without a network is over with the workspace, and leaves networks alone', async () => {
    const on = stand();
    await remove(on, { networkId: null });
    on.workspaces.all.clear();
    expect(await remove(on, { networkId: null })).toMatchObject({ gone: true });
    expect(on.setup.networks.all).toHaveLength(1);
  });

  test('of what is gone is over at once', async () => {
    expect(await remove(provisioningStand())).toMatchObject({ gone: true });
  });

  test('under another name deletes nothing, and does not tell the real one', async () => {
    const on = stand();
    const { name, message } = await failureOf(remove(on, { workspaceName: 'science' }));
    expect([name, message]).toEqual([
      FAILURE.provisioningRefused,
      "workspaceName: found 'science', wanted the name of workspace 7",
    ]);
    expect([on.factory.deletions, on.setup.networks.deleted]).toEqual([[], []]);
  });

  test('that Databricks does not take on now is asked for again', async () => {
    const on = stand();
    on.factory.refusals.push(FAILURE.workspaceBusy, FAILURE.workspaceBusy);
    for (const deletions of [[], [], ['7']]) {
      expect(await remove(on)).toMatchObject({ gone: false });
      expect(on.factory.deletions).toEqual(deletions);
    }
  });

  test('that is not allowed fails with what Databricks says', async () => {
    const on = stand();
    on.factory.refusals.push(FAILURE.databricksPermissionDenied);
    expect((await failureOf(remove(on))).name).toBe(FAILURE.databricksPermissionDenied);
  });

  test('that takes more than 45 minutes fails, and is over if it ended meanwhile', async () => {
    const on = stand();
    await remove(on);
    on.time.pass(45);
    expect(await remove(on)).toMatchObject({ gone: false });
    on.time.pass(0.1);
    const { name, message } = await failureOf(remove(on));
    expect([name, message]).toEqual([FAILURE.workspaceNotGone, expect.stringContaining('45 minutes')]);
    on.workspaces.all.clear();
    on.setup.networks.all.splice(0);
    expect(await remove(on)).toMatchObject({ gone: true });
  });
});

describe('a workspace that failed and that nobody asked to delete', () => {
  const failed = { isAsked: false, networkId: 'net' };
  const stands = (status: string): ProvisioningStand => {
    const on = stand();
    on.workspaces.set('7', { status });
    return on;
  };

  test('is deleted with its network if a provisioning made it', async () => {
    const on = stands('FAILED');
    await on.provenance.note('workspace/7', 'prod');
    expect(await remove(on, failed)).toMatchObject({ gone: false });
    // It is on its way out then.
    expect(await remove(on, failed)).toMatchObject({ gone: false });
    on.workspaces.all.clear();
    await remove(on, failed);
    expect(await remove(on, failed)).toMatchObject({ gone: true });
    expect([on.factory.deletions, on.setup.networks.deleted]).toEqual([['7'], ['net']]);
  });

  test.each([
    ['nobody knows who made it', 'FAILED', [], 'no record that a provisioning made it'],
    ['another was made', 'FAILED', ['workspace/8'], 'no record that a provisioning made it'],
    ['only its network was made', 'FAILED', ['network/7', 'network/net'], 'no record that a provisioning made it'],
    ['somebody repaired it meanwhile', 'RUNNING', ['workspace/7'], 'it is RUNNING now'],
    ['somebody repairs it', 'PROVISIONING', ['workspace/7'], 'it is PROVISIONING now'],
  ] as const)('stays where %s, and it is said how to delete it', async (_what, status, made, words) => {
    const on = stands(status);
    for (const thing of made) await on.provenance.note(thing, 'prod');
    const { name, message } = await failureOf(remove(on, failed));
    expect(name).toBe(FAILURE.workspaceFailed);
    for (const part of ['workspace prod (7)', words, 'dbsa workspaces delete 7']) expect(message).toContain(part);
    expect([on.factory.deletions, on.setup.networks.deleted]).toEqual([[], []]);
  });

  test('goes whoever made it once a person names it', async () => {
    const on = stands('FAILED');
    await remove(on);
    expect(on.factory.deletions).toEqual(['7']);
  });
});

describe('the lease of a workspace that is removed', () => {
  test('is taken, and renewed with each step', async () => {
    const on = stand();
    await remove(on);
    on.time.pass(10);
    await remove(on);
    expect(on.leases.held.get(workspaceLease('7'))).toEqual({ owner: RUN, until: on.clock() + 60 * 60_000 });
  });

  test('keeps the removal away while a rollout works on it', async () => {
    const on = stand();
    await on.leases.take(workspaceLease('7'), ROLLOUT, on.clock() + 60_000);
    const { name, message } = await failureOf(remove(on));
    expect([name, message]).toEqual([FAILURE.workspaceLeased, expect.stringContaining(ROLLOUT)]);
    expect(on.factory.deletions).toEqual([]);
  });
});
