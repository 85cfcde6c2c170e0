import { describe, expect, test } from '@jest/globals';
import { ACCESS, CREDENTIALS, NETWORK, ROLE, STORAGE } from './provisioning.ts';
import { field, MINUTE, run, SECOND } from './running-simulator.ts';

const CALLS = [
  ['/credentials', CREDENTIALS, 'credentials', 'credentials_id'],
  ['/storage-configurations', STORAGE, 'storage_configurations', 'storage_configuration_id'],
  ['/networks', NETWORK, 'networks', 'network_id'],
  ['/private-access-settings', ACCESS, 'private_access_settings', 'private_access_settings_id'],
] as const;

const role = (role_arn: string) => ({ ...CREDENTIALS, aws_credentials: { sts_role: { role_arn } } });

describe.each(CALLS)('%s', (path, body, list, id) => {
  test('are listed, shown and deleted', async () => {
    const { account, pass } = await run();
    const created = await account('POST', path, body);
    const one = `${path}/${field(created, id)}`;

    const listed = await account('GET', path);
    const shown = await account('GET', one);
    const deleted = await account('DELETE', one);
    pass(MINUTE);

    expect(created.status).toBe(201);
    expect(listed.body).toEqual([created.body]);
    expect(shown.body).toEqual(created.body);
    expect(deleted).toMatchObject({ status: 200, body: created.body });
    expect((await account('GET', one)).status).toBe(404);
    expect((await account('DELETE', one)).status).toBe(404);
    expect((await account('GET', path)).body).toEqual([]);
  });

  test('are listed in the wrapped form and deleted without a body by switch', async () => {
    const { account } = await run({}, { switches: { lists: 'wrapped', deleteBody: 'void' } });
    const created = await account('POST', path, body);

    expect((await account('GET', path)).body).toEqual({ [list]: [created.body] });
    expect(await account('DELETE', `${path}/${field(created, id)}`)).toMatchObject({ status: 200, text: '' });
  });

  test('refuse an unknown field', async () => {
    const { account } = await run();

    const reply = await account('POST', path, { ...body, surplus: 1 });

    expect(reply).toMatchObject({ status: 400, body: { message: 'MALFORMED_REQUEST: Unknown parameters: surplus' } });
  });

  test.each(Object.keys(body).filter((name) => name !== 'account_id'))('refuse a body without %s', async (name) => {
    const { account } = await run();

    const reply = await account('POST', path, { ...body, [name]: undefined });

    expect(reply.status).toBe(400);
    expect(field(reply, 'message')).toBe(`MALFORMED_REQUEST: Missing required parameters: ${name}`);
  });

  test('are struck by faults, before and after their effect', async () => {
    const { account, simulator } = await run();
    const lost = { kind: 'reset', method: 'POST', path: `${path}$` } as const;

    simulator.control.addFault({ kind: 'throttled', path: `${path}$`, retryAfterSeconds: 1 });
    expect((await account('POST', path, body)).status).toBe(429);
    simulator.control.addFault(lost);
    await expect(account('POST', path, body)).rejects.toThrow();
    expect((await account('GET', path)).body).toEqual([]);
    simulator.control.addFault({ ...lost, tookEffect: true });
    await expect(account('POST', path, body)).rejects.toThrow();
    expect((await account('GET', path)).body).toHaveLength(1);
  });
});

test.each([
  ['/credentials', { ...CREDENTIALS, credentials_name: 7 }, 'credentials_name must be a string'],
  ['/credentials', { ...CREDENTIALS, aws_credentials: 'role' }, 'aws_credentials must be an object'],
  [
    '/credentials',
    { ...CREDENTIALS, aws_credentials: { sts_role: { role_arn: ROLE, x: 1 } } },
    'Unknown parameters: x',
  ],
  ['/storage-configurations', { ...STORAGE, storage_configuration_name: 'abc' }, '4 to 256 characters'],
  ['/storage-configurations', { ...STORAGE, storage_configuration_name: 'a'.repeat(257) }, '4 to 256 characters'],
  ['/storage-configurations', { ...STORAGE, root_bucket_info: {} }, 'Missing required parameters: bucket_name'],
  ['/storage-configurations', { ...STORAGE, role_arn: 1 }, 'role_arn must be a string'],
  ['/networks', { ...NETWORK, network_name: 'abc' }, '4 to 256 characters'],
  ['/networks', { ...NETWORK, subnet_ids: ['subnet-1'] }, 'subnet_ids must have at least 2'],
  ['/networks', { ...NETWORK, subnet_ids: ['subnet-1', 'subnet-1'] }, 'subnet_ids must have at least 2'],
  ['/networks', { ...NETWORK, subnet_ids: 'subnet-1' }, 'subnet_ids must be a list of strings'],
  ['/networks', { ...NETWORK, security_group_ids: [] }, 'security_group_ids must have 1 to 5'],
  ['/networks', { ...NETWORK, security_group_ids: [...'123456'] }, 'security_group_ids must have 1 to 5'],
  ['/networks', { ...NETWORK, vpc_endpoints: { rest_api: 'vpce-1' } }, 'rest_api must be a list of strings'],
  ['/networks', { ...NETWORK, vpc_endpoints: { relay: [] } }, 'Unknown parameters: relay'],
  ['/private-access-settings', { ...ACCESS, private_access_level: 'ANY' }, 'ACCOUNT or ENDPOINT'],
  ['/private-access-settings', { ...ACCESS, public_access_enabled: 'yes' }, 'must be a boolean'],
])('%s refuses %j', async (path, body, message) => {
  const { account } = await run();

  const reply = await account('POST', path, body);

  expect(reply.status).toBe(400);
  expect(reply.body).toEqual({ message: expect.stringContaining(message) });
  expect(field(reply, 'message')).toMatch(/^MALFORMED_REQUEST: /);
});

test.each([
  ['/credentials', CREDENTIALS, 'Credential configuration name databricks-workspace-credentials-v1'],
  ['/storage-configurations', STORAGE, 'Storage configuration name databricks-workspace-storageconf-v1'],
  ['/networks', NETWORK, 'Network configuration name my-company-example-network'],
])('%s refuse a name that is taken', async (path, body, name) => {
  const { account } = await run();
  await account('POST', path, body);

  const reply = await account('POST', path, body);

  expect(reply.status).toBe(400);
  expect(field(reply, 'message')).toBe(
    `MALFORMED_REQUEST: ${name} already exists in this account. Try again with a unique name.`,
  );
});

describe('limits', () => {
  test.each([
    ['ENTERPRISE', 55],
    ['PREMIUM', 11],
  ] as const)('an account on %s has %s credential configurations', async (accountTier, limit) => {
    const credentials = Array.from({ length: limit - 1 }, (_, n) => ({
      id: `c-${n}`,
      name: `name-${n}`,
      roleArn: ROLE,
    }));
    const { account } = await run({ credentials }, { switches: { accountTier } });

    const last = await account('POST', '/credentials', CREDENTIALS);
    const surplus = await account('POST', '/credentials', { ...CREDENTIALS, credentials_name: 'one too many' });

    expect([last.status, surplus.status]).toEqual([201, 400]);
    expect(field(surplus, 'message')).toContain(`only ${limit} credential configurations are allowed`);
  });

  test('the 51st storage configuration is refused in the observed words', async () => {
    const storageConfigurations = Array.from({ length: 49 }, (_, n) => ({
      id: `s-${n}`,
      name: `name-${n}`,
      bucketName: 'bucket',
    }));
    const { account } = await run({ storageConfigurations });

    const last = await account('POST', '/storage-configurations', STORAGE);
    const surplus = await account('POST', '/storage-configurations', {
      ...STORAGE,
      storage_configuration_name: 'one too many',
    });

    expect(last.status).toBe(201);
    expect(surplus.body).toEqual({
      message: 'INVALID_STATE: Storage configuration limit exceeded, only 50 storage configurations are allowed',
    });
  });
});

describe('a fresh role', () => {
  test('is refused until it is old enough, counted from when it was first sent', async () => {
    const { account, pass } = await run({}, { switches: { credentialsDelayMs: MINUTE } });
    const create = async () => (await account('POST', '/credentials', CREDENTIALS)).status;

    const first = await account('POST', '/credentials', CREDENTIALS);
    pass(MINUTE - SECOND);
    const early = await create();
    const otherRole = await account('POST', '/credentials', role(`${ROLE}-2`));
    pass(SECOND);

    expect(first.body).toEqual({
      message:
        'MALFORMED_REQUEST: Failed credential validation checks: ' +
        'please use a valid cross account IAM role with permissions setup correctly',
    });
    expect([first.status, early, otherRole.status, await create()]).toEqual([400, 400, 400, 201]);
  });
});

describe('networks', () => {
  test('keep endpoints as they were sent', async () => {
    const { account } = await run();
    const vpc_endpoints = { rest_api: ['vpce-1'], dataplane_relay: ['vpce-2'] };

    const reply = await account('POST', '/networks', { ...NETWORK, vpc_endpoints });

    expect(field(reply, 'vpc_endpoints')).toEqual(vpc_endpoints);
  });

  test('that are being removed are still shown, and their name is still taken', async () => {
    const { account, pass } = await run();
    const path = `/networks/${field(await account('POST', '/networks', NETWORK), 'network_id')}`;

    const deleted = await account('DELETE', path);
    pass(30 * SECOND);
    const again = await account('DELETE', path);
    const shown = await account('GET', path);
    const early = await account('POST', '/networks', NETWORK);
    pass(30 * SECOND);
    const gone = await account('GET', path);
    const anew = await account('POST', '/networks', NETWORK);

    const statuses = [deleted, again, shown, early, gone, anew].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 200, 400, 404, 201]);
  });

  test('with parts of another network are accepted and noted', async () => {
    const { account, simulator } = await run();
    await account('POST', '/networks', NETWORK);

    const reply = await account('POST', '/networks', {
      ...NETWORK,
      network_name: 'another',
      security_group_ids: ['x'],
    });

    expect(reply.status).toBe(201);
    expect(simulator.control.state().violations).toEqual([
      expect.objectContaining({
        kind: 'shared-network-parts',
        text: 'network another was created with subnet-1, subnet-2 of another network',
      }),
    ]);
  });
});

describe('private access settings', () => {
  test('are replaced as a whole', async () => {
    const { account } = await run();
    const first = { ...ACCESS, private_access_level: 'ENDPOINT', allowed_vpc_endpoint_ids: ['vpce-1'] };
    const created = await account('POST', '/private-access-settings', first);
    const path = `/private-access-settings/${field(created, 'private_access_settings_id')}`;

    const replaced = await account('PUT', path, { ...ACCESS, public_access_enabled: true });
    const unknown = await account('PUT', '/private-access-settings/unknown', ACCESS);
    const malformed = await account('PUT', path, {});

    expect(created.body).toMatchObject(first);
    expect(replaced).toMatchObject({
      status: 200,
      body: { private_access_level: 'ACCOUNT', public_access_enabled: true },
    });
    expect((await account('GET', path)).body).toEqual(replaced.body);
    expect([unknown.status, malformed.status]).toEqual([404, 400]);
  });
});
