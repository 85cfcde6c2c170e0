import { describe, expect, test } from '@jest/globals';
import type { SecretScopeSeed } from '../../../local/databricks/seed.ts';
import { ACME, run, STARTED_AT } from './running-simulator.ts';

const API = '/api/2.0/secrets';
const DONE = { status: 200, text: '{}' };

const withScopes = (...secretScopes: readonly SecretScopeSeed[]) => run({ workspaces: [{ ...ACME, secretScopes }] });

// The requests are the curl examples of the Secrets API page, the answers its example responses.
describe('the documented examples of the Secrets API', () => {
  test('create a scope for all users', async () => {
    const { workspace, simulator } = await run();

    const reply = await workspace('POST', `${API}/scopes/create`, {
      scope: 'my-simple-databricks-scope',
      initial_manage_principal: 'users',
    });

    expect(reply).toMatchObject(DONE);
    expect(simulator.control.state().workspaces[0]?.secretScopes).toEqual([
      {
        name: 'my-simple-databricks-scope',
        backend: 'DATABRICKS',
        acls: [{ principal: 'users', permission: 'MANAGE' }],
        secrets: [],
      },
    ]);
  });

  test('create a scope that is backed by a Key Vault', async () => {
    const { workspace } = await run({}, { switches: { azure: true } });
    const vault = {
      resource_id: '/subscriptions/x/resourceGroups/azure-rg/providers/Microsoft.KeyVault/vaults/my-azure-kv',
      dns_name: 'https://my-azure-kv.vault.azure.net/',
    };

    const reply = await workspace('POST', `${API}/scopes/create`, {
      scope: 'my-simple-azure-keyvault-scope',
      scope_backend_type: 'AZURE_KEYVAULT',
      backend_azure_keyvault: vault,
      initial_manage_principal: 'users',
    });

    expect(reply).toMatchObject(DONE);
    expect((await workspace('GET', `${API}/scopes/list`)).body).toEqual({
      scopes: [{ name: 'my-simple-azure-keyvault-scope', backend_type: 'AZURE_KEYVAULT', keyvault_metadata: vault }],
    });
  });

  test('list scopes', async () => {
    const { workspace } = await withScopes({ name: 'my-databricks-scope' }, { name: 'mount-points' });

    expect((await workspace('GET', `${API}/scopes/list`)).body).toEqual({
      scopes: [
        { name: 'my-databricks-scope', backend_type: 'DATABRICKS' },
        { name: 'mount-points', backend_type: 'DATABRICKS' },
      ],
    });
  });

  test('delete a scope with all that is in it', async () => {
    const { workspace, simulator } = await withScopes({
      name: 'my-secret-scope',
      secrets: [{ key: 'a', value: 'b' }],
    });

    expect(await workspace('POST', `${API}/scopes/delete`, { scope: 'my-secret-scope' })).toMatchObject(DONE);
    expect(await workspace('GET', `${API}/scopes/list`)).toMatchObject(DONE);
    expect(simulator.control.secretValue(ACME.id, 'my-secret-scope', 'a')).toBeUndefined();
  });

  test('put secrets, list their keys and read their values in base64', async () => {
    const { workspace, pass } = await withScopes({ name: 'my-databricks-scope' });
    const put = { scope: 'my-databricks-scope', key: 'my-string-key', string_value: 'my-value' };
    const bytes = Buffer.from([0, 255, 128]).toString('base64');

    const first = await workspace('POST', `${API}/put`, put);
    pass(5);
    const second = await workspace('POST', `${API}/put`, {
      scope: 'my-databricks-scope',
      key: 'my-byte-key',
      bytes_value: bytes,
    });
    const list = await workspace('GET', `${API}/list?scope=my-databricks-scope`);
    const text = await workspace('GET', `${API}/get?scope=my-databricks-scope&key=my-string-key`);
    const binary = await workspace('GET', `${API}/get?scope=my-databricks-scope&key=my-byte-key`);

    expect([first, second]).toMatchObject([DONE, DONE]);
    expect(list.body).toEqual({
      secrets: [
        { key: 'my-string-key', last_updated_timestamp: STARTED_AT },
        { key: 'my-byte-key', last_updated_timestamp: STARTED_AT + 5 },
      ],
    });
    expect(text.body).toEqual({ key: 'my-string-key', value: Buffer.from('my-value').toString('base64') });
    expect(binary.body).toEqual({ key: 'my-byte-key', value: bytes });
  });

  test('delete a secret', async () => {
    const { workspace } = await withScopes({
      name: 'my-secret-scope',
      secrets: [{ key: 'my-secret-key', value: 'x' }],
    });

    const reply = await workspace('POST', `${API}/delete`, { scope: 'my-secret-scope', key: 'my-secret-key' });

    expect(reply).toMatchObject(DONE);
    expect(await workspace('GET', `${API}/list?scope=my-secret-scope`)).toMatchObject(DONE);
  });

  test('put, show, list and delete an ACL', async () => {
    const admins = { principal: 'admins', permission: 'MANAGE' } as const;
    const scientists = { principal: 'data-scientists', permission: 'READ' } as const;
    const { workspace } = await withScopes({ name: 'my-secret-scope', acls: [admins] });

    const put = await workspace('POST', `${API}/acls/put`, { scope: 'my-secret-scope', ...scientists });
    const shown = await workspace('GET', `${API}/acls/get?scope=my-secret-scope&principal=data-scientists`);
    const list = await workspace('GET', `${API}/acls/list?scope=my-secret-scope`);
    const gone = await workspace('POST', `${API}/acls/delete`, {
      scope: 'my-secret-scope',
      principal: 'data-scientists',
    });

    expect([put, gone]).toMatchObject([DONE, DONE]);
    expect(shown.body).toEqual(scientists);
    expect(list.body).toEqual({ items: [admins, scientists] });
    expect((await workspace('GET', `${API}/acls/list?scope=my-secret-scope`)).body).toEqual({ items: [admins] });
  });

  test('a scope without ACLs lists them as an empty object', async () => {
    const { workspace } = await withScopes({ name: 's' });

    expect(await workspace('GET', `${API}/acls/list?scope=s`)).toMatchObject(DONE);
  });
});
