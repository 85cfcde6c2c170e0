import { describe, expect, test } from '@jest/globals';
import type { SwitchChanges } from '../../../local/databricks/switches.ts';
import { ACME, DAY, field, KEY_1, KEY_2, MINUTE, run, STARTED_AT } from './running-simulator.ts';

const PATH = '/customer-managed-keys';
const MANAGED = { use_cases: ['MANAGED_SERVICES'], aws_key_info: { key_arn: KEY_1 } };
const STORAGE = { use_cases: ['STORAGE'], aws_key_info: { key_arn: KEY_1 } };
const CONFIGURATION = { id: 'cmk-1', keyArn: KEY_1, useCases: ['MANAGED_SERVICES'] } as const;

describe('customer-managed key configurations', () => {
  test('is created with the region of the ARN and the time of the clock', async () => {
    const { account, simulator } = await run();

    const reply = await account('POST', PATH, MANAGED);

    expect(reply.status).toBe(201);
    expect(reply.body).toEqual({
      customer_managed_key_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      account_id: simulator.accountId,
      creation_time: STARTED_AT,
      use_cases: ['MANAGED_SERVICES'],
      aws_key_info: { key_arn: KEY_1, key_region: 'us-west-2' },
    });
  });

  test.each([
    [undefined, true],
    [true, true],
    [false, false],
  ])('a storage key with the reuse flag %s is shown with %s', async (reuse, shown) => {
    const { account } = await run();

    const info = { key_arn: KEY_1, ...(reuse === undefined ? {} : { reuse_key_for_cluster_volumes: reuse }) };
    const reply = await account('POST', PATH, { ...STORAGE, aws_key_info: info });

    expect(field(reply, 'aws_key_info')).toMatchObject({ reuse_key_for_cluster_volumes: shown });
  });

  test('a managed services key is shown without the reuse flag, even if it was sent', async () => {
    const { account } = await run();

    const info = { key_arn: KEY_1, reuse_key_for_cluster_volumes: true };
    const reply = await account('POST', PATH, { ...MANAGED, aws_key_info: info });

    expect(field(reply, 'aws_key_info')).not.toHaveProperty('reuse_key_for_cluster_volumes');
  });

  test('keeps the alias as it was sent, with or without a prefix', async () => {
    const { account } = await run();

    for (const alias of ['my-example-key', 'alias/projectKey1']) {
      const reply = await account('POST', PATH, { ...MANAGED, aws_key_info: { key_arn: KEY_1, key_alias: alias } });
      expect(field(reply, 'aws_key_info')).toMatchObject({ key_alias: alias });
    }
  });

  test('lists, shows and deletes what was created', async () => {
    const { account } = await run();
    const created = (await account('POST', PATH, MANAGED)).body;
    const id = field(await account('POST', PATH, STORAGE), 'customer_managed_key_id');

    const listed = (await account('GET', PATH)).body;
    const shown = await account('GET', `${PATH}/${id}`);
    const deleted = await account('DELETE', `${PATH}/${id}`);
    const gone = await account('GET', `${PATH}/${id}`);

    expect(listed).toEqual([created, shown.body]);
    expect(deleted).toMatchObject({ status: 200, body: shown.body });
    expect(gone.status).toBe(404);
  });

  test.each([
    [{ aws_key_info: { key_arn: KEY_1 } }, 'MALFORMED_REQUEST: Missing required parameters: use_cases'],
    [{ use_cases: ['STORAGE'] }, 'MALFORMED_REQUEST: Missing required parameters: aws_key_info'],
    [{ use_cases: ['STORAGE'], aws_key_info: {} }, 'MALFORMED_REQUEST: Missing required parameters: key_arn'],
    [{ ...MANAGED, use_cases: ['EVERYTHING'] }, expect.stringContaining('use_cases must name')],
    [{ ...MANAGED, use_cases: [] }, expect.stringContaining('use_cases must name')],
    [{ ...MANAGED, aws_key_info: { key_arn: 'alias/mine' } }, expect.stringContaining('Invalid key ARN')],
    [{ ...MANAGED, aws_key_info: { key_arn: KEY_1, key_region: 'eu-west-1' } }, expect.stringContaining('key_region')],
    [{ ...MANAGED, gcp_key_info: {} }, expect.stringContaining('Unknown parameters: gcp_key_info')],
  ])('refuses %j', async (body, message) => {
    const { account } = await run();

    const reply = await account('POST', PATH, body);

    expect(reply.status).toBe(400);
    expect(reply.body).toEqual({ message });
  });

  test.each([
    ['documented', { error_code: 'BAD_REQUEST', message: 'MALFORMED_REQUEST: Missing required parameters: use_cases' }],
    ['code', { error_code: 'MALFORMED_REQUEST', message: 'Missing required parameters: use_cases' }],
  ] as const)('words a refusal in the %s form', async (accountErrors, body) => {
    const { account } = await run({}, { switches: { accountErrors } });

    expect((await account('POST', PATH, { aws_key_info: { key_arn: KEY_1 } })).body).toEqual(body);
  });

  test('words a refusal as plain text', async () => {
    const { account } = await run({}, { switches: { accountErrors: 'text' } });

    const reply = await account('POST', PATH, { aws_key_info: { key_arn: KEY_1 } });

    expect(reply.text).toBe('MALFORMED_REQUEST: Missing required parameters: use_cases');
    expect(reply.headers.get('content-type')).toContain('text/plain');
  });

  test('refuses the 111th configuration, whatever the use cases', async () => {
    const keyConfigurations = Array.from({ length: 109 }, (_, n) => ({ ...CONFIGURATION, id: `cmk-${n}` }));
    const { account } = await run({ keyConfigurations });

    const last = await account('POST', PATH, MANAGED);
    const oneTooMany = await account('POST', PATH, STORAGE);

    expect(last.status).toBe(201);
    expect(oneTooMany.status).toBe(400);
    expect(field(oneTooMany, 'message')).toContain('110');
  });

  test.each([
    [{ duplicateKey: 'accept' }, 201, 2],
    [{ duplicateKey: 'return-existing' }, 201, 1],
    [{ duplicateKey: 'conflict' }, 409, 1],
  ] as const)('answers the same ARN again under %j with %s', async (switches: SwitchChanges, status, count) => {
    const { account } = await run({}, { switches });
    await account('POST', PATH, MANAGED);

    const again = await account('POST', PATH, MANAGED);

    expect(again.status).toBe(status);
    expect((await account('GET', PATH)).body).toHaveLength(count);
  });

  test('does not delete a configuration that a workspace uses', async () => {
    const { account } = await run({
      keyConfigurations: [CONFIGURATION],
      workspaces: [{ ...ACME, managedServicesKeyId: 'cmk-1' }],
    });

    const reply = await account('DELETE', `${PATH}/cmk-1`);

    expect(reply.status).toBe(409);
    expect((await account('GET', `${PATH}/cmk-1`)).status).toBe(200);
  });

  test('does not delete a configuration that a workspace is about to use', async () => {
    const { account } = await run({ keyConfigurations: [CONFIGURATION] });
    await account('PATCH', '/workspaces/123456789', { managed_services_customer_managed_key_id: 'cmk-1' });

    expect((await account('DELETE', `${PATH}/cmk-1`)).status).toBe(409);
  });

  test.each([
    ['void', ''],
    ['object', '{}'],
  ] as const)('answers DELETE in the form %s', async (deleteBody, text) => {
    const { account } = await run({ keyConfigurations: [CONFIGURATION] }, { switches: { deleteBody } });

    expect(await account('DELETE', `${PATH}/cmk-1`)).toMatchObject({ status: 200, text });
  });

  test('lists as a bare array, or wrapped with nothing in it when empty', async () => {
    const { account, simulator } = await run();

    const bare = await account('GET', PATH);
    simulator.control.setSwitches({ lists: 'wrapped' });
    const empty = await account('GET', PATH);
    await account('POST', PATH, MANAGED);
    const wrapped = await account('GET', PATH);

    expect(bare.body).toEqual([]);
    expect(empty.body).toEqual({});
    expect(wrapped.body).toEqual({
      customer_managed_keys: [expect.objectContaining({ use_cases: ['MANAGED_SERVICES'] })],
    });
  });

  test.each([
    [DAY - MINUTE, 1],
    [DAY, 0],
  ])('notes whether the old configuration was deleted before its 24 hours (%s ms)', async (after, violations) => {
    const { account, pass, simulator } = await run({
      keyConfigurations: [CONFIGURATION, { ...CONFIGURATION, id: 'cmk-2', keyArn: KEY_2 }],
      workspaces: [{ ...ACME, managedServicesKeyId: 'cmk-1' }],
    });
    await account('PATCH', '/workspaces/123456789', { managed_services_customer_managed_key_id: 'cmk-2' });
    pass(90_000);
    await account('GET', '/workspaces/123456789');

    pass(after);
    const reply = await account('DELETE', `${PATH}/cmk-1`);

    expect(reply.status).toBe(200);
    expect(simulator.control.state().violations).toHaveLength(violations);
  });

  test('has no PATCH, and knows only its own account', async () => {
    const { account, simulator } = await run({ keyConfigurations: [CONFIGURATION] });

    const patched = await account('PATCH', `${PATH}/cmk-1`, MANAGED);
    const elsewhere = await fetch(`${simulator.accountHost}/api/2.0/accounts/${crypto.randomUUID()}${PATH}`);

    expect(patched).toMatchObject({ status: 404, body: { message: 'Invalid endpoint' } });
    expect(elsewhere.status).toBe(404);
  });

  test('a seed with a key that is no ARN is refused', async () => {
    await expect(run({ keyConfigurations: [{ ...CONFIGURATION, keyArn: 'alias/x' }] })).rejects.toThrow('not the ARN');
  });
});
