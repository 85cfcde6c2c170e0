import { describe, expect, test } from '@jest/globals';
import type { CreationPlan } from '../../../local/databricks/creation-plans.ts';
import type { UseCase } from '../../../local/databricks/seed.ts';
import { IN_NETWORK, runCreation, WORKSPACE } from './provisioning.ts';
import { field, KEY_1, MINUTE, SECOND } from './running-simulator.ts';

const MANAGED_KEY = 'managed_services_customer_managed_key_id';
const PROVISIONING = 'PROVISIONING: Workspace resources are being set up.';
const RUNNING = 'RUNNING: Workspace is running.';
const BROKEN_SUBNET = [{ error_type: 'subnet', error_message: 'The subnets are in one availability zone' }] as const;
const ADDRESSES = 'FAILED: The maximum number of addresses has been reached.';

describe('the course of a creation', () => {
  test('goes over PROVISIONING to RUNNING', async () => {
    const { seen, pass } = await runCreation();

    const atOnce = await seen();
    pass(5 * MINUTE - SECOND);
    const before = await seen();
    pass(SECOND);

    expect([atOnce, before, await seen()]).toEqual([PROVISIONING, PROVISIONING, RUNNING]);
  });

  test('begins with NOT_PROVISIONED when it is told to', async () => {
    const options = { switches: { timings: { notProvisionedMs: MINUTE, creationMs: MINUTE } } };
    const { seen, pass, created } = await runCreation(IN_NETWORK, undefined, options);

    const atOnce = await seen();
    pass(MINUTE);
    const then = await seen();
    pass(MINUTE);

    const first = 'NOT_PROVISIONED: Workspace has not yet begun provisioning.';
    expect(field(created, 'workspace_status')).toBe('NOT_PROVISIONED');
    expect([atOnce, then, await seen()]).toEqual([first, PROVISIONING, RUNNING]);
  });

  test('refuses an update before it has ended', async () => {
    const { account, path } = await runCreation();

    expect((await account('PATCH', path, { [MANAGED_KEY]: 'cmk-1' })).status).toBe(409);
  });

  test.each<readonly [CreationPlan, string]>([
    [{ ends: 'FAILED', message: 'The bucket does not exist' }, 'FAILED: The bucket does not exist'],
    [{ ends: 'FAILED' }, 'FAILED: Workspace setup failed.'],
    [{ errors: BROKEN_SUBNET }, 'FAILED: Network network-1 failed its validation: subnet'],
    [{ errors: BROKEN_SUBNET, message: 'Look at the network' }, 'FAILED: Look at the network'],
    [{ ends: 'BANNED' }, 'BANNED: Workspace is banned.'],
    [{ ends: 'CANCELLING' }, 'CANCELLING: Workspace is being cancelled.'],
    [{ workspaceName: 'my-company-example', ends: 'BANNED' }, 'BANNED: Workspace is banned.'],
    [{ workspaceName: 'another', ends: 'BANNED' }, RUNNING],
  ])('ends by the plan %j', async (plan, end) => {
    const { seen, pass } = await runCreation(IN_NETWORK, plan);

    const atOnce = await seen();
    pass(5 * MINUTE);

    expect([atOnce, await seen()]).toEqual([PROVISIONING, end]);
  });

  test('uses up a plan, unless it is for several, and forgets plans on demand', async () => {
    const { account, control, simulator, pass } = await runCreation(WORKSPACE, { ends: 'FAILED', times: 2 });
    await account('POST', '/workspaces', WORKSPACE);
    await account('POST', '/workspaces', WORKSPACE);
    await control('POST', '/creations', { ends: 'BANNED' });
    await control('POST', '/clear-creations');
    await account('POST', '/workspaces', WORKSPACE);

    pass(5 * MINUTE);

    const statuses = simulator.control.state().workspaces.map(({ status }) => status);
    expect(statuses).toEqual(['FAILED', 'FAILED', 'RUNNING', 'RUNNING']);
  });

  test('asks whether each key can be used, and fails with the reason when it cannot', async () => {
    const asked: [string, UseCase][] = [];
    const canUseKey = async (keyArn: string, useCase: UseCase) => {
      asked.push([keyArn, useCase]);
      return 'the key policy says no';
    };
    const { seen, pass, created } = await runCreation({ ...WORKSPACE, [MANAGED_KEY]: 'cmk-1' }, undefined, {
      canUseKey,
    });

    pass(5 * MINUTE);

    expect(created.status).toBe(201);
    expect(asked).toEqual([[KEY_1, 'MANAGED_SERVICES']]);
    expect(await seen()).toBe('FAILED: the key policy says no');
  });

  test('fails for want of addresses only where Databricks creates the VPC', async () => {
    const switches = { addressesUsedUp: true };
    const managed = await runCreation(WORKSPACE, undefined, { switches });
    const customer = await runCreation(IN_NETWORK, undefined, { switches });

    managed.pass(5 * MINUTE);
    customer.pass(5 * MINUTE);

    expect([await managed.seen(), await customer.seen()]).toEqual([ADDRESSES, RUNNING]);
  });
});

describe('the update of a workspace whose creation failed', () => {
  test.each<readonly [string, CreationPlan, object, string]>([
    ['another network', { errors: BROKEN_SUBNET }, { network_id: 'network-2' }, 'RUNNING'],
    ['the same broken network', { errors: BROKEN_SUBNET }, { network_id: 'network-1' }, 'FAILED'],
    ['only other credentials', { errors: BROKEN_SUBNET }, { credentials_id: 'credentials-2' }, 'FAILED'],
    [
      'the credentials that were at fault',
      { errors: [{ error_type: 'credentials', error_message: 'x' }] },
      { credentials_id: 'credentials-2' },
      'RUNNING',
    ],
    [
      'the same again, when it failed for once',
      { ends: 'FAILED' },
      { storage_configuration_id: 'storage-1' },
      'RUNNING',
    ],
  ])('with %s', async (_what, plan, body, status) => {
    const { account, pass, path } = await runCreation(IN_NETWORK, plan);
    pass(5 * MINUTE);

    const accepted = await account('PATCH', path, body);
    pass(10 * MINUTE);

    expect(accepted.body).toMatchObject({ ...body, workspace_status: 'PROVISIONING' });
    expect(field(await account('GET', path), 'workspace_status')).toBe(status);
  });

  test('succeeds with the same network once that is repaired', async () => {
    const { account, control, pass, path, seen } = await runCreation(IN_NETWORK, { errors: BROKEN_SUBNET });
    pass(5 * MINUTE);

    await control('POST', '/networks/network-1', {});
    await account('PATCH', path, { network_id: 'network-1' });
    pass(10 * MINUTE);

    expect(await seen()).toBe(RUNNING);
  });

  test('brings it into a network of the customer when there are no addresses', async () => {
    const { account, pass, path, seen } = await runCreation(WORKSPACE, undefined, {
      switches: { addressesUsedUp: true },
    });
    pass(5 * MINUTE);
    await account('PATCH', path, { credentials_id: 'credentials-2' });
    pass(10 * MINUTE);
    const stillNone = await seen();

    await account('PATCH', path, { network_id: 'network-1' });
    pass(10 * MINUTE);

    expect([stillNone, await seen()]).toEqual([ADDRESSES, RUNNING]);
  });

  test('asks again for a key that it does not change', async () => {
    const canUseKey = async (keyArn: string) => keyArn !== KEY_1;
    const body = { ...WORKSPACE, [MANAGED_KEY]: 'cmk-1' };
    const { account, pass, path, seen } = await runCreation(body, undefined, { canUseKey });
    pass(5 * MINUTE);
    await account('PATCH', path, { credentials_id: 'credentials-2' });
    pass(10 * MINUTE);
    const sameKey = await seen();

    await account('PATCH', path, { [MANAGED_KEY]: 'cmk-managed' });
    pass(10 * MINUTE);

    expect([sameKey, await seen()]).toEqual([`FAILED: Databricks cannot use ${KEY_1} for MANAGED_SERVICES`, RUNNING]);
  });

  test('refuses a network that another workspace is in', async () => {
    const { account, pass, path } = await runCreation(IN_NETWORK, { ends: 'FAILED' });
    await account('POST', '/workspaces', { ...WORKSPACE, network_id: 'network-2' });
    pass(5 * MINUTE);

    const reply = await account('PATCH', path, { network_id: 'network-2' });

    expect(reply.status).toBe(400);
    expect(field(reply, 'message')).toContain('is being used by active workspace');
  });
});
