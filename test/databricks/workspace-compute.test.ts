import { afterEach, describe, expect, test } from '@jest/globals';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { WorkspaceCompute } from '../../lambda/databricks/workspace-compute.ts';
import type { Cluster, InstancePool, SqlWarehouse } from '../../lambda/domain/compute.ts';
import { type Bench, failureOfAct, startBench } from './client-bench.ts';
import { type Answerer, json, type SeenRequest, text } from './scripted-server.ts';

const open: Bench[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

type Routes = Readonly<Record<string, Answerer>>;

/** Answers by `METHOD /path`; what is not expected is a 400. */
const computeOf = async (routes: Routes) => {
  const route = ({ method, path }: SeenRequest): Answerer =>
    routes[`${method} ${path}`] ?? text(400, 'NOT_EXPECTED: x');
  const bench = await startBench((request, response) => route(request)(request, response), { api: 'workspace' });
  open.push(bench);
  return { ...bench, compute: new WorkspaceCompute(bench.http) };
};

const CLUSTERS = 'GET /api/2.1/clusters/list';
const POOLS = 'GET /api/2.0/instance-pools/list';
const WAREHOUSES = 'GET /api/2.0/sql/warehouses';
const nothing: Routes = { [CLUSTERS]: json(200, {}), [POOLS]: json(200, {}), [WAREHOUSES]: json(200, {}) };

const cluster: Cluster = { kind: 'cluster', id: '0504-a', name: 'etl', state: 'RUNNING', source: 'UI' };
const wireCluster = {
  cluster_id: '0504-a',
  cluster_name: 'etl',
  state: 'RUNNING',
  cluster_source: 'UI',
  num_workers: 2,
};
const pool: InstancePool = {
  kind: 'instance-pool',
  id: 'pool-1',
  name: 'small',
  minIdleInstances: 2,
  idleAutoterminationMinutes: 30,
  instances: 10,
};
const wirePool = {
  instance_pool_id: 'pool-1',
  instance_pool_name: 'small',
  node_type_id: 'i3.xlarge',
  min_idle_instances: 2,
  max_capacity: 20,
  custom_tags: { team: 'data' },
  default_tags: { Vendor: 'Databricks' },
  idle_instance_autotermination_minutes: 30,
  node_type_flexibility: { alternate_node_type_ids: ['i3en.xlarge'] },
  aws_attributes: { zone_id: 'us-west-2a' },
  state: 'ACTIVE',
  stats: { used_count: 4, idle_count: 3, pending_used_count: 2, pending_idle_count: 1 },
};
const warehouse: SqlWarehouse = { kind: 'sql-warehouse', id: 'wh-1', name: 'bi', state: 'RUNNING', serverless: false };
const wireWarehouse = { id: 'wh-1', name: 'bi', state: 'RUNNING', enable_serverless_compute: false };

describe('list', () => {
  test('reads clusters, pools and warehouses', async () => {
    const { compute, http } = await computeOf({
      [CLUSTERS]: json(200, { clusters: [wireCluster] }),
      [POOLS]: json(200, { instance_pools: [wirePool] }),
      [WAREHOUSES]: json(200, {
        warehouses: [wireWarehouse, { ...wireWarehouse, id: 'wh-2', enable_serverless_compute: true }],
      }),
    });
    expect(await compute.list()).toEqual([cluster, pool, warehouse, { ...warehouse, id: 'wh-2', serverless: true }]);
    expect(http.calls()).toBe(3);
  });

  test('takes lists that are left out for empty ones', async () => {
    const { compute } = await computeOf(nothing);
    expect(await compute.list()).toEqual([]);
  });

  test('asks for clusters by state, and drops terminated ones that come all the same', async () => {
    const { compute, server } = await computeOf({
      ...nothing,
      [CLUSTERS]: json(200, { clusters: [wireCluster, { ...wireCluster, cluster_id: 'x', state: 'TERMINATED' }] }),
    });
    expect(await compute.list()).toEqual([cluster]);
    const asked = server.seen.find(({ path }) => path === '/api/2.1/clusters/list');
    expect(asked?.query.getAll('filter_by.cluster_states')).toEqual([
      'PENDING',
      'RUNNING',
      'RESTARTING',
      'RESIZING',
      'TERMINATING',
      'ERROR',
      'UNKNOWN',
    ]);
    expect(asked?.query.get('page_size')).toBe('100');
  });

  test('reads every page, with the filter on each', async () => {
    const paged: Answerer = (request, response) => {
      const page = Number(request.query.get('page_token') ?? '0');
      const next = page < 2 ? { next_page_token: String(page + 1) } : { next_page_token: '' };
      return json(200, { clusters: [{ ...wireCluster, cluster_id: `c-${page}` }], ...next })(request, response);
    };
    const { compute, server } = await computeOf({ ...nothing, [CLUSTERS]: paged });
    expect((await compute.list()).map(({ id }) => id)).toEqual(['c-0', 'c-1', 'c-2']);
    const asked = server.seen.filter(({ path }) => path === '/api/2.1/clusters/list');
    expect(asked.map(({ query }) => query.getAll('filter_by.cluster_states').length)).toEqual([7, 7, 7]);
  });

  test('pages that go round in a circle are refused, not followed for ever', async () => {
    const { compute } = await computeOf({
      ...nothing,
      [WAREHOUSES]: json(200, { warehouses: [wireWarehouse], next_page_token: 'again' }),
    });
    const failure = await failureOfAct(() => compute.list());
    expect(failure.name).toBe(FAILURE.databricksAnswerUnreadable);
    expect(failure.message).toContain('next_page_token');
  });

  test('counts what a pool leaves out as 0, but not a pool without statistics', async () => {
    const { min_idle_instances: _1, idle_instance_autotermination_minutes: _2, ...bare } = wirePool;
    const { compute } = await computeOf({
      ...nothing,
      [POOLS]: json(200, { instance_pools: [{ ...bare, stats: {} }] }),
    });
    expect(await compute.list()).toEqual([
      { kind: 'instance-pool', id: 'pool-1', name: 'small', minIdleInstances: 0, instances: 0 },
    ]);
    const without = { ...nothing, [POOLS]: json(200, { instance_pools: [{ ...bare, stats: undefined }] }) };
    const failure = await failureOfAct(async () => (await computeOf(without)).compute.list());
    expect(failure.message).toContain('answer.instance_pools[0].stats: found nothing, wanted an object');
  });

  test('leaves deleted pools out', async () => {
    const { compute } = await computeOf({
      ...nothing,
      [POOLS]: json(200, { instance_pools: [{ ...wirePool, state: 'DELETED' }] }),
    });
    expect(await compute.list()).toEqual([]);
  });

  test.each([
    [{ cluster_id: 'a', state: 'RUNNING' }, 'answer.clusters[0].cluster_source: found nothing, wanted text'],
    [{ cluster_id: 'a', cluster_source: 'UI' }, 'answer.clusters[0].state: found nothing, wanted text'],
    [{ state: 'RUNNING', cluster_source: 'UI' }, 'answer.clusters[0].cluster_id: found nothing, wanted an id'],
  ])('names the field a cluster lacks (%#)', async (broken, problem) => {
    const { compute } = await computeOf({ ...nothing, [CLUSTERS]: json(200, { clusters: [broken] }) });
    const failure = await failureOfAct(() => compute.list());
    expect(failure.name).toBe(FAILURE.databricksAnswerUnreadable);
    expect(failure.message).toContain(problem);
  });
});

describe('a cluster', () => {
  const STOP = 'POST /api/2.1/clusters/delete';
  const START = 'POST /api/2.1/clusters/start';
  const GET = 'GET /api/2.1/clusters/get';
  const missing = json(400, { error_code: 'INVALID_PARAMETER_VALUE', message: 'Cluster 0504-a does not exist' });
  const unexpected = json(400, {
    error_code: 'INVALID_STATE',
    message: 'Cluster 0504-a is in unexpected state Running.',
  });

  test('is terminated, never deleted for good', async () => {
    const { compute, server } = await computeOf({ [STOP]: json(200, {}) });
    await compute.stop(cluster);
    expect(server.seen.map(({ method, path, body }) => `${method} ${path} ${body}`)).toEqual([
      'POST /api/2.1/clusters/delete {"cluster_id":"0504-a"}',
    ]);
  });

  test('that no longer exists counts as stopped', async () => {
    const { compute } = await computeOf({ [STOP]: missing });
    await expect(compute.stop(cluster)).resolves.toBeUndefined();
  });

  test('is started', async () => {
    const { compute, server } = await computeOf({ [START]: json(200, {}) });
    expect(await compute.start(cluster)).toBe('started');
    expect(server.seen[0]?.body).toBe('{"cluster_id":"0504-a"}');
  });

  test('that no longer exists is gone', async () => {
    const { compute } = await computeOf({ [START]: missing });
    expect(await compute.start(cluster)).toBe('gone');
  });

  test.each(['RUNNING', 'PENDING', 'RESTARTING', 'RESIZING'])('that is %s already counts as started', async (state) => {
    const { compute } = await computeOf({ [START]: unexpected, [GET]: json(200, { ...wireCluster, state }) });
    expect(await compute.start(cluster)).toBe('started');
  });

  test.each(['TERMINATING', 'TERMINATED', 'ERROR', 'UNKNOWN'])('refused while %s is a failure', async (state) => {
    const { compute } = await computeOf({ [START]: unexpected, [GET]: json(200, { ...wireCluster, state }) });
    const failure = await failureOfAct(() => compute.start(cluster));
    expect(failure.name).toBe(FAILURE.databricksConflict);
  });

  test('that was purged answers INVALID_STATE and is gone', async () => {
    const { compute } = await computeOf({ [START]: unexpected, [GET]: missing });
    expect(await compute.start(cluster)).toBe('gone');
  });
});

describe('a pool', () => {
  const GET = 'GET /api/2.0/instance-pools/get';
  const EDIT = 'POST /api/2.0/instance-pools/edit';
  const missing = json(404, {
    error_code: 'RESOURCE_DOES_NOT_EXIST',
    message: "Can't find an instance pool with id: pool-1",
  });
  const kept = {
    instance_pool_id: 'pool-1',
    instance_pool_name: 'small',
    node_type_id: 'i3.xlarge',
    max_capacity: 20,
    custom_tags: { team: 'data' },
    node_type_flexibility: { alternate_node_type_ids: ['i3en.xlarge'] },
  };
  const edited = (seen: readonly SeenRequest[]): unknown =>
    JSON.parse(seen.find(({ path }) => path.endsWith('/edit'))?.body ?? 'null');

  test('is drained with zeros written out and everything else kept', async () => {
    const { compute, server } = await computeOf({ [GET]: json(200, wirePool), [EDIT]: json(200, {}) });
    await compute.stop(pool);
    expect(server.seen[0]?.query.get('instance_pool_id')).toBe('pool-1');
    expect(edited(server.seen)).toEqual({ ...kept, min_idle_instances: 0, idle_instance_autotermination_minutes: 0 });
  });

  test('gets its recorded idle settings back, onto the pool as it is now', async () => {
    const now = { ...wirePool, min_idle_instances: 0, idle_instance_autotermination_minutes: 0, max_capacity: 50 };
    const { compute, server } = await computeOf({ [GET]: json(200, now), [EDIT]: json(200, {}) });
    expect(await compute.start(pool)).toBe('started');
    expect(edited(server.seen)).toEqual({
      ...kept,
      max_capacity: 50,
      min_idle_instances: 2,
      idle_instance_autotermination_minutes: 30,
    });
  });

  test('that had no idle time on record gets none', async () => {
    const { idleAutoterminationMinutes: _none, ...recorded } = pool;
    const { compute, server } = await computeOf({ [GET]: json(200, wirePool), [EDIT]: json(200, {}) });
    await compute.start(recorded);
    expect(edited(server.seen)).toEqual({ ...kept, min_idle_instances: 2 });
  });

  test('that no longer exists counts as stopped, and is gone', async () => {
    const { compute } = await computeOf({ [GET]: missing });
    await expect(compute.stop(pool)).resolves.toBeUndefined();
    expect(await compute.start(pool)).toBe('gone');
  });
});

describe('a warehouse', () => {
  const STOP = 'POST /api/2.0/sql/warehouses/wh-1/stop';
  const START = 'POST /api/2.0/sql/warehouses/wh-1/start';
  const GET = 'GET /api/2.0/sql/warehouses/wh-1';
  const missing = json(404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'x' });

  test('is stopped and started', async () => {
    const { compute, server } = await computeOf({ [STOP]: json(200, {}), [START]: json(200, {}) });
    await compute.stop(warehouse);
    expect(await compute.start(warehouse)).toBe('started');
    expect(server.seen.map(({ body }) => body)).toEqual(['{}', '{}']);
  });

  test('that no longer exists counts as stopped, and is gone', async () => {
    const { compute } = await computeOf({ [STOP]: missing, [START]: missing });
    await expect(compute.stop(warehouse)).resolves.toBeUndefined();
    expect(await compute.start(warehouse)).toBe('gone');
  });

  test.each([
    ['RUNNING', 'started'],
    ['STARTING', 'started'],
    ['DELETING', 'gone'],
  ])('refused while %s is %s', async (state, outcome) => {
    const { compute } = await computeOf({ [START]: text(409, ''), [GET]: json(200, { ...wireWarehouse, state }) });
    expect(await compute.start(warehouse)).toBe(outcome);
  });

  test('refused while STOPPING is a failure', async () => {
    const { compute } = await computeOf({
      [START]: text(409, ''),
      [GET]: json(200, { ...wireWarehouse, state: 'STOPPING' }),
    });
    expect((await failureOfAct(() => compute.start(warehouse))).name).toBe(FAILURE.databricksConflict);
  });
});
