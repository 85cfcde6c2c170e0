import { afterEach, describe, expect, test } from '@jest/globals';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { AccountWorkspaceFactory } from '../../lambda/databricks/account-workspace-factory.ts';
import { AccountWorkspaces } from '../../lambda/databricks/account-workspaces.ts';
import { type Bench, failureOfAct, startBench } from './client-bench.ts';
import { type Answerer, breakConnection, inTurn, json, text } from './scripted-server.ts';

/** As Databricks sends it: the id is a bare int64. */
const WIRE = `{
  "workspace_id": 9223372036854775807, "workspace_name": "prod", "deployment_name": "acme-prod",
  "aws_region": "us-west-2", "workspace_status": "PROVISIONING", "network_id": "", "compute_mode": "HYBRID"}`;

const open: Bench[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const factoryOf = async (answerer: Answerer) => {
  const bench = await startBench(answerer);
  open.push(bench);
  return {
    ...bench,
    factory: new AccountWorkspaceFactory(bench.http, 'account-1'),
    directory: new AccountWorkspaces(bench.http, 'account-1'),
  };
};

describe('a creation', () => {
  test('answers the whole id, and the deployment name that the account prefix made', async () => {
    const { factory } = await factoryOf(text(201, WIRE));
    expect(await factory.create({ name: 'prod', region: 'us-west-2', deploymentName: 'prod' })).toEqual({
      id: '9223372036854775807',
      name: 'prod',
      deploymentName: 'acme-prod',
      region: 'us-west-2',
      status: 'PROVISIONING',
    });
  });

  test('may ask for the account prefix alone', async () => {
    const { factory, server } = await factoryOf(text(201, WIRE.replace('acme-prod', 'acme')));
    const created = await factory.create({ name: 'prod', region: 'us-west-2', deploymentName: 'EMPTY' });
    expect(JSON.parse(server.seen[0]?.body ?? '')).toMatchObject({ deployment_name: 'EMPTY' });
    expect(created.deploymentName).toBe('acme');
  });

  test.each([
    [{}, {}],
    [{ pricingTier: 'PREMIUM' }, { pricing_tier: 'PREMIUM' }],
    [{ customTags: {} }, { custom_tags: {} }],
    [{ privateAccessSettingsId: 'pas-1' }, { private_access_settings_id: 'pas-1' }],
    [
      { credentialsId: 'c-1', storageConfigurationId: 's-1' },
      { credentials_id: 'c-1', storage_configuration_id: 's-1' },
    ],
  ])('sends what is given and nothing else (%#)', async (given, sent) => {
    const { factory, server } = await factoryOf(text(201, WIRE));
    await factory.create({ name: 'prod', region: 'us-west-2', ...given });
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({
      workspace_name: 'prod',
      aws_region: 'us-west-2',
      ...sent,
    });
  });

  test('of which the answer was lost can be taken over by its name', async () => {
    const { factory, directory } = await factoryOf(inTurn(breakConnection, text(200, `[${WIRE}]`)));
    const failure = await failureOfAct(() => factory.create({ name: 'prod', region: 'us-west-2' }));
    expect(failure.name).toBe(FAILURE.databricksOutcomeUnknown);
    expect((await directory.list()).find(({ name }) => name === 'prod')?.id).toBe('9223372036854775807');
  });

  test.each([
    ['workspace_id', 'wanted an id'],
    ['workspace_name', 'wanted text'],
    ['deployment_name', 'wanted text'],
    ['aws_region', 'wanted text'],
    ['workspace_status', 'wanted text'],
  ])('whose answer lacks %s may have happened, and names the field', async (name, problem) => {
    const { factory } = await factoryOf(text(201, WIRE.replace(`"${name}"`, '"x"')));
    const failure = await failureOfAct(() => factory.create({ name: 'prod', region: 'us-west-2' }));
    expect(failure.name).toBe(FAILURE.databricksOutcomeUnknown);
    expect(failure.message).toContain("workspace 'prod' may have been created");
    expect(failure.message).toContain(`workspace.${name}: found nothing, ${problem}`);
  });
});

describe('a deletion', () => {
  test('is carried out later: the workspace shows until it is not found', async () => {
    const cancelling = WIRE.replace('PROVISIONING', 'CANCELLED');
    const { factory, directory, server } = await factoryOf(inTurn(text(200, ''), text(200, cancelling), text(404, '')));
    await factory.delete('9223372036854775807');
    expect((await directory.get('9223372036854775807')).status).toBe('CANCELLED');
    const failure = await failureOfAct(() => directory.get('9223372036854775807'));
    expect(failure.name).toBe(FAILURE.workspaceNotFound);
    const path = '/api/2.0/accounts/account-1/workspaces/9223372036854775807';
    expect(server.seen.map((one) => `${one.method} ${one.path}`)).toEqual([
      `DELETE ${path}`,
      `GET ${path}`,
      `GET ${path}`,
    ]);
  });

  test.each<[string, Answerer]>([
    ['409 and nothing', text(409, '')],
    ['409 and a code', json(409, { error_code: 'RESOURCE_CONFLICT', message: 'x' })],
    ['INVALID_STATE', json(400, { message: 'INVALID_STATE: Workspace 12 is CANCELLING' })],
  ])('refused with %s finds the workspace busy', async (_what, answerer) => {
    const { factory } = await factoryOf(answerer);
    const failure = await failureOfAct(() => factory.delete('12'));
    expect(failure.name).toBe(FAILURE.workspaceBusy);
    expect(failure.message).toContain("(workspace '12'); look at its status");
  });

  test('without the right says which', async () => {
    const { factory } = await factoryOf(text(403, ''));
    expect((await failureOfAct(() => factory.delete('12'))).message).toContain('account admin role');
  });
});
