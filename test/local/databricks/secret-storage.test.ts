import { describe, expect, test } from '@jest/globals';
import { ACME, field, KEY_1, KEY_2, MINUTE, type Reply, run, STARTED_AT } from './running-simulator.ts';

const API = '/api/2.0/secrets';
const SEED = { workspaces: [{ ...ACME, secretScopes: [{ name: 'app' }] }] };

const code = (reply: Reply) => (reply.status === 200 ? 'done' : field(reply, 'error_code'));
const times = (reply: Reply) =>
  (field(reply, 'secrets') as { readonly last_updated_timestamp: number }[]).map((one) => one.last_updated_timestamp);

describe('the limits of the Secrets API', () => {
  test('a value has at most 131072 bytes of UTF-8, or of what base64 stands for', async () => {
    const { workspace } = await run(SEED);
    const put = async (value: object) =>
      code(await workspace('POST', `${API}/put`, { scope: 'app', key: 'k', ...value }));
    const bytes = (length: number) => Buffer.alloc(length, 7).toString('base64');

    expect(await put({ string_value: 'a'.repeat(131_072) })).toBe('done');
    expect(await put({ string_value: 'a'.repeat(131_073) })).toBe('INVALID_PARAMETER_VALUE');
    expect(await put({ string_value: 'é'.repeat(65_536) })).toBe('done');
    expect(await put({ string_value: `${'é'.repeat(65_536)}a` })).toBe('INVALID_PARAMETER_VALUE');
    expect(await put({ bytes_value: bytes(131_072) })).toBe('done');
    expect(await put({ bytes_value: bytes(131_073) })).toBe('INVALID_PARAMETER_VALUE');
    expect(await put({ string_value: '' })).toBe('done');
  });

  test('names have at most 128 characters', async () => {
    const { workspace } = await run(SEED);
    const create = async (length: number) =>
      code(await workspace('POST', `${API}/scopes/create`, { scope: 'a'.repeat(length) }));

    expect([await create(128), await create(129)]).toEqual(['done', 'INVALID_PARAMETER_VALUE']);
  });

  test('a workspace holds 1000 scopes', async () => {
    const secretScopes = Array.from({ length: 999 }, (_, position) => ({ name: `scope-${position}` }));
    const { workspace } = await run({ workspaces: [{ ...ACME, secretScopes }] });
    const create = async (scope: string) => code(await workspace('POST', `${API}/scopes/create`, { scope }));

    expect(await create('the-1000th')).toBe('done');
    expect(await create('the-1001st')).toBe('RESOURCE_LIMIT_EXCEEDED');
    await workspace('POST', `${API}/scopes/delete`, { scope: 'scope-7' });
    expect(await create('the-1001st')).toBe('done');
  });

  test('a scope holds 1000 secrets, and a full one still takes new values', async () => {
    const secrets = Array.from({ length: 999 }, (_, position) => ({ key: `key-${position}`, value: 'x' }));
    const { workspace } = await run({ workspaces: [{ ...ACME, secretScopes: [{ name: 'app', secrets }] }] });
    const put = async (key: string) =>
      code(await workspace('POST', `${API}/put`, { scope: 'app', key, string_value: 'y' }));

    expect(await put('the-1000th')).toBe('done');
    expect(await put('the-1001st')).toBe('RESOURCE_LIMIT_EXCEEDED');
    expect(await put('KEY-1')).toBe('done');
  });

  test('are switches', async () => {
    const { workspace, control } = await run(SEED);
    await control('POST', '/switches', { secretLimits: { scopes: 1, valueBytes: 2 } });

    expect(code(await workspace('POST', `${API}/scopes/create`, { scope: 'b' }))).toBe('RESOURCE_LIMIT_EXCEEDED');
    expect(code(await workspace('POST', `${API}/put`, { scope: 'app', key: 'k', string_value: 'abc' }))).toBe(
      'INVALID_PARAMETER_VALUE',
    );
    expect(field(await control('GET', '/state'), 'switches')).toMatchObject({
      secretLimits: { scopes: 1, secretsPerScope: 1000, valueBytes: 2 },
    });
  });
});

describe('a stored secret', () => {
  test('is found however scope and key are spelled, and keeps its first spelling', async () => {
    const { workspace, simulator } = await run(SEED);

    await workspace('POST', `${API}/put`, { scope: 'APP', key: 'DB.Pass', string_value: 'first' });
    await workspace('POST', `${API}/put`, { scope: 'app', key: 'db.pass', string_value: 'second' });

    expect((await workspace('GET', `${API}/get?scope=App&key=DB.PASS`)).body).toEqual({
      key: 'DB.Pass',
      value: Buffer.from('second').toString('base64'),
    });
    expect(simulator.control.state().workspaces[0]?.secretScopes).toMatchObject([
      { name: 'app', secrets: [{ key: 'DB.Pass' }] },
    ]);
  });

  test('has a later time with each put, even within one millisecond', async () => {
    const { workspace, pass } = await run(SEED);
    const seen: number[] = [];
    for (const wait of [0, 0, 0, 10]) {
      pass(wait);
      await workspace('POST', `${API}/put`, { scope: 'app', key: 'k', string_value: 'same' });
      seen.push(...times(await workspace('GET', `${API}/list?scope=app`)));
    }

    expect(seen.map((time) => time - STARTED_AT)).toEqual([0, 1, 2, 10]);
  });

  test('shows whole seconds by switch, so that two puts look alike', async () => {
    const { workspace, pass } = await run(SEED, { switches: { secretTimestamps: 'seconds' } });
    const seen: number[] = [];
    for (const wait of [1, 998, 1]) {
      pass(wait);
      await workspace('POST', `${API}/put`, { scope: 'app', key: 'k', string_value: 'x' });
      seen.push(...times(await workspace('GET', `${API}/list?scope=app`)));
    }

    expect(seen).toEqual([STARTED_AT, STARTED_AT, STARTED_AT + 1000]);
  });

  test('remembers the key configuration that its workspace had', async () => {
    const { workspace, account, simulator, pass } = await run({
      keyConfigurations: [
        { id: 'cmk-1', keyArn: KEY_1, useCases: ['MANAGED_SERVICES'] },
        { id: 'cmk-2', keyArn: KEY_2, useCases: ['MANAGED_SERVICES'] },
      ],
      workspaces: [
        {
          ...ACME,
          managedServicesKeyId: 'cmk-1',
          secretScopes: [{ name: 'app', secrets: [{ key: 'old', value: 'x' }] }],
        },
      ],
    });

    await account('PATCH', `/workspaces/${ACME.id}`, { managed_services_customer_managed_key_id: 'cmk-2' });
    await workspace('POST', `${API}/put`, { scope: 'app', key: 'between', string_value: 'x' });
    pass(2 * MINUTE);
    await workspace('POST', `${API}/put`, { scope: 'app', key: 'new', string_value: 'x' });

    expect(simulator.control.state().workspaces[0]?.secretScopes[0]?.secrets).toMatchObject([
      { key: 'old', keyConfigurationId: 'cmk-1' },
      { key: 'between', keyConfigurationId: 'cmk-1' },
      { key: 'new', keyConfigurationId: 'cmk-2' },
    ]);
  });

  test('needs no customer-managed key', async () => {
    const { workspace, simulator } = await run(SEED);

    await workspace('POST', `${API}/put`, { scope: 'app', key: 'k', string_value: 'x' });

    expect(simulator.control.state().workspaces[0]?.secretScopes[0]?.secrets).toEqual([
      { key: 'k', lastUpdated: STARTED_AT, keyConfigurationId: null },
    ]);
  });
});

describe('the rate limit of the Secrets API', () => {
  const THROTTLED = { status: 429, body: { error_code: 'REQUEST_LIMIT_EXCEEDED' } };

  test('counts all calls of one workspace on the simulator clock', async () => {
    const { workspace, pass } = await run(SEED, { switches: { secretsRateLimit: { perSecond: 2 } } });
    const list = () => workspace('GET', `${API}/scopes/list`);

    expect([await list(), await workspace('GET', `${API}/list?scope=no`)]).toMatchObject([
      { status: 200 },
      { status: 404 },
    ]);
    const refused = await workspace('POST', `${API}/scopes/create`, { scope: 'b' });
    expect(refused).toMatchObject(THROTTLED);
    expect(refused.headers.get('retry-after')).toBeNull();
    expect((await workspace('GET', '/api/2.0/sql/warehouses')).status).toBe(200);
    pass(500);
    expect([(await list()).status, (await list()).status]).toEqual([200, 429]);
    pass(60_000);
    expect([(await list()).status, (await list()).status, (await list()).status]).toEqual([200, 200, 429]);
  });

  test('sends Retry-After if told to, and ends with the switch', async () => {
    const { workspace, control } = await run(SEED);
    await control('POST', '/switches', { secretsRateLimit: { perSecond: 1, retryAfterSeconds: 3 } });
    await workspace('GET', `${API}/scopes/list`);

    const refused = await workspace('GET', `${API}/scopes/list`);
    await control('POST', '/switches', { secretsRateLimit: null });

    expect(refused).toMatchObject(THROTTLED);
    expect(refused.headers.get('retry-after')).toBe('3');
    expect((await workspace('GET', `${API}/scopes/list`)).status).toBe(200);
  });
});
