import { afterEach, expect, test } from '@jest/globals';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { AccountNetworks } from '../../lambda/databricks/account-networks.ts';
import { type Bench, failureOfAct, startBench } from './client-bench.ts';
import { type Answerer, inTurn, json, text } from './scripted-server.ts';

const open: Bench[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const serve = async (answerer: Answerer) => {
  const bench = await startBench(answerer);
  open.push(bench);
  return { ...bench, networks: new AccountNetworks(bench.http, 'account-1') };
};

/** As Databricks sends it: the workspace's id is a bare int64. */
const WIRE = `{
  "network_id": "net-1", "network_name": "main", "vpc_id": "vpc-1", "account_id": "account-1",
  "subnet_ids": ["subnet-1", "subnet-2"], "security_group_ids": ["sg-1"], "creation_time": 1579767389544,
  "workspace_id": 9007199254740993, "vpc_status": "BROKEN",
  "vpc_endpoints": {"rest_api": ["vpce-r"], "dataplane_relay": ["vpce-d"]},
  "error_messages": [{"error_type": "subnet", "error_message": "subnet-1 has no route"}],
  "warning_messages": [{"warning_type": "securityGroup", "warning_message": "sg-1 is open"}]}`;

const network = {
  id: 'net-1',
  name: 'main',
  vpcId: 'vpc-1',
  subnetIds: ['subnet-1', 'subnet-2'],
  securityGroupIds: ['sg-1'],
  vpcEndpoints: { restApi: ['vpce-r'], dataplaneRelay: ['vpce-d'] },
  workspaceId: '9007199254740993',
  status: 'BROKEN',
  errors: [{ type: 'subnet', message: 'subnet-1 has no route' }],
  warnings: [{ type: 'securityGroup', message: 'sg-1 is open' }],
};

const wireWith = (change: object): Answerer => json(200, { ...JSON.parse(WIRE), workspace_id: 1, ...change });

test('a network is read whole, with what Databricks found wrong with it', async () => {
  const { networks } = await serve(text(200, WIRE));
  expect(await networks.get('net-1')).toEqual(network);
});

test('an id past what a JavaScript number holds stays whole in a list too', async () => {
  const { networks } = await serve(text(200, `[${WIRE.replace('9007199254740993', '9223372036854775807')}]`));
  expect((await networks.list())[0]?.workspaceId).toBe('9223372036854775807');
});

test.each([
  ['no id', undefined],
  ['null', null],
  ['0', 0],
  ['an empty id', ''],
])('a network with %s for its workspace is used by none', async (_what, id) => {
  const { networks } = await serve(wireWith({ workspace_id: id }));
  expect(await networks.get('net-1')).not.toHaveProperty('workspaceId');
});

test.each([
  ['left out', undefined],
  ['null', null],
  ['an empty object', {}],
  ['two empty lists', { rest_api: [], dataplane_relay: [] }],
])('a network with %s for its endpoints has none', async (_what, endpoints) => {
  const { networks } = await serve(wireWith({ vpc_endpoints: endpoints }));
  expect(await networks.get('net-1')).not.toHaveProperty('vpcEndpoints');
});

test('a network may have endpoints of one kind', async () => {
  const { networks } = await serve(wireWith({ vpc_endpoints: { rest_api: ['vpce-r'] } }));
  expect((await networks.get('net-1')).vpcEndpoints).toEqual({ restApi: ['vpce-r'], dataplaneRelay: [] });
});

test.each([undefined, null, []])('a network with %j for its findings has none', async (none) => {
  const { networks } = await serve(wireWith({ error_messages: none, warning_messages: none }));
  expect(await networks.get('net-1')).toMatchObject({ errors: [], warnings: [] });
});

test('a status that is not known is kept', async () => {
  const { networks } = await serve(wireWith({ vpc_status: 'LATER' }));
  expect((await networks.get('net-1')).status).toBe('LATER');
});

test.each([
  [{ vpc_id: undefined }, 'network.vpc_id: found nothing, wanted text'],
  [{ vpc_status: undefined }, 'network.vpc_status: found nothing, wanted text'],
  [{ subnet_ids: ['subnet-1', 2] }, 'network.subnet_ids[1]: found a number, wanted text'],
  [{ security_group_ids: 'sg-1' }, 'network.security_group_ids: found text, wanted a list'],
  [{ error_messages: [{ error_type: 'vpc' }] }, 'network.error_messages[0].error_message: found nothing, wanted text'],
  [{ vpc_endpoints: { rest_api: {} } }, 'network.vpc_endpoints.rest_api: found an object, wanted a list'],
])('the field that is missing or wrong is named (%#)', async (change, problem) => {
  const { networks } = await serve(wireWith(change));
  const failure = await failureOfAct(() => networks.get('net-1'));
  expect(failure.name).toBe(FAILURE.databricksAnswerUnreadable);
  expect(failure.message).toContain(problem);
});

const wanted = { name: 'main', vpcId: 'vpc-1', subnetIds: ['subnet-1', 'subnet-2'], securityGroupIds: ['sg-1'] };
const body = {
  network_name: 'main',
  vpc_id: 'vpc-1',
  subnet_ids: ['subnet-1', 'subnet-2'],
  security_group_ids: ['sg-1'],
};

test.each([
  [wanted, body],
  [
    { ...wanted, vpcEndpoints: { restApi: ['vpce-r'], dataplaneRelay: ['vpce-d'] } },
    { ...body, vpc_endpoints: { rest_api: ['vpce-r'], dataplane_relay: ['vpce-d'] } },
  ],
])('a creation sends what is wanted and no more (%#)', async (given, sent) => {
  const { networks, server } = await serve(text(201, WIRE));
  await networks.create(given);
  expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual(sent);
});

test('a deletion is carried out later: the network shows until it is not found', async () => {
  const { networks } = await serve(inTurn(json(200, {}), text(200, WIRE), text(404, '')));
  await networks.delete('net-1');
  expect((await networks.get('net-1')).id).toBe('net-1');
  expect((await failureOfAct(() => networks.get('net-1'))).name).toBe(FAILURE.configurationNotFound);
});
