import { describe, expect, test } from '@jest/globals';
import { ACCESS, IN_NETWORK, onHost, PREPARED, runCreation, WORKSPACE } from './provisioning.ts';
import { field, MINUTE, type Running, run, SECOND } from './running-simulator.ts';

const KEYS = {
  managed_services_customer_managed_key_id: 'cmk-1',
  storage_customer_managed_key_id: 'cmk-1',
};
const USED = [
  ['/credentials/credentials-1', 'Credential'],
  ['/storage-configurations/storage-1', 'Storage'],
  ['/networks/network-1', 'Network'],
  ['/customer-managed-keys/cmk-1', 'customer managed key cmk-1'],
] as const;
const REMOVED = 'CANCELLED: Things are being removed';

const deleteAll = ({ account }: Running) =>
  Promise.all(USED.map(([path]) => account('DELETE', path).then(({ status }) => status)));

describe('DELETE of a workspace', () => {
  test('is accepted; GET shows it a while longer and then 404', async () => {
    const { account, path, seen, pass } = await runCreation();
    pass(5 * MINUTE);

    const accepted = await account('DELETE', path);
    const atOnce = await seen();
    pass(3 * MINUTE - SECOND);
    const late = await seen();
    const again = await account('DELETE', path);
    pass(SECOND);

    expect(accepted).toMatchObject({ status: 200, body: { ...IN_NETWORK, workspace_status: 'CANCELLED' } });
    expect([atOnce, late, again.status, await seen()]).toEqual([REMOVED, REMOVED, 200, '404']);
    expect((await account('GET', '/workspaces')).body).toEqual([]);
    expect((await account('DELETE', path)).status).toBe(404);
  });

  test('ends a creation that is going on', async () => {
    const { account, path, seen, pass } = await runCreation(IN_NETWORK, undefined, {
      switches: { timings: { workspaceRemovalMs: 30 * MINUTE } },
    });

    await account('DELETE', path);
    pass(10 * MINUTE);

    expect(await seen()).toBe(REMOVED);
  });

  test('refuses updates meanwhile', async () => {
    const { account, path, pass } = await runCreation();
    pass(5 * MINUTE);
    await account('DELETE', path);

    const reply = await account('PATCH', path, { custom_tags: { a: 'b' } });

    expect(reply.status).toBe(400);
    expect(field(reply, 'message')).toContain('is CANCELLED and cannot be updated');
  });

  test('takes the host away', async () => {
    const body = { ...WORKSPACE, deployment_name: 'one' };
    const running = await runCreation(body, undefined, { switches: { deploymentPrefix: '' } });
    const list = async () => (await onHost(running, 'one', 'GET', '/api/2.1/clusters/list')).status;
    running.pass(5 * MINUTE);
    const before = await list();

    await running.account('DELETE', running.path);
    const meanwhile = await list();
    running.pass(3 * MINUTE);

    expect([before, meanwhile, await list()]).toEqual([200, 400, 404]);
    expect((await running.account('POST', '/workspaces', body)).status).toBe(201);
  });

  test('works for a seeded workspace, and shows CANCELLING by switch', async () => {
    const { account, pass } = await run({}, { switches: { removalStatus: 'CANCELLING', deleteBody: 'void' } });

    const accepted = await account('DELETE', '/workspaces/123456789');
    const shown = await account('GET', '/workspaces/123456789');
    pass(3 * MINUTE);

    expect(accepted).toMatchObject({ status: 200, text: '' });
    expect(field(shown, 'workspace_status')).toBe('CANCELLING');
    expect((await account('GET', '/workspaces/123456789')).status).toBe(404);
  });

  test('is unknown for a workspace that is', async () => {
    const { account } = await run();

    expect((await account('DELETE', '/workspaces/7')).status).toBe(404);
  });

  test('can be lost on its way or on its way back', async () => {
    const { account, path, seen, simulator, pass } = await runCreation();
    pass(5 * MINUTE);

    simulator.control.addFault({ kind: 'server-error', method: 'DELETE' });
    const before = [(await account('DELETE', path)).status, await seen()];
    simulator.control.addFault({ kind: 'server-error', method: 'DELETE', tookEffect: true });
    const after = [(await account('DELETE', path)).status, await seen()];

    expect([before, after]).toEqual([
      [500, 'RUNNING: Workspace is running.'],
      [500, REMOVED],
    ]);
  });
});

describe('DELETE of what a workspace refers to', () => {
  test.each(USED)('%s is refused in the observed words', async (path, what) => {
    const { account, path: workspace } = await runCreation({ ...IN_NETWORK, ...KEYS });

    const reply = await account('DELETE', path);

    expect(reply.status).toBe(409);
    expect(reply.body).toEqual({
      message: `INVALID_STATE: Unable to delete, ${what} is being used by active workspace ${workspace.slice(12)}`,
    });
    expect((await account('GET', path)).status).toBe(200);
  });

  test.each(USED)('%s is refused without a body, or with 400, by switch', async (path, _what) => {
    const { account, simulator } = await runCreation({ ...IN_NETWORK, ...KEYS });

    simulator.control.setSwitches({ deleteInUse: 'empty-conflict' });
    const empty = await account('DELETE', path);
    simulator.control.setSwitches({ deleteInUse: 'invalid-state', accountErrors: 'text' });
    const text = await account('DELETE', path);

    expect(empty).toMatchObject({ status: 409, text: '' });
    expect(text.status).toBe(400);
    expect(text.text).toMatch(/^INVALID_STATE: Unable to delete, .+ is being used by active workspace \d+$/);
  });

  test('is refused after a FAILED creation too', async () => {
    const running = await runCreation({ ...IN_NETWORK, ...KEYS }, { ends: 'FAILED' });
    running.pass(5 * MINUTE);

    expect(await deleteAll(running)).toEqual([409, 409, 409, 409]);
  });

  test('is accepted a little after the workspace is gone', async () => {
    const running = await runCreation({ ...IN_NETWORK, ...KEYS });
    running.pass(5 * MINUTE);
    await running.account('DELETE', running.path);

    const atOnce = await deleteAll(running);
    running.pass(4 * MINUTE - SECOND);
    const early = await deleteAll(running);
    running.pass(SECOND);
    const free = await running.account('GET', '/networks/network-1');
    const late = await deleteAll(running);

    expect([atOnce, early, late]).toEqual([
      [409, 409, 409, 409],
      [409, 409, 409, 409],
      [200, 200, 200, 200],
    ]);
    expect(free.body).toMatchObject({ vpc_status: 'UNATTACHED' });
    expect(free.body).not.toHaveProperty('workspace_id');
  });

  test('is refused for private access settings, whose region stays as well', async () => {
    const { account } = await run(PREPARED);
    const id = field(await account('POST', '/private-access-settings', ACCESS), 'private_access_settings_id');
    await account('POST', '/workspaces', { ...WORKSPACE, private_access_settings_id: id });
    const path = `/private-access-settings/${id}`;

    const deleted = await account('DELETE', path);
    const moved = await account('PUT', path, { ...ACCESS, region: 'eu-west-1' });
    const renamed = await account('PUT', path, { ...ACCESS, private_access_settings_name: 'other' });

    expect([deleted.status, moved.status, renamed.status]).toEqual([409, 400, 200]);
  });

  test('a network that a workspace has left can be deleted, and not be used again', async () => {
    const { account, path, pass } = await runCreation();
    pass(5 * MINUTE);
    await account('PATCH', path, { network_id: 'network-2' });

    const early = await account('DELETE', '/networks/network-1');
    pass(2 * MINUTE);
    const late = await account('DELETE', '/networks/network-1');
    const back = await account('PATCH', path, { network_id: 'network-1' });

    expect([early.status, late.status, back.status]).toEqual([409, 200, 400]);
    expect(field(back, 'message')).toContain('Invalid networkId: network-1');
  });

  test('what was created can be put into a seeded workspace', async () => {
    const { account } = await run({
      ...PREPARED,
      workspaces: [
        { id: '5', name: 'five', deploymentName: 'five', region: 'us-west-2', network: 'managed', status: 'FAILED' },
      ],
    });

    const body = { network_id: 'network-1', storage_configuration_id: 'storage-1', credentials_id: 'credentials-1' };
    const reply = await account('PATCH', '/workspaces/5', body);

    expect(reply).toMatchObject({ status: 200, body });
    expect((await account('DELETE', '/storage-configurations/storage-1')).status).toBe(409);
  });
});
