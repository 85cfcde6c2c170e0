import { describe, expect, test } from '@jest/globals';
import { ACME, field, run, STARTED_AT } from './running-simulator.ts';

const AT = `/workspaces/${ACME.id}`;
const CANARY = 'canary-value-0815';
const SEED = {
  workspaces: [
    {
      ...ACME,
      secretScopes: [
        {
          name: 'app',
          acls: [{ principal: 'team', permission: 'READ' }],
          secrets: [{ key: 'k', value: CANARY }],
        },
      ],
    },
  ],
} as const;

describe('the control endpoint for secrets', () => {
  test('shows scopes, ACLs and keys, and never a value', async () => {
    const { control } = await run(SEED);

    const reply = await control('GET', '/state');

    expect(field(reply, 'workspaces')).toMatchObject([
      {
        secretScopes: [
          {
            name: 'app',
            backend: 'DATABRICKS',
            acls: [{ principal: 'team', permission: 'READ' }],
            secrets: [{ key: 'k', lastUpdated: STARTED_AT, keyConfigurationId: null }],
          },
        ],
      },
    ]);
    expect(reply.text).not.toContain(CANARY);
  });

  test('shows values to the class only, as text and as bytes', async () => {
    const { workspace, simulator } = await run(SEED);
    const bytes = Buffer.from([0, 255]);
    const put = { scope: 'app', key: 'raw', bytes_value: bytes.toString('base64') };
    await workspace('POST', '/api/2.0/secrets/put', put);

    expect(simulator.control.secretValue(ACME.id, 'APP', 'K')).toBe(CANARY);
    expect(simulator.control.secretBytes(ACME.id, 'app', 'raw')).toEqual(bytes);
    expect(simulator.control.secretValue(ACME.id, 'app', 'other')).toBeUndefined();
    expect(simulator.control.secretBytes(ACME.id, 'other', 'k')).toBeUndefined();
    expect(() => simulator.control.secretValue('7', 'app', 'k')).toThrow('Workspace 7 does not exist');
  });

  test('changes scopes, secrets and ACLs by hand', async () => {
    const { control, simulator, pass } = await run(SEED);
    const statuses: number[] = [];
    const post = async (path: string, body: unknown) => {
      statuses.push((await control('POST', `${AT}/${path}`, body)).status);
    };
    pass(10);

    await post('secrets', { scope: 'app', key: 'k', value: 'changed' });
    await post('secrets', { scope: 'app', key: 'extra', value: 'x' });
    await post('delete-secret', { scope: 'app', key: 'extra' });
    await post('secret-acls', { scope: 'app', principal: 'users', permission: 'MANAGE' });
    await post('delete-secret-acl', { scope: 'app', principal: 'team' });
    await post('secret-scopes', {
      name: 'vault',
      backend: 'AZURE_KEYVAULT',
      keyVault: { resourceId: 'r', dnsName: 'd' },
      acls: [{ principal: 'team', permission: 'WRITE' }],
      secrets: [{ key: 'v', value: 'w' }],
    });
    await post('secret-scopes', { name: 'gone' });
    await post('delete-secret-scope', { scope: 'gone' });
    await post('acl-loses-next', { count: 1 });

    expect(statuses).toEqual(Array(9).fill(200));
    expect(simulator.control.secretValue(ACME.id, 'app', 'k')).toBe('changed');
    expect(simulator.control.state().workspaces[0]?.secretScopes).toEqual([
      {
        name: 'app',
        backend: 'DATABRICKS',
        acls: [{ principal: 'users', permission: 'MANAGE' }],
        secrets: [{ key: 'k', lastUpdated: STARTED_AT + 10, keyConfigurationId: null }],
      },
      {
        name: 'vault',
        backend: 'AZURE_KEYVAULT',
        acls: [{ principal: 'team', permission: 'WRITE' }],
        secrets: [{ key: 'v', lastUpdated: STARTED_AT + 10, keyConfigurationId: null }],
      },
    ]);
  });

  test.each([
    ['secrets', { scope: 'app', key: 'k' }, 'missing: value'],
    ['secrets', { scope: 'no', key: 'k', value: CANARY }, 'Scope no does not exist!'],
    ['secrets', { scope: 'app', key: 'k', value: CANARY, more: 1 }, 'unknown field more'],
    ['delete-secret', { scope: 'app', key: 'other' }, 'Secret other does not exist'],
    ['secret-acls', { scope: 'app', principal: 'a', permission: 'ADMIN' }, 'permission must be one of'],
    ['secret-scopes', { name: 'APP' }, 'already exists'],
    ['secret-scopes', { name: 'b', acls: [{ principal: 'a' }] }, 'missing: permission'],
    ['secret-scopes', { name: 'b', secrets: [{ key: 'k', secret: CANARY }] }, 'unknown field secret'],
    ['secret-scopes', { name: 'b', keyVault: {} }, 'missing: resourceId, dnsName'],
    ['delete-secret-scope', { scope: 'no' }, 'Scope no does not exist!'],
    ['acl-loses-next', {}, 'missing: count'],
  ])('refuses %s %j', async (path, body, message) => {
    const { control } = await run(SEED);

    const reply = await control('POST', `${AT}/${path}`, body);

    expect(reply.status).toBe(400);
    expect(field(reply, 'message')).toContain(message);
    expect(reply.text).not.toContain(CANARY);
  });

  test.each([
    [{ secretNames: 'any' }, 'secretNames must be one of'],
    [{ secretLimits: { keys: 1 } }, 'unknown field keys'],
    [{ secretsRateLimit: {} }, 'missing: perSecond'],
    [{ secretsRateLimit: 5 }, 'secretsRateLimit must be null or an object'],
    [{ premium: 'yes' }, 'premium must be true or false'],
  ])('refuses the switches %j', async (switches, message) => {
    const { control } = await run(SEED);

    const reply = await control('POST', '/switches', switches);

    expect(reply.status).toBe(400);
    expect(field(reply, 'message')).toContain(message);
  });
});
