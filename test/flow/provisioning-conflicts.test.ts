import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Operation } from '../../lambda/contract/api-answers.ts';
import type { ExecutionEvent } from '../../local/console/story.ts';
import { CROSS_ACCOUNT_ROLE, DEMO_ALIAS } from '../../local/demo/account.ts';
import { AWS_HOME } from '../../local/demo/stage.ts';
import { type ApiClient, apiClient } from './api-client.ts';
import { ONCE, type ProvisioningWorld, startProvisioningWorld, summaryOf } from './provisioning-world.ts';

let world: ProvisioningWorld;
let client: ApiClient;
let onHistory: (event: ExecutionEvent) => void = () => undefined;
beforeAll(async () => {
  world = await startProvisioningWorld({ onHistory: (event) => onHistory(event) });
  client = apiClient(world.apiUrl, AWS_HOME.region);
});
afterAll(async () => {
  client.close();
  await world.close();
});
afterEach(() => {
  onHistory = () => undefined;
});

const idOf = (name: string): string =>
  world.databricks.control.state().workspaces.find((workspace) => workspace.name === name)?.id ?? '';

/** Calls `then` once, when an execution of a machine enters a state. */
const when = (machine: string, state: string, then: () => void): void => {
  onHistory = ({ type, state: entered, executionArn }) => {
    if (!type.endsWith('StateEntered') || entered !== state || !executionArn.toLowerCase().includes(machine)) return;
    onHistory = () => undefined;
    then();
  };
};

describe('two requests for one name at once', () => {
  test('make one workspace: the second waits for the first and finds it', async () => {
    const request = await world.ownRequest('twins');
    const ends = await Promise.all([1, 2].map(() => world.provision({ provision: request })));
    expect(ends.map((ended) => summaryOf(ended))).toEqual([
      expect.objectContaining({ ok: true, status: 'RUNNING' }),
      expect.objectContaining({ ok: true, status: 'RUNNING' }),
    ]);
    expect(ends.filter(({ output }) => (output as { readonly created: boolean }).created)).toHaveLength(1);
    expect(world.made('twins')).toEqual(ONCE);
  });

  test('that want different things make one workspace, and the other is told what differs', async () => {
    const request = await world.ownRequest('rivals');
    const { network: _network, ...without } = request;
    const ends = await Promise.all([request, without].map((provision) => world.provision({ provision })));
    expect(ends.map(({ status }) => status).toSorted()).toEqual(['FAILED', 'SUCCEEDED']);
    expect(ends.find(({ status }) => status === 'FAILED')?.cause).toContain('differs: network is');
    expect(world.made('rivals').workspaces).toEqual(['RUNNING']);
  });
});

describe('a request whose key was rotated, and rolled out, since it was met', () => {
  test.each(['managed services key alone', 'both keys'])('finds its workspace and makes nothing: %s', async (which) => {
    const name = which.replaceAll(' ', '-');
    const { storageKey, managedServicesKey: _own, ...without } = await world.ownRequest(name);
    const key = { key: DEMO_ALIAS };
    const provision = {
      ...{ ...without, credentials: { roleArn: CROSS_ACCOUNT_ROLE }, managedServicesKey: key },
      ...(which === 'both keys' && { storageKey: key }),
    };
    expect((await world.provision({ provision })).status).toBe('SUCCEEDED');
    const before = world.databricks.control.state().workspaces.find((one) => one.name === name);
    await world.aws.kms.handle('RotateKeyOnDemand', { KeyId: world.keyArn });
    await world.rollOut({ bindingId: 'all' });
    const after = world.databricks.control.state().workspaces.find((one) => one.name === name);
    expect(after?.managedServicesKeyId).not.toBe(before?.managedServicesKeyId);
    const writes = world.writes();

    expect(summaryOf(await world.provision({ provision }))).toMatchObject({ ok: true, created: false, made: [] });

    expect(world.writes()).toEqual(writes);
  });
});

describe('a rollout and a provisioning of one workspace', () => {
  const rollOut = (name: string) =>
    world.rollOut({
      keyFor: {
        ...{ key: 'alias/databricks/demo', workspaceIds: [idOf(name)], useCases: ['MANAGED_SERVICES'] },
        ...{ reuseKeyForClusterVolumes: false, compute: 'stop-and-restart' },
      },
    });

  test('take turns: the provisioning waits for the rollout', async () => {
    const request = await world.ownRequest('turns');
    const { managedServicesKey: _key, storageKey: _storage, ...keyless } = request;
    await world.provision({ provision: keyless });
    // So that it may have the key that the rollout gives it.
    const provision = { ...keyless, replacements: { managedServicesKey: { key: 'alias/databricks/demo' } } };
    const order: string[] = [];
    const second = Promise.withResolvers<Awaited<ReturnType<ProvisioningWorld['provision']>>>();
    when('rollout', 'Patch workspace', () => {
      void world
        .provision({ provision })
        .finally(() => order.push('provisioning'))
        .then(second.resolve, second.reject);
    });
    const rollout = await rollOut('turns').finally(() => order.push('rollout'));
    expect(rollout.status).toBe('SUCCEEDED');
    expect(summaryOf(await second.promise)).toMatchObject({ ok: true, created: false });
    expect(order).toEqual(['rollout', 'provisioning']);
  });

  test('take turns: the rollout waits for the provisioning', async () => {
    const request = await world.ownRequest('turns-again');
    await world.provision({ provision: request });
    const order: string[] = [];
    let rollout: ReturnType<typeof rollOut> | undefined;
    onHistory = ({ type, state, executionArn }) => {
      const isOurs = executionArn.toLowerCase().includes('provisioning');
      if (isOurs && type === 'TaskStateEntered' && state === 'Check workspace') rollout ??= rollOut('turns-again');
      if (isOurs && type === 'ExecutionSucceeded') order.push('provisioned');
      if (type === 'TaskStateEntered' && state === 'Patch workspace') order.push('patched');
    };
    const again = await world.provision({ provision: request });
    expect(summaryOf(again)).toMatchObject({ ok: true, created: false });
    expect((await rollout)?.status).toBe('SUCCEEDED');
    expect(order).toEqual(['provisioned', 'patched']);
    expect(world.databricks.control.state().violations).toEqual([]);
  });

  test('never meet in a removal: it is refused with the name of the rollout', async () => {
    const request = await world.ownRequest('leaving');
    await world.provision({ provision: request });
    const removal = Promise.withResolvers<Awaited<ReturnType<ProvisioningWorld['provision']>>>();
    when('rollout', 'Patch workspace', () => {
      void world
        .provision({ remove: { workspaceId: idOf('leaving'), workspaceName: 'leaving' } })
        .then(removal.resolve, removal.reject);
    });
    expect((await rollOut('leaving')).status).toBe('SUCCEEDED');
    expect((await removal.promise).cause).toMatch(/WorkspaceLeased: arn:\S*rollout\S* works on workspace/i);
    expect(world.made('leaving').workspaces).toEqual(['RUNNING']);
  });
});

describe('over HTTP', () => {
  const send = async (method: string, path: string, body?: object) => {
    world.clock.advance(1_000);
    const { status, json } = await client.send({
      ...{ method, path },
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    return { status, operation: json as Operation };
  };
  const ended = async (id: string): Promise<Operation> => {
    for (;;) {
      const { operation } = await send('GET', `/v1/operations/${id}`);
      if (operation.status !== 'RUNNING') return operation;
      await setTimeout(20);
    }
  };

  test('one that is cancelled lets go, and the same request again finds what was made', async () => {
    const request = await world.ownRequest('cancelled');
    // Time stands still, so that it is still waiting for the workspace when it is cancelled.
    const hold = world.clock.enter();
    const waits = new Promise<void>((resolve) => when('provisioning', 'Wait for the workspace', resolve));
    const { status, operation } = await send('POST', '/v1/workspaces', request);
    expect(status).toBe(202);
    await waits;
    const same = await send('POST', '/v1/workspaces', request);
    expect(same.operation.id).toBe(operation.id);
    expect(same.operation.items).toEqual([{ item: 'cancelled', status: 'RUNNING', step: 'Wait for the workspace' }]);
    const cancelled = await send('DELETE', `/v1/operations/${operation.id}`);
    expect(cancelled).toMatchObject({ status: 202, operation: { status: 'ABORTED', failure: { name: 'Cancelled' } } });
    const cancelledAt = world.clock.now();
    const again = await send('POST', '/v1/workspaces', request);
    expect(again.operation.id).not.toBe(operation.id);
    hold.leave();
    expect(await ended(again.operation.id)).toMatchObject({ status: 'SUCCEEDED', result: { ok: true } });
    expect(world.made('cancelled')).toEqual(ONCE);
    // Nobody waits for the hour of a lease whose owner is gone.
    expect(world.clock.now() - cancelledAt).toBeLessThan(30 * 60_000);
  });

  test('a removal deletes the workspace and its network, and the same request again is 404', async () => {
    const request = await world.ownRequest('removed');
    const { operation } = await send('POST', '/v1/workspaces', request);
    expect(await ended(operation.id)).toMatchObject({ status: 'SUCCEEDED' });
    const path = `/v1/workspaces/${idOf('removed')}`;
    const query = { workspaceName: 'removed', network: 'delete' };
    const { status, json } = await client.send({ method: 'DELETE', path, query });
    expect(status).toBe(202);
    expect(await ended((json as Operation).id)).toMatchObject({ status: 'SUCCEEDED', result: { removed: true } });
    expect(world.made('removed')).toMatchObject({ networks: 0, workspaces: [], credentials: 1 });
    world.clock.advance(11_000);
    expect((await client.send({ method: 'DELETE', path, query })).status).toBe(404);
  });
});
