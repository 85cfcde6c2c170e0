import { describe, expect, test } from '@jest/globals';
import type { PoolSeed } from '../../../local/databricks/seed.ts';
import { ACME, field, MINUTE, run, SECOND } from './running-simulator.ts';

const API = '/api/2.0/instance-pools';
const POOL: PoolSeed = {
  id: 'p-1',
  name: 'pool',
  nodeTypeId: 'i3.xlarge',
  idle: 3,
  minIdleInstances: 2,
  maxCapacity: 10,
  idleInstanceAutoterminationMinutes: 15,
  customTags: { Team: 'data' },
};
const KEPT = { instance_pool_id: 'p-1', instance_pool_name: 'pool', node_type_id: 'i3.xlarge' };
const DRAINED = { ...KEPT, min_idle_instances: 0, idle_instance_autotermination_minutes: 0 };

const withPool = (clusters: readonly { readonly id: string; readonly poolId: string }[] = []) =>
  run({ workspaces: [{ ...ACME, pools: [POOL], clusters }] });

describe('instance pools', () => {
  test('lists nothing as an empty object', async () => {
    const { workspace } = await run();

    expect(await workspace('GET', `${API}/list`)).toMatchObject({ status: 200, text: '{}' });
  });

  test('shows its settings and four counts', async () => {
    const { workspace } = await withPool([{ id: 'c-1', poolId: 'p-1' }]);

    const reply = await workspace('GET', `${API}/list`);

    expect(reply.body).toEqual({
      instance_pools: [
        {
          ...KEPT,
          min_idle_instances: 2,
          max_capacity: 10,
          idle_instance_autotermination_minutes: 15,
          custom_tags: { Team: 'data' },
          state: 'ACTIVE',
          stats: { used_count: 2, idle_count: 3, pending_used_count: 0, pending_idle_count: 0 },
        },
      ],
    });
  });

  test('explicit zeros empty it after a short time', async () => {
    const { workspace, pass } = await withPool();

    const edited = await workspace('POST', `${API}/edit`, DRAINED);
    pass(29 * SECOND);
    const before = await workspace('GET', `${API}/get?instance_pool_id=p-1`);
    pass(SECOND);
    const after = await workspace('GET', `${API}/get?instance_pool_id=p-1`);

    expect(edited).toMatchObject({ status: 200, text: '{}' });
    expect(field(before, 'stats')).toMatchObject({ idle_count: 3 });
    expect(field(after, 'stats')).toMatchObject({ idle_count: 0 });
  });

  test('an edit resets what it omits: without zeros the instances stay for the default time', async () => {
    const { workspace, pass } = await withPool();

    await workspace('POST', `${API}/edit`, KEPT);
    pass(30 * MINUTE);
    const reply = await workspace('GET', `${API}/get?instance_pool_id=p-1`);

    expect(reply.body).toMatchObject({ min_idle_instances: 0, stats: { idle_count: 3 } });
    expect(reply.body).not.toHaveProperty('max_capacity');
    expect(reply.body).not.toHaveProperty('custom_tags');
  });

  test('fills up to its minimum again when that is restored', async () => {
    const { workspace, pass } = await withPool();
    await workspace('POST', `${API}/edit`, DRAINED);
    pass(MINUTE);

    await workspace('POST', `${API}/edit`, { ...KEPT, min_idle_instances: 2 });
    const launching = await workspace('GET', `${API}/get?instance_pool_id=p-1`);
    pass(MINUTE);
    const filled = await workspace('GET', `${API}/get?instance_pool_id=p-1`);

    expect(field(launching, 'stats')).toMatchObject({ idle_count: 0, pending_idle_count: 2 });
    expect(field(filled, 'stats')).toMatchObject({ idle_count: 2, pending_idle_count: 0 });
  });

  test('gets the nodes of a terminated cluster back as idle ones', async () => {
    const { workspace, pass } = await withPool([{ id: 'c-1', poolId: 'p-1' }]);

    await workspace('POST', '/api/2.1/clusters/delete', { cluster_id: 'c-1' });
    pass(20 * SECOND);
    const reply = await workspace('GET', `${API}/get?instance_pool_id=p-1`);

    expect(field(reply, 'stats')).toMatchObject({ used_count: 0, idle_count: 5 });
  });

  test('gives idle nodes to a cluster that starts, and launches up to its minimum', async () => {
    const { workspace, pass } = await withPool([{ id: 'c-1', poolId: 'p-1' }]);
    await workspace('POST', '/api/2.1/clusters/delete', { cluster_id: 'c-1' });
    pass(MINUTE);
    for (let left = 0; left < 2; left += 1) pass(15 * MINUTE);

    await workspace('POST', '/api/2.1/clusters/start', { cluster_id: 'c-1' });
    const reply = await workspace('GET', `${API}/get?instance_pool_id=p-1`);

    expect(field(reply, 'stats')).toEqual({
      used_count: 0,
      idle_count: 0,
      pending_used_count: 2,
      pending_idle_count: 2,
    });
  });

  test.each([
    [{ ...DRAINED, node_type_id: 'm5.large' }, 'node_type_id cannot be changed'],
    [{ instance_pool_id: 'p-1', node_type_id: 'i3.xlarge' }, 'instance_pool_name'],
    [{ instance_pool_id: 'p-1', instance_pool_name: 'pool' }, 'node_type_id'],
    [{ ...DRAINED, min_idle_instances: -1 }, 'min_idle_instances must be'],
    [{ ...DRAINED, min_idle_instances: 5, max_capacity: 4 }, 'cannot exceed'],
    [{ ...DRAINED, min_idle: 0 }, 'Unknown parameters: min_idle'],
  ])('refuses the edit %j', async (body, message) => {
    const { workspace } = await withPool();

    const reply = await workspace('POST', `${API}/edit`, body);

    expect(reply.status).toBe(400);
    expect(field(reply, 'message')).toContain(message);
  });

  test('answers 404 for a pool that does not exist', async () => {
    const { workspace } = await withPool();

    const reply = await workspace('POST', `${API}/edit`, { ...DRAINED, instance_pool_id: 'p-9' });

    expect(reply).toMatchObject({ status: 404, body: { error_code: 'RESOURCE_DOES_NOT_EXIST' } });
  });
});
