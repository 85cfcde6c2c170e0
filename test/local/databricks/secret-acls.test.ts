import { describe, expect, test } from '@jest/globals';
import type { SecretPermission, WorkspaceSeed } from '../../../local/databricks/seed.ts';
import { ACME, type Reply, requestToken, run, SECOND, send } from './running-simulator.ts';

const API = '/api/2.0/secrets';
const GUEST = {
  clientId: 'guest',
  clientSecret: 'guest-secret',
  accountAdmin: false,
  workspaces: 'all',
  workspaceAdmin: false,
} as const;

const LIST = `${API}/acls/list?scope=app`;
const SCOPES = { secretScopes: [{ name: 'app', secrets: [{ key: 'k', value: 'v' }] }] };

/** A simulator with a second service principal that is no workspace admin. */
const runWithGuest = async (seed: Partial<WorkspaceSeed> = SCOPES) => {
  const running = await run({ servicePrincipals: [GUEST], workspaces: [{ ...ACME, ...seed }] });
  const host = `${running.simulator.url}/w/acme`;
  const granted = await requestToken(`${host}/oidc/v1/token`, GUEST.clientId, GUEST.clientSecret);
  const token = (granted.body as { readonly access_token: string }).access_token;
  const guest = (method: string, path: string, body?: unknown): Promise<Reply> =>
    send(`${host}${API}/${path}`, method, token, body);
  return { ...running, guest };
};

const CALLS = [
  ['GET', 'list?scope=app', undefined, 'READ'],
  ['GET', 'get?scope=app&key=k', undefined, 'READ'],
  ['POST', 'put', { scope: 'app', key: 'new', string_value: 'x' }, 'WRITE'],
  ['POST', 'delete', { scope: 'app', key: 'k' }, 'WRITE'],
  ['GET', 'acls/list?scope=app', undefined, 'MANAGE'],
  ['GET', 'acls/get?scope=app&principal=guest', undefined, 'MANAGE'],
  ['POST', 'acls/put', { scope: 'app', principal: 'other', permission: 'READ' }, 'MANAGE'],
  ['POST', 'acls/delete', { scope: 'app', principal: 'guest' }, 'MANAGE'],
  ['POST', 'scopes/delete', { scope: 'app' }, 'MANAGE'],
] as const;
const LEVELS: readonly (SecretPermission | undefined)[] = [undefined, 'READ', 'WRITE', 'MANAGE'];

describe('permissions on a secret scope', () => {
  test.each(CALLS)('%s %s %j needs %s', async (method, path, body, wanted) => {
    for (const level of LEVELS) {
      const { guest, simulator } = await runWithGuest();
      if (level !== undefined) simulator.control.putAcl(ACME.id, 'app', GUEST.clientId, level);

      const reply = await guest(method, path, body);

      const message = `User guest does not have ${wanted} permission on scope app to perform this action.`;
      const refused = { status: 403, body: { error_code: 'PERMISSION_DENIED', message } };
      expect(reply).toMatchObject(LEVELS.indexOf(level) < LEVELS.indexOf(wanted) ? refused : { status: 200 });
    }
  });

  test('the group users holds everybody', async () => {
    const { guest, simulator } = await runWithGuest();
    simulator.control.putAcl(ACME.id, 'app', 'users', 'WRITE');
    simulator.control.putAcl(ACME.id, 'app', GUEST.clientId, 'READ');

    expect((await guest('POST', 'put', { scope: 'app', key: 'k', string_value: 'x' })).status).toBe(200);
  });

  test('everybody sees the names of all scopes, and a workspace admin uses them all', async () => {
    const { guest, workspace } = await runWithGuest();

    expect((await guest('GET', 'scopes/list')).body).toMatchObject({ scopes: [{ name: 'app' }] });
    expect((await workspace('GET', LIST)).status).toBe(200);
  });

  test('the creator manages the scope, unless it was made for all users', async () => {
    const { guest } = await runWithGuest({});

    await guest('POST', 'scopes/create', { scope: 'mine' });
    await guest('POST', 'scopes/create', { scope: 'ours', initial_manage_principal: 'users' });

    expect((await guest('GET', 'acls/list?scope=mine')).body).toEqual({
      items: [{ principal: 'guest', permission: 'MANAGE' }],
    });
    expect((await guest('GET', 'acls/list?scope=ours')).body).toEqual({
      items: [{ principal: 'users', permission: 'MANAGE' }],
    });
  });

  test('who takes away its own MANAGE is locked out', async () => {
    const { guest } = await runWithGuest({});
    await guest('POST', 'scopes/create', { scope: 'mine' });

    await guest('POST', 'acls/delete', { scope: 'mine', principal: 'guest' });

    expect((await guest('GET', 'acls/list?scope=mine')).status).toBe(403);
  });

  test('a caller without a token is refused before its scope is looked at', async () => {
    const { simulator } = await run();

    const reply = await send(`${simulator.url}/w/acme${API}/list?scope=no`, 'GET', undefined);

    expect(reply).toMatchObject({ status: 401, body: { error_code: 401 } });
  });
});

describe('writing secret ACLs', () => {
  const put = (principal: string, permission: SecretPermission) => ({ scope: 'app', principal, permission });

  test('overwrites what a principal had', async () => {
    const { workspace } = await runWithGuest();

    await workspace('POST', `${API}/acls/put`, put('team', 'READ'));
    await workspace('POST', `${API}/acls/put`, put('team', 'MANAGE'));

    expect((await workspace('GET', LIST)).body).toEqual({ items: [{ principal: 'team', permission: 'MANAGE' }] });
  });

  test('knows the listed principals, the system groups and the caller', async () => {
    const { workspace, simulator } = await runWithGuest({ ...SCOPES, principals: ['team'] });
    const statuses: number[] = [];
    for (const principal of ['team', 'users', 'admins', simulator.clientId, 'Team', 'stranger']) {
      statuses.push((await workspace('POST', `${API}/acls/put`, put(principal, 'READ'))).status);
    }

    expect(statuses).toEqual([200, 200, 200, 200, 404, 404]);
  });

  test('is seen late when reads lag, and is in force at once', async () => {
    const { workspace, guest, control, pass } = await runWithGuest();
    await control('POST', '/switches', { aclLagMs: 10 * SECOND });

    await workspace('POST', `${API}/acls/put`, put('guest', 'READ'));
    const early = await workspace('GET', `${API}/acls/get?scope=app&principal=guest`);
    const used = await guest('GET', 'list?scope=app');
    pass(5 * SECOND);
    await workspace('POST', `${API}/acls/delete`, { scope: 'app', principal: 'guest' });
    pass(5 * SECOND);
    const late = await workspace('GET', LIST);
    pass(5 * SECOND);

    expect([early.status, used.status]).toEqual([404, 200]);
    expect(late.body).toEqual({ items: [{ principal: 'guest', permission: 'READ' }] });
    expect((await workspace('GET', LIST)).text).toBe('{}');
  });

  test('a new scope shows its first entry in spite of a lag', async () => {
    const { workspace, control } = await runWithGuest({});
    await control('POST', '/switches', { aclLagMs: 10 * SECOND });

    await workspace('POST', `${API}/scopes/create`, { scope: 'app', initial_manage_principal: 'users' });

    expect((await workspace('GET', LIST)).body).toEqual({ items: [{ principal: 'users', permission: 'MANAGE' }] });
  });

  test('is accepted and lost as often as the control says', async () => {
    const { workspace, simulator } = await runWithGuest();
    simulator.control.aclLosesNext(ACME.id, 2);

    const statuses: number[] = [];
    for (const principal of ['a', 'b', 'c']) {
      statuses.push((await workspace('POST', `${API}/acls/put`, put(principal, 'READ'))).status);
    }

    expect(statuses).toEqual([200, 200, 200]);
    expect((await workspace('GET', LIST)).body).toEqual({ items: [{ principal: 'c', permission: 'READ' }] });
  });

  test.each([
    ['fine', ['a', 'b', 'c'], 3],
    ['lossy', ['a', 'b', 'c'], 1],
  ] as const)('in parallel is %s: of %j, %i stay', async (aclParallelWrites, principals, kept) => {
    const { workspace, control, simulator } = await runWithGuest();
    await control('POST', '/switches', { aclParallelWrites });
    await workspace('GET', LIST);

    const replies = await Promise.all(
      principals.map((principal) => workspace('POST', `${API}/acls/put`, put(principal, 'READ'))),
    );

    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(simulator.control.state().workspaces[0]?.secretScopes[0]?.acls).toHaveLength(kept);
  });

  test('one by one, and in different scopes, loses nothing', async () => {
    const { workspace, control, simulator } = await runWithGuest({ secretScopes: [{ name: 'app' }, { name: 'b' }] });
    await control('POST', '/switches', { aclParallelWrites: 'lossy' });

    await workspace('POST', `${API}/acls/put`, put('first', 'READ'));
    await Promise.all([
      workspace('POST', `${API}/acls/put`, put('second', 'READ')),
      workspace('POST', `${API}/acls/put`, { ...put('third', 'READ'), scope: 'b' }),
    ]);

    expect(simulator.control.state().workspaces[0]?.secretScopes).toMatchObject([
      { acls: [{ principal: 'first' }, { principal: 'second' }] },
      { acls: [{ principal: 'third' }] },
    ]);
  });
});
