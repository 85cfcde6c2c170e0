import { type Answer, Refusal } from './answer.ts';
import type { Conditions } from './conditions.ts';
import type { InstancePools, PoolUse } from './instance-pools.ts';
import { page } from './page.ts';
import { type Body, text } from './request-body.ts';
import type { ClusterSeed, ClusterState } from './seed.ts';

interface Cluster {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly pinned: boolean;
  readonly numWorkers: number;
  readonly poolId: string | undefined;
  ends: 'terminated' | 'never' | 'error';
  relaunches: number;
  runs: number;
  state: ClusterState;
  startedAt: number;
  terminatedAt: number | undefined;
  next: { readonly state: ClusterState | 'RELAUNCH'; readonly at: number } | undefined;
}

/** What a test or the control endpoint may change of a cluster by hand. */
export type ClusterChange = Partial<Pick<ClusterSeed, 'state' | 'ends' | 'relaunches'>>;

/** Called for every start, with the moment, what was started and by whom. */
export type ClusterStarted = (at: number, what: string, by: 'caller' | 'scheduler') => void;

// The list shows clusters terminated within the last 30 days; older ones are purged unless pinned.
const KEPT_MS = 30 * 24 * 60 * 60_000;

const HOLDS_NODES: ReadonlySet<ClusterState> = new Set(['RUNNING', 'RESTARTING', 'RESIZING', 'TERMINATING']);
const GOING_OR_GONE: ReadonlySet<ClusterState> = new Set(['TERMINATING', 'TERMINATED']);

/** The clusters of one workspace (Clusters API 2.1, and 2.0, which answers alike for what is simulated). */
export class Clusters {
  readonly #conditions: Conditions;
  readonly #pools: InstancePools;
  readonly #started: ClusterStarted;
  readonly #clusters = new Map<string, Cluster>();

  constructor(conditions: Conditions, seeds: readonly ClusterSeed[], pools: InstancePools, started: ClusterStarted) {
    this.#conditions = conditions;
    this.#pools = pools;
    this.#started = started;
    for (const seed of seeds) this.add(seed);
  }

  add(seed: ClusterSeed): void {
    const now = this.#conditions.now();
    const state = seed.state ?? 'RUNNING';
    this.#clusters.set(seed.id, {
      id: seed.id,
      name: seed.name ?? seed.id,
      source: seed.source ?? 'UI',
      pinned: seed.pinned ?? false,
      numWorkers: seed.numWorkers ?? 1,
      poolId: seed.poolId,
      ends: seed.ends ?? 'terminated',
      relaunches: seed.relaunches ?? 0,
      runs: 1,
      state,
      startedAt: now,
      terminatedAt: state === 'TERMINATED' ? (seed.terminatedAt ?? now) : undefined,
      next: undefined,
    });
  }

  /** Changes a cluster by hand; a state set this way stays until something is asked of the cluster. */
  change(id: string, change: ClusterChange): void {
    const cluster = this.#find(id);
    if (change.ends !== undefined) cluster.ends = change.ends;
    if (change.relaunches !== undefined) cluster.relaunches = change.relaunches;
    if (change.state === undefined) return;
    cluster.state = change.state;
    cluster.next = undefined;
    cluster.terminatedAt = change.state === 'TERMINATED' ? this.#conditions.now() : undefined;
  }

  /** Brings all clusters up to `now`, in the order in which things happen. */
  settle(now: number): void {
    for (let cluster = this.#due(now); cluster !== undefined; cluster = this.#due(now)) this.#proceed(cluster);
  }

  /**
   * Clusters that stand in the way of an update: all but TERMINATED ones. That ERROR and UNKNOWN count is a guess; the
   * documentation speaks of clusters that are not terminated.
   */
  running(): readonly string[] {
    return [...this.#clusters.values()]
      .filter(({ state }) => state !== 'TERMINATED')
      .map(({ id, state }) => `cluster ${id} (${state})`);
  }

  /** Nodes that clusters hold of a pool. */
  useOf(poolId: string): PoolUse {
    const members = [...this.#clusters.values()].filter((cluster) => cluster.poolId === poolId);
    return {
      used: nodes(members.filter(({ state }) => HOLDS_NODES.has(state))),
      pendingUsed: nodes(members.filter(({ state }) => state === 'PENDING')),
    };
  }

  views(): readonly Body[] {
    return [...this.#clusters.values()].map(view);
  }

  /** GET list: without a filter active, pinned and recently terminated clusters. Empty: `{}`. */
  list(query: URLSearchParams): Answer {
    const states = query.getAll('filter_by.cluster_states');
    const sources = query.getAll('filter_by.cluster_sources');
    const pinned = query.get('filter_by.is_pinned');
    const wanted = [...this.#clusters.values()]
      .filter((cluster) => this.#kept(cluster))
      .filter(({ state }) => states.length === 0 || states.includes(state))
      .filter(({ source }) => sources.length === 0 || sources.includes(source))
      .filter((cluster) => pinned === null || pinned === String(cluster.pinned));
    const { items, tokens } = page(wanted, query, this.#conditions.switches().lastPageToken);
    return { status: 200, body: { ...(items.length === 0 ? {} : { clusters: items.map(view) }), ...tokens } };
  }

  get(id: string): Answer {
    return { status: 200, body: view(this.#present(id)) };
  }

  /** POST delete: terminates, in the background; nothing happens to one that is terminating or terminated. */
  terminate(body: Body): Answer {
    const cluster = this.#present(text(body, 'cluster_id'));
    if (GOING_OR_GONE.has(cluster.state)) return DONE;
    const at = this.#conditions.now() + this.#conditions.switches().timings.clusterTerminateMs;
    cluster.state = 'TERMINATING';
    cluster.next = ENDS[cluster.ends](at);
    return DONE;
  }

  /** POST start: refused unless TERMINATED (observed; the documentation says that nothing happens), and for jobs. */
  start(body: Body): Answer {
    const cluster = this.#present(text(body, 'cluster_id'));
    if (cluster.source === 'JOB') {
      // That it is refused is documented; code and text are a guess.
      throw new Refusal(400, 'INVALID_STATE', `Cluster ${cluster.id} was launched by a job and cannot be started.`);
    }
    if (cluster.state !== 'TERMINATED') {
      const state = `${cluster.state.charAt(0)}${cluster.state.slice(1).toLowerCase()}`;
      throw new Refusal(400, 'INVALID_STATE', `Cluster ${cluster.id} is in unexpected state ${state}.`);
    }
    this.#launch(cluster, this.#conditions.now(), 'caller');
    return DONE;
  }

  /** POST permanent-delete: gone for good; refused while pinned. */
  remove(body: Body): Answer {
    const cluster = this.#present(text(body, 'cluster_id'));
    if (cluster.pinned) {
      throw new Refusal(400, 'INVALID_STATE', `Cluster ${cluster.id} is pinned. Please unpin the cluster first.`);
    }
    this.#clusters.delete(cluster.id);
    return DONE;
  }

  #find(id: string): Cluster {
    const cluster = this.#clusters.get(id);
    if (cluster !== undefined) return cluster;
    throw new Refusal(400, 'INVALID_PARAMETER_VALUE', `Cluster ${id} does not exist`);
  }

  #present(id: string): Cluster {
    const cluster = this.#find(id);
    if (this.#kept(cluster)) return cluster;
    const text = `Cannot access cluster ${id} that was terminated or unpinned more than 30 days ago.`;
    throw new Refusal(400, 'INVALID_STATE', text);
  }

  #kept(cluster: Cluster): boolean {
    return cluster.pinned || (cluster.terminatedAt ?? Number.POSITIVE_INFINITY) > this.#conditions.now() - KEPT_MS;
  }

  #due(now: number): Cluster | undefined {
    return [...this.#clusters.values()]
      .filter(({ next }) => next !== undefined && next.at <= now)
      .sort((a, b) => (a.next?.at ?? 0) - (b.next?.at ?? 0))[0];
  }

  #proceed(cluster: Cluster): void {
    const next = cluster.next;
    if (next === undefined) return;
    cluster.next = undefined;
    if (next.state === 'RELAUNCH') {
      this.#relaunch(cluster, next.at);
      return;
    }
    cluster.state = next.state;
    if (next.state !== 'TERMINATED') return;
    cluster.terminatedAt = next.at;
    if (cluster.poolId !== undefined) this.#pools.giveBack(cluster.poolId, nodes([cluster]), next.at);
    if (cluster.relaunches > 0) {
      cluster.next = { state: 'RELAUNCH', at: next.at + this.#conditions.switches().timings.relaunchMs };
    }
  }

  #relaunch(cluster: Cluster, at: number): void {
    const relaunches = cluster.relaunches - 1;
    cluster.relaunches = 0;
    const runs = cluster.runs + 1;
    const id = `${cluster.id.replace(/-run-\d+$/, '')}-run-${runs}`;
    // Each run of a job has a cluster of its own; any other cluster is started again.
    const launched = cluster.source === 'JOB' ? { ...cluster, id, terminatedAt: undefined } : cluster;
    launched.relaunches = relaunches;
    launched.runs = runs;
    this.#clusters.set(launched.id, launched);
    this.#launch(launched, at, 'scheduler');
  }

  #launch(cluster: Cluster, at: number, by: 'caller' | 'scheduler'): void {
    cluster.state = 'PENDING';
    cluster.startedAt = at;
    cluster.terminatedAt = undefined;
    cluster.next = { state: 'RUNNING', at: at + this.#conditions.switches().timings.clusterStartMs };
    if (cluster.poolId !== undefined) this.#pools.take(cluster.poolId, nodes([cluster]), at);
    this.#started(at, `cluster ${cluster.id}`, by);
  }
}

const DONE: Answer = { status: 200, body: {} };

const ENDS = {
  terminated: (at: number) => ({ state: 'TERMINATED', at }) as const,
  error: (at: number) => ({ state: 'ERROR', at }) as const,
  never: () => undefined,
};

// The driver is a node too.
const nodes = (clusters: readonly Cluster[]): number =>
  clusters.reduce((sum, { numWorkers }) => sum + numWorkers + 1, 0);

const view = (cluster: Cluster): Body => ({
  cluster_id: cluster.id,
  cluster_name: cluster.name,
  cluster_source: cluster.source,
  creator_user_name: 'someone@example.com',
  spark_version: '15.4.x-scala2.12',
  node_type_id: 'i3.xlarge',
  num_workers: cluster.numWorkers,
  ...(cluster.poolId === undefined ? {} : { instance_pool_id: cluster.poolId }),
  state: cluster.state,
  state_message: '',
  start_time: cluster.startedAt,
  ...(cluster.terminatedAt === undefined ? {} : ended(cluster.terminatedAt)),
});

const ended = (at: number): Body => ({
  terminated_time: at,
  termination_reason: { code: 'USER_REQUEST', type: 'SUCCESS' },
});
