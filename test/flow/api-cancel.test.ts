import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Operation, ShownWorkspace } from '../../lambda/contract/api-answers.ts';
import { type ApiWorld, hasEnded, IDS, problemIn, startApiWorld } from './api-world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(() => world.close());

const begin = async (path: string, body: object): Promise<Operation> => {
  // Ten seconds later, a request like an earlier one means another operation.
  world.clock.advance(11_000);
  const { status, json } = await world.post(path, body);
  expect(status).toBe(202);
  return json as Operation;
};
const cancel = (id: string) => world.send({ method: 'DELETE', path: `/v1/operations/${id}` });
const workspace = async (): Promise<ShownWorkspace> =>
  (await world.get(`/v1/workspaces/${IDS.managed}`)).json as ShownWorkspace;
const seen = async (isSo: (workspace: ShownWorkspace) => boolean): Promise<ShownWorkspace> => {
  for (;;) {
    const found = await workspace();
    if (isSo(found)) return found;
    await setTimeout(30);
  }
};
const running = (): readonly unknown[] => {
  // Compute needs some minutes until it runs.
  world.clock.advance(10 * 60_000);
  const { clusters = [], warehouses = [] } =
    world.databricks.control.state().workspaces.find(({ id }) => id === IDS.managed) ?? {};
  return [...clusters, ...warehouses].filter(({ state }) => state === 'RUNNING');
};
/** Lets nothing happen that waits for time to pass. */
const held = async <T>(act: () => Promise<T>): Promise<T> => {
  const hold = world.clock.enter();
  try {
    return await act();
  } finally {
    hold.leave();
  }
};

describe('cancelling a rollout under way', () => {
  test('frees the workspace and lets its compute run again, without a change of its key', async () => {
    expect(running()).toHaveLength(2);
    const { cancelled, location } = await held(async () => {
      const operation = await begin('/v1/key-rollouts', { bindingId: 'first' });
      const stopped = await seen(({ stoppedCompute }) => stoppedCompute === 2);
      expect(stopped.lease).toMatchObject({ operation: operation.id });
      const reply = await cancel(operation.id);
      expect(reply).toMatchObject({ status: 202, json: { id: operation.id, status: 'ABORTED', items: [] } });
      expect((reply.json as Operation).failure).toEqual({
        ...{ name: 'Cancelled', message: 'cancelled by arn:aws:iam::111122223333:user/local' },
      });
      return { cancelled: operation, location: String(reply.headers.location) };
    });
    expect(location).toBe(`/v1/operations/key-rollout.restart-${cancelled.id.split('.')[1]}`);
    const restart = await world.until(location.split('/').at(-1) ?? '', hasEnded);
    expect(restart).toMatchObject({ status: 'SUCCEEDED', request: { restart: { workspaceIds: [IDS.managed] } } });
    expect(running()).toHaveLength(2);
    expect(await workspace()).toMatchObject({
      ...{ lease: null, stoppedCompute: 0, managedServicesKeyConfigurationId: null },
    });
    expect(world.databricks.control.state().violations).toEqual([]);
  });

  test('is refused the second time', async () => {
    await held(async () => {
      const { id } = await begin('/v1/key-rollouts', { bindingId: 'first' });
      await seen(({ lease }) => lease !== null);
      expect((await cancel(id)).status).toBe(202);
      const before = await world.footprint();
      const again = await cancel(id);
      expect(problemIn(again)).toMatchObject({ status: 409, name: 'OperationEnded' });
      expect(again.json).toMatchObject({ detail: expect.stringContaining('ABORTED') });
      expect(await world.footprint()).toMatchObject({ executions: (before as { executions: unknown }).executions });
    });
  });

  test('lets the next rollout of the binding run to its end', async () => {
    await seen(({ lease }) => lease === null);
    const { id } = await begin('/v1/key-rollouts', { bindingId: 'first' });
    expect(await world.until(id, hasEnded)).toMatchObject({ status: 'SUCCEEDED', result: { ok: true } });
    expect((await workspace()).managedServicesKeyConfigurationId).not.toBeNull();
    expect(running()).toHaveLength(2);
  });
});

describe('cancelling anything else', () => {
  test('an operation that ended is 409 and changes nothing', async () => {
    const { id } = await begin('/v1/key-rollouts', { bindingId: 'first', dryRun: true });
    await world.until(id, hasEnded);
    const before = await world.footprint();
    expect(problemIn(await cancel(id))).toMatchObject({ status: 409, name: 'OperationEnded' });
    expect(await world.footprint()).toEqual(before);
  });

  test('a dry run starts no restart', async () => {
    await held(async () => {
      const { id } = await begin('/v1/key-rollouts', { bindingId: 'managed', dryRun: true });
      const { status, headers } = await cancel(id);
      expect([202, 409]).toContain(status);
      expect(headers.location).toBeUndefined();
    });
  });

  test('a secret sync ends it and starts nothing', async () => {
    for (let number = 0; number < 3; number += 1) {
      await world.aws.secrets.handle('CreateSecret', { Name: `app/${number}`, SecretString: 'nothing secret' });
    }
    // Databricks does not answer, so that the sync is still there.
    world.databricks.control.addFault({ kind: 'slow', realMs: 2_000, path: '/secrets/', times: 1 });
    await held(async () => {
      const { id } = await begin('/v1/secret-syncs', { bindings: ['app'] });
      const reply = await cancel(id);
      expect(reply).toMatchObject({ status: 202, json: { id, status: 'ABORTED', failure: { name: 'Cancelled' } } });
      expect(reply.headers.location).toBeUndefined();
    });
  });
});
