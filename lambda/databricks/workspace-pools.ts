import type { InstancePool } from '../domain/compute.ts';
import type { Field } from './field.ts';
import type { DatabricksHttp } from './http.ts';
import { ifStillThere } from './still-there.ts';

const PATH = '/api/2.0/instance-pools';

/** Fields that an edit may set beside the required ones and those we change. What an edit leaves out is reset. */
const KEPT = [
  'custom_tags',
  'max_capacity',
  'node_type_flexibility',
  'remote_disk_throughput',
  'total_initial_remote_disk_size',
] as const;

/** How many idle instances a pool keeps, and for how long; absent means Databricks' own default. */
interface Idle {
  readonly minIdleInstances: number;
  readonly idleAutoterminationMinutes?: number | undefined;
}

/** Every pool that is not deleted. */
export const listPools = async (http: DatabricksHttp): Promise<readonly InstancePool[]> => {
  const answer = await http.request({ method: 'GET', path: `${PATH}/list`, answer: 'answer' });
  const items = answer.at('instance_pools').optional((field) => field.items()) ?? [];
  return items.filter((item) => item.at('state').raw !== 'DELETED').map(parsePool);
};

/** Lets a pool give up its idle instances at once and keep none; one that no longer exists is as good. */
export const drainPool = async (http: DatabricksHttp, id: string): Promise<void> => {
  await editPool(http, id, { minIdleInstances: 0, idleAutoterminationMinutes: 0 });
};

/** Puts the recorded idle settings back onto the pool as it is now; all its other settings stay. */
export const refillPool = async (http: DatabricksHttp, pool: InstancePool): Promise<'started' | 'gone'> =>
  (await editPool(http, pool.id, pool)) ? 'started' : 'gone';

const editPool = (http: DatabricksHttp, id: string, idle: Idle): Promise<boolean> =>
  ifStillThere(async () => {
    const query = { instance_pool_id: id };
    const now = await http.request({ method: 'GET', path: `${PATH}/get`, query, answer: 'instance_pool' });
    const body = editBody(now, id, idle);
    await http.request({ method: 'POST', path: `${PATH}/edit`, body, repeatable: true, answer: 'instance_pool' });
  });

const editBody = (now: Field, id: string, idle: Idle): unknown => {
  const kept = KEPT.map((name) => [name, now.at(name).raw] as const).filter(([, value]) => value != null);
  const { minIdleInstances, idleAutoterminationMinutes } = idle;
  return {
    ...Object.fromEntries(kept),
    instance_pool_id: id,
    instance_pool_name: now.at('instance_pool_name').text(),
    node_type_id: now.at('node_type_id').text(),
    // Zeros are sent as they are: left out, Databricks would put its defaults in their place.
    min_idle_instances: minIdleInstances,
    ...(idleAutoterminationMinutes === undefined
      ? {}
      : { idle_instance_autotermination_minutes: idleAutoterminationMinutes }),
  };
};

const parsePool = (item: Field): InstancePool => {
  const count = (field: Field): number => field.optional((present) => present.integer()) ?? 0;
  const stats = item.at('stats');
  const idleMinutes = item.at('idle_instance_autotermination_minutes').optional((field) => field.integer());
  return {
    kind: 'instance-pool',
    id: item.at('instance_pool_id').id(),
    name: item.at('instance_pool_name').line(),
    minIdleInstances: count(item.at('min_idle_instances')),
    ...(idleMinutes === undefined ? {} : { idleAutoterminationMinutes: idleMinutes }),
    instances:
      count(stats.at('used_count')) +
      count(stats.at('idle_count')) +
      count(stats.at('pending_used_count')) +
      count(stats.at('pending_idle_count')),
  };
};
