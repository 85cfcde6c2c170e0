import { FAILURE } from '../contract/failures.ts';
import type { RestartComputeOutput, WorkspaceStep } from '../contract/rollout.ts';
import type { ComputeUnit } from '../domain/compute.ts';
import { describeUnit, restartOrder } from '../domain/compute-stop.ts';
import { AutomationError } from '../domain/failure.ts';
import type { CallCount, Clock, ComputePlane, ComputeRests, StoppedCompute } from './ports.ts';

export interface RestartPorts {
  readonly compute: ComputePlane;
  readonly stoppedCompute: StoppedCompute;
  readonly rests: Pick<ComputeRests, 'of'>;
  readonly calls: CallCount;
  readonly clock: Clock;
}

/**
 * Starts what is on record as stopped, and nothing else. Units that start leave the record one by one, so a crash in the
 * middle restarts the rest; one that cannot be started stays on record and fails the step with ComputeNotRestarted after
 * all others were tried. While a change of the workspace is under way, or compute has to rest after one, nothing is
 * started, and the answer says when to ask again.
 */
export async function restartCompute(step: WorkspaceStep, ports: RestartPorts): Promise<RestartComputeOutput> {
  const record = await ports.stoppedCompute.read(step.workspaceId);
  // A change that asks for a rest is done when people may start compute, too.
  const rest = record === undefined && !step.needsRest ? undefined : await ports.rests.of(step.workspaceId);
  if (rest !== undefined && rest.until > ports.clock()) {
    return { restUntil: new Date(rest.until).toISOString(), restarted: [], calls: ports.calls() };
  }
  if (record === undefined) return { restUntil: null, restarted: [], calls: ports.calls() };
  const restarted: string[] = [];
  const failed: { readonly unit: ComputeUnit; readonly error: unknown }[] = [];
  let version = record.version;
  let left = restartOrder(record.units);
  for (const unit of left) {
    try {
      const outcome = await ports.compute.start(unit);
      restarted.push(outcome === 'started' ? nameOf(unit) : `${nameOf(unit)} no longer exists`);
    } catch (error) {
      failed.push({ unit, error });
      continue;
    }
    left = left.filter((one) => one !== unit);
    if (left.length === 0) break;
    version += 1;
    await ports.stoppedCompute.write({ ...record, version, units: left });
  }
  if (failed.length === 0) {
    await ports.stoppedCompute.clear(step.workspaceId, version);
    return { restUntil: null, restarted, calls: ports.calls() };
  }
  const reasons = failed.map(
    ({ unit, error }) => `${describeUnit(unit)}: ${error instanceof Error ? error.message : String(error)}`,
  );
  throw new AutomationError(
    FAILURE.computeNotRestarted,
    `workspace ${step.workspaceId}: ${failed.length} of ${record.units.length} could not be restarted: ${reasons.join('; ')}. They stay on record and the next rollout of this workspace starts them`,
    { cause: failed[0]?.error },
  );
}

const nameOf = (unit: ComputeUnit): string => `${unit.kind} '${unit.name}'`;
