import { afterEach, expect, test } from '@jest/globals';
import { AccountPrivateAccess } from '../../lambda/databricks/account-private-access.ts';
import { type Bench, startBench } from './client-bench.ts';
import { json } from './scripted-server.ts';

const open: Bench[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const accessThatAnswers = async (wire: object) => {
  const bench = await startBench(json(200, wire));
  open.push(bench);
  return new AccountPrivateAccess(bench.http, 'account-1');
};

test.each([
  [
    { public_access_enabled: true, private_access_level: 'ENDPOINT', allowed_vpc_endpoint_ids: ['vpce-1'] },
    { publicAccessEnabled: true, accessLevel: 'ENDPOINT', allowedVpcEndpointIds: ['vpce-1'] },
  ],
  [{ public_access_enabled: false }, { publicAccessEnabled: false, allowedVpcEndpointIds: [] }],
  [{}, { publicAccessEnabled: false, allowedVpcEndpointIds: [] }],
])('private access settings are read (%#)', async (wire, read) => {
  const names = { private_access_settings_id: 'pas-1', private_access_settings_name: 'private', region: 'us-west-2' };
  const access = await accessThatAnswers({ ...names, ...wire });
  expect(await access.get('pas-1')).toEqual({ id: 'pas-1', name: 'private', region: 'us-west-2', ...read });
});
