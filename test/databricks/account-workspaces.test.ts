import { afterEach, describe, expect, test } from '@jest/globals';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { AccountWorkspaces } from '../../lambda/databricks/account-workspaces.ts';
import { type Bench, failureOfAct, startBench } from './client-bench.ts';
import { type Answerer, breakConnection, json, text } from './scripted-server.ts';

const PATH = '/api/2.0/accounts/account-1/workspaces';

/** As Databricks sends it: the id is a bare int64. */
const WIRE = `{
  "workspace_id": 9007199254740993, "workspace_name": "prod", "deployment_name": "acme-prod", "aws_region": "us-west-2",
  "account_id": "account-1", "workspace_status": "RUNNING", "workspace_status_message": "Workspace is running.",
  "credentials_id": "cred-1", "storage_configuration_id": "s-1", "network_id": "n-1",
  "managed_services_customer_managed_key_id": "cmk-1", "creation_time": 1586447506984, "pricing_tier": "ENTERPRISE"}`;

const workspace = {
  id: '9007199254740993',
  name: 'prod',
  deploymentName: 'acme-prod',
  region: 'us-west-2',
  status: 'RUNNING',
  statusMessage: 'Workspace is running.',
  managedServicesKeyId: 'cmk-1',
  credentialsId: 'cred-1',
  networkId: 'n-1',
  storageConfigurationId: 's-1',
  pricingTier: 'ENTERPRISE',
};

const open: Bench[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const directoryOf = async (answerer: Answerer) => {
  const bench = await startBench(answerer);
  open.push(bench);
  return { ...bench, workspaces: new AccountWorkspaces(bench.http, 'account-1') };
};

describe('list', () => {
  test.each([
    ['a bare list', `[${WIRE}]`],
    ['a list in an object', `{"workspaces":[${WIRE}]}`],
  ])('reads %s and keeps ids whole', async (_form, body) => {
    const { workspaces } = await directoryOf(text(200, body));
    expect(await workspaces.list()).toEqual([workspace]);
  });

  test('takes an empty key id for none', async () => {
    const body = WIRE.replace('"cmk-1"', '""');
    const { workspaces } = await directoryOf(text(200, `[${body}]`));
    const { managedServicesKeyId: _without, ...others } = workspace;
    expect(await workspaces.list()).toEqual([others]);
  });

  test('names the place of a field that is missing', async () => {
    const broken = WIRE.replace('"workspace_id": 9007199254740993,', '');
    const { workspaces } = await directoryOf(text(200, `[${WIRE},${WIRE},${WIRE},${broken}]`));
    const failure = await failureOfAct(() => workspaces.list());
    expect(failure.name).toBe(FAILURE.databricksAnswerUnreadable);
    expect(failure.message).toContain('workspaces[3].workspace_id: found nothing, wanted an id');
  });
});

describe('get', () => {
  test('asks by the whole id', async () => {
    const { workspaces, server } = await directoryOf(text(200, WIRE));
    expect(await workspaces.get('9007199254740993')).toEqual(workspace);
    expect(server.seen[0]?.path).toBe(`${PATH}/9007199254740993`);
  });

  test('of one that does not exist is WorkspaceNotFound', async () => {
    const { workspaces } = await directoryOf(json(404, { error_code: 'NOT_FOUND', message: 'x' }));
    const failure = await failureOfAct(() => workspaces.get('12'));
    expect(failure.name).toBe(FAILURE.workspaceNotFound);
    expect(failure.message).toContain('workspace 12 does not exist');
  });

  test('with a wrong account id is not WorkspaceNotFound', async () => {
    const { workspaces } = await directoryOf(json(404, { message: 'Invalid endpoint' }));
    const failure = await failureOfAct(() => workspaces.get('12'));
    expect(failure.name).toBe(FAILURE.databricksNotFound);
    expect(failure.message).toContain('check account id');
  });
});

describe('patch', () => {
  test.each([
    [
      { managedServicesKeyId: 'cmk-2' },
      { managed_services_customer_managed_key_id: 'cmk-2' },
      'managed_services_customer_managed_key_id',
    ],
    [{ storageKeyId: 'cmk-3' }, { storage_customer_managed_key_id: 'cmk-3' }, 'storage_customer_managed_key_id'],
    [
      { storageKeyId: 'cmk-3', managedServicesKeyId: 'cmk-2' },
      { managed_services_customer_managed_key_id: 'cmk-2', storage_customer_managed_key_id: 'cmk-3' },
      'managed_services_customer_managed_key_id,storage_customer_managed_key_id',
    ],
    [
      { credentialsId: 'cred-2', networkId: 'n-2', storageConfigurationId: 's-2' },
      { credentials_id: 'cred-2', network_id: 'n-2', storage_configuration_id: 's-2' },
      'credentials_id,network_id,storage_configuration_id',
    ],
  ])('sends only the given fields and their sorted mask (%#)', async (fields, body, mask) => {
    const { workspaces, server } = await directoryOf(text(200, WIRE));
    await workspaces.patch('12', fields);
    const [seen] = server.seen;
    expect(`${seen?.method} ${seen?.path}`).toBe(`PATCH ${PATH}/12`);
    expect(JSON.parse(seen?.body ?? '')).toEqual(body);
    expect(seen?.query.get('update_mask')).toBe(mask);
  });

  test.each([
    ['nothing', text(200, '')],
    ['an empty object', json(200, {})],
    ['202', text(202, '')],
  ])('succeeds with %s for an answer', async (_what, answerer) => {
    const { workspaces, server } = await directoryOf(answerer);
    await workspaces.patch('12', { managedServicesKeyId: 'cmk-2' });
    expect(server.seen).toHaveLength(1);
  });

  test('without fields sends nothing', async () => {
    const { workspaces, server } = await directoryOf(text(500, ''));
    await workspaces.patch('12', {});
    expect(server.seen).toHaveLength(0);
  });

  test.each<[string, Answerer, string]>([
    [
      'compute runs',
      json(400, { message: 'INVALID_STATE: Terminate all running clusters first' }),
      FAILURE.computeRunning,
    ],
    ['409', text(409, ''), FAILURE.workspaceBusy],
    ['509', text(509, ''), FAILURE.workspaceBusy],
    ['404', text(404, ''), FAILURE.workspaceNotFound],
    ['403', text(403, ''), FAILURE.databricksPermissionDenied],
    [
      'an unknown key',
      json(400, { message: 'MALFORMED_REQUEST: Invalid customerManagedKeyId: x' }),
      FAILURE.databricksRefused,
    ],
    ['500', text(500, ''), FAILURE.databricksOutcomeUnknown],
    ['a broken connection', breakConnection, FAILURE.databricksOutcomeUnknown],
  ])('refused with %s is not repeated', async (_what, answerer, name) => {
    const { workspaces, server } = await directoryOf(answerer);
    const failure = await failureOfAct(() => workspaces.patch('12', { managedServicesKeyId: 'cmk-2' }));
    expect(failure.name).toBe(name);
    expect(server.seen).toHaveLength(1);
  });

  test('keeps what Databricks said', async () => {
    const { workspaces } = await directoryOf(json(409, { error_code: 'CONFLICT', message: 'clusters are running' }));
    const failure = await failureOfAct(() => workspaces.patch('12', { managedServicesKeyId: 'cmk-2' }));
    expect(failure.message).toContain('workspace 12: PATCH ');
    expect(failure.message).toContain('409 CONFLICT "clusters are running"');
    expect(failure.cause).toMatchObject({ name: FAILURE.databricksConflict, status: 409 });
  });
});
