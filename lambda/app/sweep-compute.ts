import { FAILURE } from '../contract/failures.ts';
import type { RolloutRequest } from '../contract/rollout.ts';
import { computeGone, computeNeedsPerson } from '../domain/compute-news.ts';
import { isFailure } from '../domain/failure.ts';
import { slotOf } from '../domain/scheduled-run.ts';
import type { ToldNews } from './key-watch-ports.ts';
import type { Executions } from './operation-ports.ts';
import type {
  CallCount,
  Clock,
  Leases,
  Message,
  Messenger,
  StoppedCompute,
  StoppedComputeRecord,
  WorkspaceDirectory,
} from './ports.ts';
import { workspaceLease } from './take-lease.ts';

export interface SweepPorts {
  readonly stoppedCompute: StoppedCompute;
  readonly leases: Pick<Leases, 'holder'>;
  readonly workspaces: Pick<WorkspaceDirectory, 'list' | 'get'>;
  readonly executions: Pick<Executions, 'start'>;
  readonly told: Pick<ToldNews, 'claim' | 'forget'>;
  readonly messenger: Messenger;
  readonly clock: Clock;
  readonly calls: CallCount;
}

export interface SweepOutcome {
  /** Name of the rollout that restarts compute, where some was left. */
  readonly restart?: string;
  readonly workspaceIds: readonly string[];
  /** Workspaces that are no more. */
  readonly gone: readonly string[];
  /** Workspaces whose compute people were told of. */
  readonly told: readonly string[];
  readonly calls: number;
}

/**
 * Restarts in vain before people are told, and before it is tried once a day only. Each keeps trying for half an hour by
 * itself, so that this is two hours.
 */
const MOST_SWEEPS = 3;
const DAY_MS = 24 * 60 * 60_000;

/**
 * Looks for compute on record that nobody looks after: its workspace has no live lease. One rollout restarts it all, named
 * by the minute `due`, milliseconds. Compute of a workspace that was deleted is told of, and its record cleared; what does
 * not start is told of once a day. Asks Databricks nothing where nothing is on record.
 */
export async function sweepCompute(due: number, ports: SweepPorts): Promise<SweepOutcome> {
  const left = await unattended(ports);
  if (left.length === 0) return { workspaceIds: [], gone: [], told: [], calls: ports.calls() };
  const names = new Map((await ports.workspaces.list()).map(({ id, name }) => [id, name]));
  const gone = await confirmedGone(left, names, ports);
  const { workspaceIds, hopeless } = await toRestart(
    left.filter((one) => !gone.includes(one)),
    ports,
  );
  const restart = workspaceIds.length === 0 ? undefined : await restartAll(workspaceIds, due, ports);
  for (const record of hopeless) {
    const message = computeNeedsPerson(record, names.get(record.workspaceId) ?? '', record.sweeps ?? 0);
    await tell(message, record.workspaceId, STUCK, ports);
  }
  for (const record of gone) await giveUp(record, ports);
  return {
    ...(restart !== undefined && { restart }),
    ...{ workspaceIds, gone: gone.map(idOf), told: hopeless.map(idOf), calls: ports.calls() },
  };
}

const STUCK = 'stuck';
const GONE = 'gone';

const idOf = ({ workspaceId }: StoppedComputeRecord): string => workspaceId;

/** Whoever holds the lease of a workspace restarts its compute, or its lease ends. */
async function unattended({ stoppedCompute, leases }: SweepPorts): Promise<readonly StoppedComputeRecord[]> {
  const left: StoppedComputeRecord[] = [];
  for (const record of await stoppedCompute.all()) {
    if ((await leases.holder(workspaceLease(record.workspaceId))) === undefined) left.push(record);
  }
  return left;
}

/** A list may lack a workspace for a moment; what is asked for by its id and not there is gone. */
async function confirmedGone(
  records: readonly StoppedComputeRecord[],
  listed: ReadonlyMap<string, string>,
  { workspaces }: SweepPorts,
): Promise<readonly StoppedComputeRecord[]> {
  const gone: StoppedComputeRecord[] = [];
  for (const record of records.filter(({ workspaceId }) => !listed.has(workspaceId))) {
    try {
      await workspaces.get(record.workspaceId);
    } catch (error) {
      if (!isFailure(error, FAILURE.workspaceNotFound)) throw error;
      gone.push(record);
    }
  }
  return gone;
}

/** What is tried now, and of that what was tried in vain so often that people have to know. */
async function toRestart(
  records: readonly StoppedComputeRecord[],
  ports: SweepPorts,
): Promise<{ readonly workspaceIds: readonly string[]; readonly hopeless: readonly StoppedComputeRecord[] }> {
  const workspaceIds: string[] = [];
  const hopeless: StoppedComputeRecord[] = [];
  for (const record of records) {
    const isHopeless = (record.sweeps ?? 0) >= MOST_SWEEPS;
    if (isHopeless && !(await ports.told.claim(record.workspaceId, STUCK, ports.clock() + DAY_MS))) continue;
    if (isHopeless) hopeless.push(record);
    if (await counted(record, ports)) workspaceIds.push(record.workspaceId);
  }
  return { workspaceIds, hopeless };
}

/** False if somebody changed the record since: it is looked after, then. */
async function counted(record: StoppedComputeRecord, { stoppedCompute }: SweepPorts): Promise<boolean> {
  try {
    await stoppedCompute.write({ ...record, version: record.version + 1, sweeps: (record.sweeps ?? 0) + 1 });
    return true;
  } catch (error) {
    if (isFailure(error, FAILURE.stateChanged)) return false;
    throw error;
  }
}

async function restartAll(workspaceIds: readonly string[], due: number, { executions }: SweepPorts): Promise<string> {
  const name = `sweep-${slotOf(due)}`;
  const request: RolloutRequest = {
    restart: { workspaceIds },
    trigger: { kind: 'schedule', eventTime: new Date(due).toISOString() },
  };
  await executions.start('key-rollout', name, request);
  return name;
}

/** Told first: a record that is cleared could not be told of any more. */
async function giveUp(record: StoppedComputeRecord, ports: SweepPorts): Promise<void> {
  const isFirst = await ports.told.claim(record.workspaceId, GONE, ports.clock() + DAY_MS);
  if (isFirst) await tell(computeGone(record), record.workspaceId, GONE, ports);
  await ports.stoppedCompute.clear(record.workspaceId, record.version);
}

/** What was claimed and could not be told is not taken for told. */
async function tell(
  message: Message,
  workspaceId: string,
  claim: string,
  { messenger, told }: SweepPorts,
): Promise<void> {
  try {
    await messenger.tell(message);
  } catch (error) {
    await told.forget(workspaceId, claim);
    throw error;
  }
}
