import { afterEach, describe, expect, test } from '@jest/globals';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { AccountCredentials } from '../../lambda/databricks/account-credentials.ts';
import { AccountNetworks } from '../../lambda/databricks/account-networks.ts';
import { AccountPrivateAccess } from '../../lambda/databricks/account-private-access.ts';
import { AccountStorageConfigurations } from '../../lambda/databricks/account-storage-configurations.ts';
import { AccountWorkspaceFactory } from '../../lambda/databricks/account-workspace-factory.ts';
import type { DatabricksHttp } from '../../lambda/databricks/http.ts';
import { type Bench, failureOfAct, startBench } from './client-bench.ts';
import { type Answerer, breakConnection, inTurn, json, stayMute, text } from './scripted-server.ts';

const ACCOUNT = 'account-1';
const ID = '339f16b9-b8a3-4d50-9d1b-7e29e49448c3';

const CREDENTIALS = {
  credentials_id: ID,
  credentials_name: 'one',
  aws_credentials: { sts_role: { role_arn: 'arn:aws:iam::111122223333:role/r' } },
  creation_time: 1579753556257,
};
const STORAGE = {
  storage_configuration_id: ID,
  storage_configuration_name: 'one',
  root_bucket_info: { bucket_name: 'bucket' },
  creation_time: 1579754875555,
};
const NETWORK = {
  network_id: ID,
  network_name: 'one',
  vpc_id: 'vpc-1',
  subnet_ids: ['subnet-1', 'subnet-2'],
  security_group_ids: ['sg-1'],
  vpc_status: 'UNATTACHED',
};
const ACCESS = {
  private_access_settings_id: ID,
  private_access_settings_name: 'one',
  region: 'us-west-2',
  public_access_enabled: true,
};
const WORKSPACE = {
  workspace_id: 1,
  workspace_name: 'one',
  deployment_name: 'one',
  aws_region: 'us-west-2',
  workspace_status: 'PROVISIONING',
};

const credentials = (http: DatabricksHttp) => new AccountCredentials(http, ACCOUNT);
const storage = (http: DatabricksHttp) => new AccountStorageConfigurations(http, ACCOUNT);
const networks = (http: DatabricksHttp) => new AccountNetworks(http, ACCOUNT);
const access = (http: DatabricksHttp) => new AccountPrivateAccess(http, ACCOUNT);
const factory = (http: DatabricksHttp) => new AccountWorkspaceFactory(http, ACCOUNT);

const newNetwork = { name: 'one', vpcId: 'vpc-1', subnetIds: ['subnet-1', 'subnet-2'], securityGroupIds: ['sg-1'] };

/** Segment, wrapper of a list, how it is called in messages, wire form, reader. */
const READ = [
  ['credentials', 'credentials', 'credentials_id', CREDENTIALS, credentials],
  ['storage-configurations', 'storage_configurations', 'storage_configuration_id', STORAGE, storage],
  ['networks', 'networks', 'network_id', NETWORK, networks],
  ['private-access-settings', 'private_access_settings', 'private_access_settings_id', ACCESS, access],
] as const;

const CREATED = [
  ['credentials', CREDENTIALS, (http: DatabricksHttp) => credentials(http).create({ name: 'one', roleArn: 'r' })],
  [
    'storage-configurations',
    STORAGE,
    (http: DatabricksHttp) => storage(http).create({ name: 'one', bucket: 'bucket' }),
  ],
  ['networks', NETWORK, (http: DatabricksHttp) => networks(http).create(newNetwork)],
  ['workspaces', WORKSPACE, (http: DatabricksHttp) => factory(http).create({ name: 'one', region: 'us-west-2' })],
] as const;

const DELETED = [
  ['credentials', CREDENTIALS, credentials],
  ['storage-configurations', STORAGE, storage],
  ['networks', NETWORK, networks],
  ['workspaces', WORKSPACE, factory],
] as const;

const open: Bench[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const serve = async (answerer: Answerer, options: Parameters<typeof startBench>[1] = {}) => {
  const bench = await startBench(answerer, options);
  open.push(bench);
  const calls = () => bench.server.seen.map(({ method, path }) => `${method} ${path}`);
  return { ...bench, calls };
};

describe.each(READ)('%s are listed and read', (segment, list, id, wire, reader) => {
  const path = `/api/2.0/accounts/${ACCOUNT}/${segment}`;

  test.each([
    ['a bare list', [wire]],
    ['a list in an object', { [list]: [wire] }],
    ['a list in an object with more in it', { [list]: [wire], other: ['x'], total: 1 }],
    ['fields that are not known', [{ ...wire, added_later: { deep: [1] } }]],
  ])('from %s', async (_form, answer) => {
    const { http, calls } = await serve(json(200, answer));
    expect(await reader(http).list()).toEqual([expect.objectContaining({ id: ID, name: 'one' })]);
    expect(calls()).toEqual([`GET ${path}`]);
  });

  test.each([
    ['an empty list', []],
    ['an object that leaves the list out', {}],
    ['null for the list', { [list]: null }],
  ])('as none from %s', async (_form, answer) => {
    const { http } = await serve(json(200, answer));
    expect(await reader(http).list()).toEqual([]);
  });

  test('but not as none from a list of another name', async () => {
    const { http } = await serve(json(200, { somethingElse: [wire] }));
    const failure = await failureOfAct(() => reader(http).list());
    expect(failure.name).toBe(FAILURE.databricksAnswerUnreadable);
    expect(failure.message).toContain(`${list}.${list}: found nothing, wanted a list`);
  });

  test('with the place of what is missing', async () => {
    const { http } = await serve(json(200, [wire, { ...wire, [id]: undefined }]));
    const failure = await failureOfAct(() => reader(http).list());
    expect(failure.name).toBe(FAILURE.databricksAnswerUnreadable);
    expect(failure.message).toContain(`${list}[1].${id}: found nothing, wanted an id`);
  });

  test('one by one', async () => {
    const { http, calls } = await serve(json(200, wire));
    expect(await reader(http).get(ID)).toMatchObject({ id: ID, name: 'one' });
    expect(calls()).toEqual([`GET ${path}/${ID}`]);
  });

  test.each([
    ['nothing', text(404, '')],
    ['a code', json(404, { error_code: 'NOT_FOUND', message: 'x' })],
    ['a code in the message', json(404, { message: 'RESOURCE_DOES_NOT_EXIST: gone' })],
  ])('as missing where Databricks answers 404 and %s', async (_form, answerer) => {
    const { http } = await serve(answerer);
    const failure = await failureOfAct(() => reader(http).get(ID));
    expect(failure.name).toBe(FAILURE.configurationNotFound);
    expect(failure.message).toContain(`'${ID}'); it was deleted`);
  });

  test('not as missing where the path is wrong', async () => {
    const { http } = await serve(json(404, { message: 'Invalid endpoint' }));
    expect((await failureOfAct(() => reader(http).get(ID))).name).toBe(FAILURE.databricksNotFound);
  });

  test.each(['../../workspaces', 'a/b', 'a?b=c#d', 'a%2Fb', 'ä b', `${ACCOUNT}/${ID}`])(
    'by the id %j as one segment of the path',
    async (odd) => {
      const { http, server } = await serve(json(200, wire));
      await reader(http).get(odd);
      expect(server.seen[0]?.path).toBe(`${path}/${encodeURIComponent(odd)}`);
      expect([...(server.seen[0]?.query ?? [])]).toEqual([]);
    },
  );

  test.each(['', '.', '..'])('never by the id %j', async (odd) => {
    const { http, server } = await serve(json(200, wire));
    expect((await failureOfAct(() => reader(http).get(odd))).name).toBe(FAILURE.inputInvalid);
    expect(server.seen).toHaveLength(0);
  });
});

describe.each(CREATED)('%s are created', (segment, wire, create) => {
  test.each([200, 201, 202])('with %i', async (status) => {
    const { http, calls } = await serve(json(status, wire));
    expect((await create(http)).name).toBe('one');
    expect(calls()).toEqual([`POST /api/2.0/accounts/${ACCOUNT}/${segment}`]);
  });

  test.each<[string, Answerer]>([
    ['a broken connection', breakConnection],
    ['a server that stays mute', stayMute],
    ['500', text(500, '')],
    ['502', text(502, '<html></html>')],
    ['504', text(504, '')],
    ['an empty answer', text(201, '')],
    ['an answer without an id', json(201, {})],
    ['an answer that is a list', json(201, [wire])],
    ['a sign-in page', text(200, '<html></html>')],
    ['half an answer', text(201, '{"')],
  ])('once, with an unknown outcome after %s', async (_what, answerer) => {
    const { http, server } = await serve(answerer, { requestTimeoutMs: 200 });
    expect((await failureOfAct(() => create(http))).name).toBe(FAILURE.databricksOutcomeUnknown);
    expect(server.seen).toHaveLength(1);
  });

  test('again after an answer that says that nothing happened', async () => {
    const { http, server } = await serve(inTurn(text(429, ''), text(503, ''), json(201, wire)));
    expect((await create(http)).name).toBe('one');
    expect(server.seen).toHaveLength(3);
  });

  test('not without the right', async () => {
    const { http } = await serve(json(403, { error_code: 'PERMISSION_DENIED', message: 'x already exists' }));
    const failure = await failureOfAct(() => create(http));
    expect(failure.name).toBe(FAILURE.databricksPermissionDenied);
    expect(failure.message).toContain('account admin role');
  });
});

describe.each(DELETED)('%s are deleted', (segment, wire, remover) => {
  const path = `/api/2.0/accounts/${ACCOUNT}/${segment}`;

  test.each<[string, Answerer]>([
    ['nothing', text(200, '')],
    ['204', text(204, '')],
    ['an empty object', json(200, {})],
    ['the deleted object', json(200, wire)],
    ['"accepted"', json(202, { ...wire, vpc_status: 'UNATTACHED' })],
    ['"gone already"', json(404, { error_code: 'NOT_FOUND', message: 'x' })],
    ['404 and nothing', text(404, '')],
  ])('with %s for an answer', async (_what, answerer) => {
    const { http, calls } = await serve(answerer);
    await remover(http).delete(ID);
    expect(calls()).toEqual([`DELETE ${path}/${ID}`]);
  });

  test('again after a lost answer, and the 404 then means done', async () => {
    const { http, server } = await serve(inTurn(breakConnection, text(500, ''), text(404, '')));
    await remover(http).delete(ID);
    expect(server.seen).toHaveLength(3);
  });

  test('not where the account id is wrong', async () => {
    const { http } = await serve(json(404, { message: 'Invalid endpoint' }));
    expect((await failureOfAct(() => remover(http).delete(ID))).name).toBe(FAILURE.databricksNotFound);
  });

  test.each(['../../workspaces/1', 'a/b', `?force=true`])('by the id %j as one segment', async (odd) => {
    const { http, server } = await serve(text(200, ''));
    await remover(http).delete(odd);
    expect(server.seen[0]?.path).toBe(`${path}/${encodeURIComponent(odd)}`);
    expect([...(server.seen[0]?.query ?? [])]).toEqual([]);
  });
});
