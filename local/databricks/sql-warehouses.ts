import { type Answer, Refusal } from './answer.ts';
import type { ClusterStarted } from './clusters.ts';
import type { Conditions } from './conditions.ts';
import { page } from './page.ts';
import type { Body } from './request-body.ts';
import type { WarehouseSeed, WarehouseState } from './seed.ts';

interface Warehouse {
  readonly id: string;
  readonly name: string;
  readonly type: 'CLASSIC' | 'PRO';
  readonly serverless: boolean;
  stuckStopping: boolean;
  state: WarehouseState;
  next: { readonly state: WarehouseState; readonly at: number } | undefined;
}

/** What a test or the control endpoint may change of a warehouse by hand. */
export type WarehouseChange = Partial<Pick<WarehouseSeed, 'state' | 'stuckStopping'>>;

const AT_REST: ReadonlySet<WarehouseState> = new Set(['STOPPED', 'DELETED']);

/** The SQL warehouses of one workspace (SQL Warehouses API 2.0). The cluster under a warehouse is not shown. */
export class SqlWarehouses {
  readonly #conditions: Conditions;
  readonly #started: ClusterStarted;
  readonly #warehouses = new Map<string, Warehouse>();

  constructor(conditions: Conditions, seeds: readonly WarehouseSeed[], started: ClusterStarted) {
    this.#conditions = conditions;
    this.#started = started;
    for (const seed of seeds) this.add(seed);
  }

  add(seed: WarehouseSeed): void {
    this.#warehouses.set(seed.id, {
      id: seed.id,
      name: seed.name,
      type: seed.type ?? (seed.serverless === true ? 'PRO' : 'CLASSIC'),
      serverless: seed.serverless ?? false,
      stuckStopping: seed.stuckStopping ?? false,
      state: seed.state ?? 'RUNNING',
      next: undefined,
    });
  }

  change(id: string, change: WarehouseChange): void {
    const warehouse = this.#find(id);
    if (change.stuckStopping !== undefined) warehouse.stuckStopping = change.stuckStopping;
    if (change.state === undefined) return;
    warehouse.state = change.state;
    warehouse.next = undefined;
  }

  settle(now: number): void {
    for (const warehouse of this.#warehouses.values()) {
      if (warehouse.next === undefined || warehouse.next.at > now) continue;
      warehouse.state = warehouse.next.state;
      warehouse.next = undefined;
    }
  }

  /** Warehouses in the workspace's own VPC that are not at rest; serverless ones are elsewhere. */
  running(): readonly string[] {
    return [...this.#warehouses.values()]
      .filter(({ serverless, state }) => !serverless && !AT_REST.has(state))
      .map(({ id, state }) => `SQL warehouse ${id} (${state})`);
  }

  views(): readonly Body[] {
    return [...this.#warehouses.values()].map(view);
  }

  /** GET list; empty: `{}`. */
  list(query: URLSearchParams): Answer {
    const all = [...this.#warehouses.values()];
    const { items, tokens } = page(all, query, this.#conditions.switches().lastPageToken);
    return { status: 200, body: { ...(items.length === 0 ? {} : { warehouses: items.map(view) }), ...tokens } };
  }

  get(id: string): Answer {
    return { status: 200, body: view(this.#find(id)) };
  }

  /** POST start, in the background. That it is refused while STOPPING is a guess. */
  start(id: string): Answer {
    const warehouse = this.#find(id);
    if (warehouse.state === 'STARTING' || warehouse.state === 'RUNNING') return DONE;
    if (warehouse.state !== 'STOPPED') throw unexpected(warehouse);
    const now = this.#conditions.now();
    warehouse.state = 'STARTING';
    warehouse.next = { state: 'RUNNING', at: now + this.#conditions.switches().timings.warehouseStartMs };
    if (!warehouse.serverless) this.#started(now, `SQL warehouse ${id}`, 'caller');
    return DONE;
  }

  /** POST stop, in the background; nothing happens to one that is stopping or stopped. */
  stop(id: string): Answer {
    const warehouse = this.#find(id);
    if (warehouse.state === 'STOPPING' || warehouse.state === 'STOPPED') return DONE;
    if (warehouse.state !== 'RUNNING' && warehouse.state !== 'STARTING') throw unexpected(warehouse);
    const at = this.#conditions.now() + this.#conditions.switches().timings.warehouseStopMs;
    warehouse.state = 'STOPPING';
    warehouse.next = warehouse.stuckStopping ? undefined : { state: 'STOPPED', at };
    return DONE;
  }

  #find(id: string): Warehouse {
    const warehouse = this.#warehouses.get(id);
    if (warehouse !== undefined) return warehouse;
    throw new Refusal(404, 'RESOURCE_DOES_NOT_EXIST', `SQL warehouse ${id} does not exist.`);
  }
}

const DONE: Answer = { status: 200, body: {} };

const unexpected = ({ id, state }: Warehouse): Refusal =>
  new Refusal(400, 'INVALID_STATE', `SQL warehouse ${id} is in unexpected state ${state}.`);

const view = (warehouse: Warehouse): Body => ({
  id: warehouse.id,
  name: warehouse.name,
  cluster_size: 'Small',
  min_num_clusters: 1,
  max_num_clusters: 1,
  num_clusters: warehouse.state === 'RUNNING' ? 1 : 0,
  auto_stop_mins: 10,
  creator_name: 'someone@example.com',
  warehouse_type: warehouse.type,
  enable_serverless_compute: warehouse.serverless,
  state: warehouse.state,
});
