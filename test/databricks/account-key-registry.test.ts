import { afterEach, describe, expect, test } from '@jest/globals';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { AccountKeyRegistry } from '../../lambda/databricks/account-key-registry.ts';
import { type Bench, failureOfAct, startBench } from './client-bench.ts';
import { type Answerer, breakConnection, inTurn, json, text } from './scripted-server.ts';

const ARN = 'arn:aws:kms:us-west-2:111122223333:key/0987dcba-09fe-87dc-65ba-ab0987654321';
const PATH = '/api/2.0/accounts/account-1/customer-managed-keys';

const configuration = {
  use_cases: ['MANAGED_SERVICES', 'STORAGE'],
  customer_managed_key_id: 'cmk-1',
  creation_time: 1586447506984,
  account_id: 'account-1',
  aws_key_info: {
    key_arn: ARN,
    key_alias: 'my-example-key',
    reuse_key_for_cluster_volumes: true,
    key_region: 'us-west-2',
  },
};
const managedServices = {
  ...configuration,
  use_cases: ['MANAGED_SERVICES'],
  aws_key_info: { key_arn: ARN, key_region: 'us-west-2' },
};

const open: Bench[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const registryOf = async (answerer: Answerer) => {
  const bench = await startBench(answerer);
  open.push(bench);
  return { ...bench, registry: new AccountKeyRegistry(bench.http, 'account-1') };
};

describe('list', () => {
  test.each([
    ['a bare list', [configuration]],
    ['a list in an object', { customer_managed_keys: [configuration] }],
  ])('reads %s', async (_form, answer) => {
    const { registry, server } = await registryOf(json(200, answer));
    expect(await registry.list()).toEqual([
      {
        id: 'cmk-1',
        keyArn: ARN,
        keyAlias: 'my-example-key',
        useCases: ['MANAGED_SERVICES', 'STORAGE'],
        reuseKeyForClusterVolumes: true,
        createdAt: 1586447506984,
      },
    ]);
    expect(server.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([`GET ${PATH}`]);
  });

  test.each([
    ['an empty list', []],
    ['an object that leaves the list out', {}],
  ])('reads %s as none', async (_form, answer) => {
    const { registry } = await registryOf(json(200, answer));
    expect(await registry.list()).toEqual([]);
  });

  test.each([
    ['STORAGE with the flag left out', ['STORAGE'], undefined, true],
    ['STORAGE with true', ['STORAGE'], true, true],
    ['STORAGE with false', ['STORAGE'], false, false],
    ['managed services alone', ['MANAGED_SERVICES'], undefined, false],
    ['managed services alone with true', ['MANAGED_SERVICES'], true, false],
  ])('tells the effective volume flag: %s', async (_what, useCases, flag, effective) => {
    const key = { key_arn: ARN, ...(flag === undefined ? {} : { reuse_key_for_cluster_volumes: flag }) };
    const { registry } = await registryOf(json(200, [{ ...configuration, use_cases: useCases, aws_key_info: key }]));
    expect((await registry.list())[0]?.reuseKeyForClusterVolumes).toBe(effective);
  });

  test('keeps a use case it does not know, so that the configuration counts', async () => {
    const { registry } = await registryOf(json(200, [{ ...configuration, use_cases: ['LATER'] }]));
    expect((await registry.list())[0]?.useCases).toEqual(['LATER']);
  });

  test.each([
    [
      { ...configuration, customer_managed_key_id: undefined },
      'customer_managed_keys[1].customer_managed_key_id: found nothing, wanted an id',
    ],
    [
      { ...configuration, aws_key_info: {} },
      'customer_managed_keys[1].aws_key_info.key_arn: found nothing, wanted text',
    ],
    [{ ...configuration, use_cases: 'STORAGE' }, 'customer_managed_keys[1].use_cases: found text, wanted a list'],
    [
      { ...configuration, creation_time: 'today' },
      'customer_managed_keys[1].creation_time: found text, wanted a whole number',
    ],
  ])('names the field that is missing or wrong (%#)', async (broken, problem) => {
    const { registry } = await registryOf(json(200, [configuration, broken]));
    const failure = await failureOfAct(() => registry.list());
    expect(failure.name).toBe(FAILURE.databricksAnswerUnreadable);
    expect(failure.message).toContain(problem);
  });
});

describe('create', () => {
  const wanted = {
    keyArn: ARN,
    keyAlias: 'alias/a',
    useCases: ['MANAGED_SERVICES', 'STORAGE'],
    reuseKeyForClusterVolumes: false,
  } as const;

  test('sends what is wanted, the flag written out', async () => {
    const { registry, server } = await registryOf(json(201, configuration));
    expect((await registry.create(wanted)).id).toBe('cmk-1');
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({
      use_cases: ['MANAGED_SERVICES', 'STORAGE'],
      aws_key_info: { key_arn: ARN, key_alias: 'alias/a', reuse_key_for_cluster_volumes: false },
    });
  });

  test('sends no flag without STORAGE and no alias without one', async () => {
    const { registry, server } = await registryOf(json(201, managedServices));
    await registry.create({ keyArn: ARN, useCases: ['MANAGED_SERVICES'], reuseKeyForClusterVolumes: true });
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({
      use_cases: ['MANAGED_SERVICES'],
      aws_key_info: { key_arn: ARN },
    });
  });

  test.each([
    ['a broken connection', breakConnection],
    ['a 500', json(500, { error_code: 'INTERNAL_SERVER_ERROR', message: 'x' })],
    ['an answer without an id', json(201, {})],
    ['an empty answer', text(201, '')],
    ['an answer that is a page', text(200, '<html></html>')],
  ])('after %s has an unknown outcome and is not repeated', async (_what, answerer) => {
    const { registry, server } = await registryOf(answerer);
    const failure = await failureOfAct(() => registry.create(wanted));
    expect(failure.name).toBe(FAILURE.databricksOutcomeUnknown);
    expect(server.seen).toHaveLength(1);
  });

  test.each([
    ['409 and a code', json(409, { error_code: 'ALREADY_EXISTS', message: 'no' })],
    ['409 and words', json(409, { message: 'Customer managed key arn already exists' })],
    ['words', json(400, { message: 'MALFORMED_REQUEST: this key configuration already exists' })],
  ])('of one that exists, told by %s, is a conflict', async (_what, answerer) => {
    const { registry } = await registryOf(answerer);
    expect((await failureOfAct(() => registry.create(wanted))).name).toBe(FAILURE.databricksConflict);
  });

  test.each([
    ['nothing', text(409, '')],
    ['{}', json(409, {})],
    ['a page', text(409, '<html>Conflict</html>')],
  ])(
    'that is refused with 409 and %s may be asked for again, and says nothing of what exists',
    async (_what, answerer) => {
      const { registry } = await registryOf(answerer);
      expect(await failureOfAct(() => registry.create(wanted))).toMatchObject({
        name: FAILURE.registrationInProgress,
        message: expect.stringMatching(/customer-managed-keys: 409.*does not say why .*; ask again$/s),
      });
    },
  );

  test('past the limit of the account says so', async () => {
    const { registry } = await registryOf(json(400, { error_code: 'RESOURCE_LIMIT_EXCEEDED', message: 'x' }));
    expect((await failureOfAct(() => registry.create(wanted))).name).toBe(FAILURE.databricksLimitReached);
  });
});

describe('get', () => {
  test('reads one', async () => {
    const { registry, server } = await registryOf(json(200, configuration));
    expect((await registry.get('cmk-1')).keyArn).toBe(ARN);
    expect(server.seen[0]?.path).toBe(`${PATH}/cmk-1`);
  });

  test('of one that does not exist fails with DatabricksNotFound', async () => {
    const { registry } = await registryOf(json(404, { error_code: 'NOT_FOUND', message: 'x' }));
    expect((await failureOfAct(() => registry.get('cmk-1'))).name).toBe(FAILURE.databricksNotFound);
  });
});

describe('delete', () => {
  test.each([
    ['an empty answer', text(200, '')],
    ['an empty object', json(200, {})],
    ['the deleted object', json(200, configuration)],
    ['"gone already"', json(404, { error_code: 'NOT_FOUND', message: 'x' })],
  ])('succeeds with %s', async (_what, answerer) => {
    const { registry, server } = await registryOf(answerer);
    await registry.delete('cmk-1');
    expect(server.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([`DELETE ${PATH}/cmk-1`]);
  });

  test('is repeated after a lost answer, and the 404 then means done', async () => {
    const { registry, server } = await registryOf(inTurn(breakConnection, text(404, '')));
    await registry.delete('cmk-1');
    expect(server.seen).toHaveLength(2);
  });

  test('of one in use is a conflict', async () => {
    const { registry } = await registryOf(text(409, ''));
    expect((await failureOfAct(() => registry.delete('cmk-1'))).name).toBe(FAILURE.databricksConflict);
  });

  test('does not take a wrong account id for "gone already"', async () => {
    const { registry } = await registryOf(json(404, { message: 'Invalid endpoint' }));
    expect((await failureOfAct(() => registry.delete('cmk-1'))).name).toBe(FAILURE.databricksNotFound);
  });
});
