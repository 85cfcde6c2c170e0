import { describe, expect, test } from '@jest/globals';
import type { SimulatorOptions } from '../../../local/databricks/simulator.ts';
import { ACME, field, run } from './running-simulator.ts';

const API = '/api/2.0/secrets';
const CANARY = 'canary-value-0815';

const seeded = (options: Partial<SimulatorOptions> = {}) =>
  run(
    {
      workspaces: [
        {
          ...ACME,
          principals: ['data-scientists'],
          secretScopes: [
            { name: 'app', secrets: [{ key: 'password', value: CANARY }] },
            { name: 'vault', backend: 'AZURE_KEYVAULT' },
          ],
        },
      ],
    },
    options,
  );

const BAD_NAMES = ['', 'a b', 'a/b', 'a+b', 'ä', 'a'.repeat(129)];
const PUT = { scope: 'app', key: 'k', string_value: CANARY };
const VAULT = { resource_id: '/vaults/v', dns_name: 'https://v.vault.azure.net/' };

describe('the Secrets API refuses', () => {
  test.each([
    ['scopes/create', { scope: 'app' }, 400, 'RESOURCE_ALREADY_EXISTS', 'Scope app already exists!'],
    ['scopes/create', { scope: 'APP' }, 400, 'RESOURCE_ALREADY_EXISTS', 'Scope APP already exists!'],
    ['scopes/create', {}, 400, 'MALFORMED_REQUEST', 'Missing required parameters: scope'],
    ['scopes/create', { scope: 'a', name: 'a' }, 400, 'MALFORMED_REQUEST', 'Unknown parameters: name'],
    ['scopes/create', { scope: 'databricks-internal-x' }, 401, 'CUSTOMER_UNAUTHORIZED', 'reserved'],
    [
      'scopes/create',
      { scope: 'a', initial_manage_principal: 'TestGroup' },
      400,
      'BAD_REQUEST',
      'Cannot specify TestGroup as initial_manage_principal.',
    ],
    ['scopes/create', { scope: 'a', scope_backend_type: 'S3' }, 400, 'INVALID_PARAMETER_VALUE', 'S3'],
    [
      'scopes/create',
      { scope: 'a', scope_backend_type: 'AZURE_KEYVAULT', backend_azure_keyvault: VAULT },
      400,
      'BAD_REQUEST',
      'Azure KeyVault is not available',
    ],
    ['scopes/create', { scope: 'a', backend_azure_keyvault: VAULT }, 400, 'INVALID_PARAMETER_VALUE', 'for scopes of'],
    ['scopes/delete', { scope: 'no' }, 404, 'RESOURCE_DOES_NOT_EXIST', 'Scope no does not exist!'],
    ['put', { ...PUT, scope: 'no' }, 404, 'RESOURCE_DOES_NOT_EXIST', 'Scope no does not exist!'],
    ['put', { scope: 'app', key: 'k' }, 400, 'INVALID_PARAMETER_VALUE', 'Exactly one'],
    ['put', { ...PUT, bytes_value: CANARY }, 400, 'INVALID_PARAMETER_VALUE', 'Exactly one'],
    ['put', { scope: 'app', key: 'k', bytes_value: CANARY }, 400, 'INVALID_PARAMETER_VALUE', 'base64'],
    ['put', { scope: 'app', key: 'k', bytes_value: 'YQ' }, 400, 'INVALID_PARAMETER_VALUE', 'base64'],
    [
      'put',
      { scope: 'app', key: 'k', string_value: 7 },
      400,
      'INVALID_PARAMETER_VALUE',
      'string_value must be a string',
    ],
    ['put', { ...PUT, scope: 'vault' }, 400, 'BAD_REQUEST', 'Azure KeyVault-backed scope vault'],
    ['delete', { scope: 'vault', key: 'k' }, 400, 'BAD_REQUEST', 'Azure KeyVault-backed scope vault'],
    ['delete', { scope: 'app', key: 'k' }, 404, 'RESOURCE_DOES_NOT_EXIST', 'Secret k does not exist in scope app!'],
    ['delete', { scope: 'no', key: 'k' }, 404, 'RESOURCE_DOES_NOT_EXIST', 'Scope no does not exist!'],
    [
      'acls/put',
      { scope: 'app', principal: 'users', permission: 'ADMIN' },
      400,
      'INVALID_PARAMETER_VALUE',
      'Permission ADMIN is invalid.',
    ],
    ['acls/put', { scope: 'app', principal: '', permission: 'READ' }, 400, 'INVALID_PARAMETER_VALUE', 'empty'],
    ['acls/put', { scope: 'no', principal: 'users', permission: 'READ' }, 404, 'RESOURCE_DOES_NOT_EXIST', 'Scope no'],
    [
      'acls/put',
      { scope: 'app', principal: 'nobody', permission: 'READ' },
      404,
      'RESOURCE_DOES_NOT_EXIST',
      'Principal nobody does not exist!',
    ],
    [
      'acls/delete',
      { scope: 'app', principal: 'users' },
      404,
      'RESOURCE_DOES_NOT_EXIST',
      'principal users for scope app',
    ],
    ['acls/delete', { scope: 'no', principal: 'users' }, 404, 'RESOURCE_DOES_NOT_EXIST', 'Scope no does not exist!'],
  ])('POST %s %j', async (path, body, status, code, message) => {
    const { workspace } = await seeded();

    const reply = await workspace('POST', `${API}/${path}`, body);

    expect(reply).toMatchObject({ status, body: { error_code: code } });
    expect(field(reply, 'message')).toContain(message);
    expect(reply.text).not.toContain(CANARY);
  });

  test.each([
    ['list?scope=no', 'Scope no does not exist!'],
    ['get?scope=no&key=k', 'Scope no does not exist!'],
    ['get?scope=app&key=k', 'Secret k does not exist in scope app!'],
    ['acls/list?scope=no', 'Scope no does not exist!'],
    ['acls/get?scope=no&principal=users', 'Scope no does not exist!'],
    ['acls/get?scope=app&principal=users', 'Failed to get secret acl for principal users for scope app.'],
  ])('GET %s', async (path, message) => {
    const { workspace } = await seeded();

    expect(await workspace('GET', `${API}/${path}`)).toMatchObject({
      status: 404,
      body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message },
    });
  });

  test.each(BAD_NAMES)('%j as the name of a scope or a key', async (name) => {
    const { workspace } = await seeded();

    const replies = [
      await workspace('POST', `${API}/scopes/create`, { scope: name }),
      await workspace('POST', `${API}/put`, { ...PUT, key: name }),
    ];

    for (const reply of replies) {
      expect(reply).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } });
    }
  });

  test.each([
    ['documented', 'a.b-c_D1', 'a@b'],
    ['with-at', 'a@b', 'a/b'],
    ['as-terraform', 'a@b/c', 'a:b'],
  ] as const)('by the rule %s, takes %s and not %s', async (secretNames, good, bad) => {
    const { workspace } = await seeded({ switches: { secretNames } });

    expect((await workspace('POST', `${API}/scopes/create`, { scope: good })).status).toBe(200);
    expect((await workspace('POST', `${API}/scopes/create`, { scope: bad })).status).toBe(400);
    expect((await workspace('POST', `${API}/put`, { ...PUT, key: good })).status).toBe(200);
    expect((await workspace('POST', `${API}/put`, { ...PUT, key: bad })).status).toBe(400);
  });

  test('without the premium tier, every scope that is not for all users', async () => {
    const { workspace } = await seeded({ switches: { premium: false } });
    const create = (body: object) => workspace('POST', `${API}/scopes/create`, { scope: 'a', ...body });
    const message =
      'Premium Tier is disabled in this workspace. Secret scopes can only be created with initial_manage_principal "users".';

    expect(await create({})).toMatchObject({ status: 400, body: { error_code: 'BAD_REQUEST', message } });
    expect((await create({ initial_manage_principal: 'users' })).status).toBe(200);
  });

  test('a Key Vault scope without its vault', async () => {
    const { workspace } = await seeded({ switches: { azure: true } });
    const create = (vault: object | undefined) =>
      workspace('POST', `${API}/scopes/create`, {
        scope: 'a',
        scope_backend_type: 'AZURE_KEYVAULT',
        backend_azure_keyvault: vault,
      });

    expect((await create(undefined)).body).toMatchObject({ error_code: 'INVALID_PARAMETER_VALUE' });
    expect((await create({ resource_id: 'r' })).body).toMatchObject({ error_code: 'MALFORMED_REQUEST' });
  });

  test('and no value is in an error, the state or the request log', async () => {
    const { workspace, control, simulator } = await seeded();
    const wrong = [
      { ...PUT, key: '/' },
      { ...PUT, more: 1 },
      { scope: 'app', key: 'k', string_value: { text: CANARY } },
      `{"scope": "app", "string_value": "${CANARY}`,
    ];

    const replies = [await workspace('POST', `${API}/put`, PUT)];
    for (const body of wrong) replies.push(await workspace('POST', `${API}/put`, body));
    replies.push(await control('GET', '/state'), await control('GET', '/requests'));

    expect(simulator.control.secretValue(ACME.id, 'app', 'k')).toBe(CANARY);
    expect(replies.map(({ status }) => status)).toEqual([200, 400, 400, 400, 400, 200, 200]);
    expect(replies.map(({ text }) => text).join('\n')).not.toContain(CANARY);
  });
});
