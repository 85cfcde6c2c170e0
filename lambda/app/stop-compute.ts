import type { BindingsFile } from '../contract/bindings.ts';
import { FAILURE } from '../contract/failures.ts';
import type { StopComputeOutput, WorkspaceStep } from '../contract/rollout.ts';
import type { ComputeUnit } from '../domain/compute.ts';
import { planStop, rememberAll } from '../domain/compute-stop.ts';
import { AutomationError } from '../domain/failure.ts';
import type { CallCount, Clock, ComputePlane, Leases, StoppedCompute, StoppedComputeRecord } from './ports.ts';
import { workspaceLease } from './take-lease.ts';

export interface StopPorts {
  readonly bindings: BindingsFile;
  readonly compute: ComputePlane;
  readonly stoppedCompute: StoppedCompute;
  readonly leases: Leases;
  readonly calls: CallCount;
  readonly clock: Clock;
}

/**
 * One look at a workspace's compute, and what the policy does about it; called again until nothing runs. What
 * will be restarted is written down before anything is stopped. Jobs may start compute again meanwhile: each look stops
 * what it finds. Fails with ComputeRunning (policy `require-stopped`) or, past the deadline, with ComputeDidNotStop.
 */
export async function stopCompute(step: WorkspaceStep, ports: StopPorts): Promise<StopComputeOutput> {
  const policy = step.treatment.compute;
  const { computeStopDeadlineMinutes, leaseMinutes } = ports.bindings.timing;
  const now = ports.clock();
  await ports.leases.renew(workspaceLease(step.workspaceId), step.rolloutId, now + leaseMinutes * 60_000);
  if (policy === 'leave-running') return { stopped: true, stillRunning: [], calls: ports.calls() };

  const { stop, remember, stillRunning } = planStop(await ports.compute.list(), policy);
  if (stillRunning.length === 0) return { stopped: true, stillRunning, calls: ports.calls() };
  if (policy === 'require-stopped') {
    throw new AutomationError(
      FAILURE.computeRunning,
      `workspace ${step.workspaceId} has running compute and ${step.subject} requires it to be stopped: ${stillRunning.join('; ')}. Stop it and start the rollout again`,
    );
  }
  const since = await writeDown(step, remember, ports, now);
  if (now - since > computeStopDeadlineMinutes * 60_000) {
    throw new AutomationError(
      FAILURE.computeDidNotStop,
      `compute of workspace ${step.workspaceId} did not stop within ${computeStopDeadlineMinutes} minutes: ${stillRunning.join('; ')}`,
    );
  }
  for (const unit of stop) await ports.compute.stop(unit);
  return { stopped: false, stillRunning, calls: ports.calls() };
}

/** Since when this rollout has been stopping; a record that an interrupted rollout left is taken over whole. */
async function writeDown(
  step: WorkspaceStep,
  remember: readonly ComputeUnit[],
  { stoppedCompute }: StopPorts,
  now: number,
): Promise<number> {
  const before = await stoppedCompute.read(step.workspaceId);
  const ours = before?.rolloutId === step.rolloutId;
  const units = rememberAll(before?.units ?? [], remember);
  const stoppingSince = before !== undefined && ours ? before.stoppingSince : now;
  if (before !== undefined && ours && units.length === before.units.length) return stoppingSince;
  const record: StoppedComputeRecord = {
    workspaceId: step.workspaceId,
    version: (before?.version ?? 0) + 1,
    rolloutId: step.rolloutId,
    stoppingSince,
    units,
  };
  await stoppedCompute.write(record);
  return stoppingSince;
}
