import type { ComputePolicy } from '../contract/bindings.ts';
import type { Cluster, ComputeUnit } from './compute.ts';

/** What to do about a workspace's compute before its key may change. */
export interface StopPlan {
  /** To be asked to stop now. */
  readonly stop: readonly ComputeUnit[];
  /** To be written down before anything is stopped: what the restart must bring back, as it is now. */
  readonly remember: readonly ComputeUnit[];
  /** Everything that still stands in the way, in words. */
  readonly stillRunning: readonly string[];
}

/**
 * Decides from one listing. Job, pipeline and model clusters are stopped but never remembered: their scheduler starts
 * them. A warehouse's own clusters (source SQL) stop with it. Serverless warehouses do not run in the workspace's VPC.
 * Source: Databricks, "Add or update a customer-managed key on a running workspace", step 4.
 */
export function planStop(units: readonly ComputeUnit[], policy: ComputePolicy): StopPlan {
  if (policy === 'leave-running') return { stop: [], remember: [], stillRunning: [] };
  const busy = units.filter(isBusy);
  const stillRunning = busy.map(describeUnit);
  if (policy === 'require-stopped') return { stop: [], remember: [], stillRunning };
  return { stop: busy.filter(needsStop), remember: busy.filter(isOurs), stillRunning };
}

const CLUSTER_AT_REST: ReadonlySet<string> = new Set(['TERMINATED']);
const CLUSTER_STARTED: ReadonlySet<string> = new Set([
  'PENDING',
  'RUNNING',
  'RESTARTING',
  'RESIZING',
  'ERROR',
  'UNKNOWN',
]);
const WAREHOUSE_AT_REST: ReadonlySet<string> = new Set(['STOPPED', 'DELETED']);
const WAREHOUSE_STARTED: ReadonlySet<string> = new Set(['STARTING', 'RUNNING']);
const STARTED_BY_PEOPLE: ReadonlySet<string> = new Set(['UI', 'API']);

function isBusy(unit: ComputeUnit): boolean {
  switch (unit.kind) {
    case 'cluster':
      return !CLUSTER_AT_REST.has(unit.state);
    case 'instance-pool':
      return unit.instances > 0 || unit.minIdleInstances > 0;
    case 'sql-warehouse':
      return !unit.serverless && !WAREHOUSE_AT_REST.has(unit.state);
  }
}

function needsStop(unit: ComputeUnit): boolean {
  switch (unit.kind) {
    case 'cluster':
      return CLUSTER_STARTED.has(unit.state) && unit.source !== 'SQL';
    case 'instance-pool':
      return unit.minIdleInstances > 0 || unit.idleAutoterminationMinutes !== 0;
    case 'sql-warehouse':
      return WAREHOUSE_STARTED.has(unit.state);
  }
}

/** What is restarted later: it ran, people (not a scheduler) had started it, and it is not on its way out already. */
const isOurs = (unit: ComputeUnit): boolean => needsStop(unit) && (unit.kind !== 'cluster' || startedByPeople(unit));

const startedByPeople = (cluster: Cluster): boolean =>
  STARTED_BY_PEOPLE.has(cluster.source) && cluster.state !== 'ERROR';

/** `cluster 'etl' (0123-abc) is RUNNING`. */
export function describeUnit(unit: ComputeUnit): string {
  if (unit.kind === 'instance-pool') {
    return `instance pool '${unit.name}' (${unit.id}) holds ${unit.instances} instances, ${unit.minIdleInstances} at least`;
  }
  const kind = unit.kind === 'cluster' ? 'cluster' : 'SQL warehouse';
  return `${kind} '${unit.name}' (${unit.id}) is ${unit.state}`;
}

/**
 * Joins what was written down before with what is found now. The first record of a unit wins: a pool that was drained
 * must come back as it was before the first attempt, not as an interrupted attempt left it.
 */
export function rememberAll(recorded: readonly ComputeUnit[], found: readonly ComputeUnit[]): readonly ComputeUnit[] {
  const known = new Set(recorded.map(unitKey));
  return [...recorded, ...found.filter((unit) => !known.has(unitKey(unit)))];
}

/** Pools first, so that clusters find their instances. */
export const restartOrder = (units: readonly ComputeUnit[]): readonly ComputeUnit[] =>
  units.toSorted((a, b) => Number(b.kind === 'instance-pool') - Number(a.kind === 'instance-pool'));

/** Identifies a unit within its workspace. */
export const unitKey = (unit: ComputeUnit): string => `${unit.kind}/${unit.id}`;
