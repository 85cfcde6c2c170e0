import { type Answer, Refusal } from './answer.ts';
import type { Conditions } from './conditions.ts';
import { type Body, onlyKnown, optionalCount, optionalTags, text } from './request-body.ts';
import type { PoolSeed } from './seed.ts';

/** Nodes of clusters that were taken from a pool. */
export interface PoolUse {
  readonly used: number;
  readonly pendingUsed: number;
}

/** Called for every instance start, with the moment and what started it. */
export type Started = (at: number, what: string) => void;

interface Pool {
  readonly id: string;
  readonly nodeTypeId: string;
  readonly preloadedSparkVersions: readonly string[] | undefined;
  name: string;
  minIdle: number;
  maxCapacity: number | undefined;
  autoterminationMinutes: number;
  customTags: Readonly<Record<string, string>> | undefined;
  /** When each idle instance became idle, or the settings under which it waits were changed. */
  idleSince: number[];
  /** When each instance that is being started will be idle. */
  pendingUntil: number[];
}

// "If not specified, the extra idle instances are terminated automatically after a default timeout".
const DEFAULT_AUTOTERMINATION_MINUTES = 60;

const EDITABLE = [
  'instance_pool_name',
  'min_idle_instances',
  'max_capacity',
  'idle_instance_autotermination_minutes',
  'custom_tags',
];
const ECHOED = ['preloaded_spark_versions', 'state', 'stats', 'default_tags', 'status'];

/**
 * The instance pools of one workspace (Instance Pools API 2.0). A pool has no stop: it is emptied by editing it to
 * zero idle instances and zero minutes, sent explicitly, because an edit resets every editable field it omits.
 */
export class InstancePools {
  readonly #conditions: Conditions;
  readonly #started: Started;
  readonly #pools = new Map<string, Pool>();

  constructor(conditions: Conditions, seeds: readonly PoolSeed[], started: Started) {
    this.#conditions = conditions;
    this.#started = started;
    for (const seed of seeds) this.add(seed);
  }

  add(seed: PoolSeed): void {
    const idle = seed.idle ?? seed.minIdleInstances ?? 0;
    this.#pools.set(seed.id, {
      id: seed.id,
      name: seed.name,
      nodeTypeId: seed.nodeTypeId ?? 'i3.xlarge',
      preloadedSparkVersions: seed.preloadedSparkVersions,
      minIdle: seed.minIdleInstances ?? 0,
      maxCapacity: seed.maxCapacity,
      autoterminationMinutes: seed.idleInstanceAutoterminationMinutes ?? DEFAULT_AUTOTERMINATION_MINUTES,
      customTags: seed.customTags,
      idleSince: Array.from({ length: idle }, () => this.#conditions.now()),
      pendingUntil: [],
    });
  }

  /** Sets the number of idle instances by hand. Throws a Refusal for an unknown pool. */
  setIdle(id: string, idle: number): void {
    this.#find(id).idleSince = Array.from({ length: idle }, () => this.#conditions.now());
  }

  /** A cluster takes nodes at `at`; what is idle goes first, and the pool fills up to its minimum again. */
  take(id: string, nodes: number, at: number): void {
    const pool = this.#pools.get(id);
    if (pool === undefined) return;
    this.#settle(pool, at);
    pool.idleSince.splice(0, nodes);
    this.#fill(pool, at);
  }

  /** A terminated cluster's nodes become idle at `at`. */
  giveBack(id: string, nodes: number, at: number): void {
    const pool = this.#pools.get(id);
    if (pool === undefined) return;
    this.#settle(pool, at);
    for (let node = 0; node < nodes; node += 1) pool.idleSince.push(at);
  }

  /** Brings every pool up to `now`. */
  settle(now: number): void {
    for (const pool of this.#pools.values()) this.#settle(pool, now);
  }

  /** Pools that hold instances besides those of clusters. */
  running(): readonly string[] {
    return [...this.#pools.values()]
      .filter((pool) => pool.idleSince.length + pool.pendingUntil.length > 0)
      .map((pool) => `instance pool ${pool.id}`);
  }

  views(use: (id: string) => PoolUse): readonly Body[] {
    return [...this.#pools.values()].map((pool) => view(pool, use(pool.id)));
  }

  get(id: string, use: (id: string) => PoolUse): Answer {
    return { status: 200, body: view(this.#find(id), use(id)) };
  }

  /** POST edit: takes over the whole set of editable fields and resets the ones that are missing. */
  edit(body: Body): Answer {
    const now = this.#conditions.now();
    onlyKnown(body, ['instance_pool_id', 'node_type_id', ...EDITABLE, ...ECHOED]);
    const pool = this.#find(text(body, 'instance_pool_id'));
    const name = text(body, 'instance_pool_name');
    if (text(body, 'node_type_id') !== pool.nodeTypeId) {
      throw new Refusal(400, 'INVALID_PARAMETER_VALUE', 'node_type_id cannot be changed in an existing instance pool');
    }
    const minIdle = optionalCount(body, 'min_idle_instances', 0, 100_000) ?? 0;
    const maxCapacity = optionalCount(body, 'max_capacity', 1, 100_000);
    const minutes = optionalCount(body, 'idle_instance_autotermination_minutes', 0, 10_000);
    if (maxCapacity !== undefined && minIdle > maxCapacity) {
      throw new Refusal(400, 'INVALID_PARAMETER_VALUE', 'min_idle_instances cannot exceed max_capacity');
    }
    const customTags = optionalTags(body, 'custom_tags');
    pool.name = name;
    pool.minIdle = minIdle;
    pool.maxCapacity = maxCapacity;
    pool.autoterminationMinutes = minutes ?? DEFAULT_AUTOTERMINATION_MINUTES;
    pool.customTags = customTags;
    pool.idleSince = pool.idleSince.map(() => now);
    this.#fill(pool, now);
    return { status: 200, body: {} };
  }

  #find(id: string): Pool {
    const pool = this.#pools.get(id);
    if (pool !== undefined) return pool;
    throw new Refusal(404, 'RESOURCE_DOES_NOT_EXIST', `Can't find an instance pool with id: ${id}`);
  }

  #settle(pool: Pool, now: number): void {
    const arrived = pool.pendingUntil.filter((until) => until <= now);
    pool.pendingUntil = pool.pendingUntil.filter((until) => until > now);
    pool.idleSince.push(...arrived);
    pool.idleSince.sort((a, b) => a - b);
    const waitMs = pool.autoterminationMinutes * 60_000 + this.#conditions.switches().timings.poolDrainMs;
    while (pool.idleSince.length > pool.minIdle && (pool.idleSince[0] ?? now) + waitMs <= now) pool.idleSince.shift();
  }

  #fill(pool: Pool, at: number): void {
    const missing = pool.minIdle - pool.idleSince.length - pool.pendingUntil.length;
    if (missing <= 0) return;
    const until = at + this.#conditions.switches().timings.poolLaunchMs;
    for (let instance = 0; instance < missing; instance += 1) pool.pendingUntil.push(until);
    this.#started(at, `instance pool ${pool.id}`);
  }
}

const view = (pool: Pool, use: PoolUse): Body => ({
  instance_pool_id: pool.id,
  instance_pool_name: pool.name,
  node_type_id: pool.nodeTypeId,
  min_idle_instances: pool.minIdle,
  ...(pool.maxCapacity === undefined ? {} : { max_capacity: pool.maxCapacity }),
  idle_instance_autotermination_minutes: pool.autoterminationMinutes,
  ...(pool.customTags === undefined ? {} : { custom_tags: pool.customTags }),
  ...(pool.preloadedSparkVersions === undefined ? {} : { preloaded_spark_versions: pool.preloadedSparkVersions }),
  state: 'ACTIVE',
  stats: {
    used_count: use.used,
    idle_count: pool.idleSince.length,
    pending_used_count: use.pendingUsed,
    pending_idle_count: pool.pendingUntil.length,
  },
});
