import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { RequestPorts } from '../../lambda/app/request-operation.ts';
import { diagnoseWorkspace, requestRemoval, requestWorkspace } from '../../lambda/app/request-workspace.ts';
import { workspaceLease } from '../../lambda/app/take-lease.ts';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { failureOf, SETUP } from './fake-account.ts';
import { arnOf, FakeExecutions } from './fake-executions.ts';
import { workspace } from './fakes.ts';
import { type ProvisioningStand, provisioningStand } from './provisioning-stand.ts';

const ASKER = { caller: 'arn:aws:iam::111122223333:user/somebody' };
const BODY = { workspaceName: 'prod', credentials: { id: 'c' }, storage: { id: 's' } };
let stand: ProvisioningStand;
let executions: FakeExecutions;
let ports: RequestPorts & ProvisioningStand;
beforeEach(() => {
  stand = provisioningStand(workspace('7', { name: 'prod', networkId: 'net' }), workspace('8', { name: 'bare' }));
  executions = new FakeExecutions(stand.clock);
  const fingerprint = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
  ports = { ...stand, executions, fingerprint };
});

const remove = (id: string, workspaceName: string, network: 'keep' | 'delete' = 'keep') =>
  requestRemoval(id, { workspaceName, network }, ASKER, ports);

describe('asking for a workspace', () => {
  test('starts its provisioning and answers where it stands', async () => {
    const { operation, location } = await requestWorkspace(BODY, ASKER, ports);
    expect(operation).toMatchObject({
      kind: 'workspace-provisioning',
      status: 'RUNNING',
      request: { provision: BODY },
    });
    expect(location).toBe(`/v1/operations/${operation.id}`);
  });

  test('a second time answers the same operation', async () => {
    const first = await requestWorkspace(BODY, ASKER, ports);
    stand.time.pass(30);
    expect((await requestWorkspace(BODY, ASKER, ports)).location).toBe(first.location);
    expect(executions.started).toHaveLength(1);
  });

  test('again after it failed starts another one', async () => {
    await requestWorkspace(BODY, ASKER, ports);
    executions.end('workspace-provisioning', executions.started[0] ?? '', { status: 'FAILED' });
    await requestWorkspace(BODY, ASKER, ports);
    expect(executions.started).toHaveLength(2);
  });

  test('with the key of another request is refused', async () => {
    const asker = { ...ASKER, idempotencyKey: 'mine' };
    await requestWorkspace(BODY, asker, ports);
    const other = await failureOf(requestWorkspace({ ...BODY, storage: { id: 'other' } }, asker, ports));
    expect(other.name).toBe(FAILURE.idempotencyKeyReused);
  });

  test('for its plan alone says so to the state machine', async () => {
    const { operation } = await requestWorkspace({ ...BODY, dryRun: true }, ASKER, ports);
    expect(operation.request).toMatchObject({ provision: BODY, dryRun: true });
  });
});

describe('asking for the removal of a workspace', () => {
  test.each([
    ['7', 'prod', 'keep', null],
    ['7', 'prod', 'delete', 'net'],
    ['8', 'bare', 'delete', null],
  ] as const)('%s, %s, with its network to %s, starts it', async (id, name, network, networkId) => {
    const { operation } = await remove(id, name, network);
    expect(operation).toMatchObject({
      ...{ kind: 'workspace-provisioning', status: 'RUNNING' },
      request: { remove: { workspaceId: id, workspaceName: name, networkId } },
    });
  });

  test('under another name starts nothing and does not tell the real one', async () => {
    const { name, message } = await failureOf(remove('7', 'science'));
    expect([name, message]).toEqual([
      FAILURE.provisioningRefused,
      "workspaceName: found 'science', wanted the name of workspace 7",
    ]);
    expect(executions.started).toEqual([]);
  });

  test('of one that is not there is WorkspaceNotFound', async () => {
    expect((await failureOf(remove('9', 'prod'))).name).toBe(FAILURE.workspaceNotFound);
  });

  test('while another operation works on it names that operation and starts nothing', async () => {
    await stand.leases.take(workspaceLease('7'), arnOf('key-rollout', 'other'), stand.clock() + 60_000);
    await expect(remove('7', 'prod')).rejects.toMatchObject({
      ...{ name: FAILURE.workspaceLeased, operation: 'key-rollout.other' },
    });
    expect(executions.started).toEqual([]);
  });
});

describe('the diagnosis', () => {
  test('has the findings of the network as data and as advice', async () => {
    const errors = [{ type: 'subnet', message: 'no route' }];
    stand.setup.networks.put({ ...SETUP.network, id: 'net', status: 'BROKEN', errors, warnings: [] });
    stand.workspaces.set('7', { status: 'FAILED' });
    const { network, advice, ...rest } = await diagnoseWorkspace('7', ports);
    expect(rest).toEqual({ workspaceId: '7', workspaceName: 'prod', status: 'FAILED' });
    expect(network).toEqual({ id: 'net', name: 'prod-network', status: 'BROKEN', errors, warnings: [] });
    expect(advice.join()).toContain('error with a subnet: no route');
  });

  test.each(['7', '8'])('of workspace %s, whose network is gone or is one of Databricks, has none', async (id) => {
    expect(await diagnoseWorkspace(id, ports)).toMatchObject({ network: null });
  });
});
