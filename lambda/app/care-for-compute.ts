import { scheduledAt } from '../domain/scheduled-run.ts';
import { type CleanUpOutcome, type CleanUpPorts, cleanUpAfter } from './clean-up-after.ts';
import { type SweepOutcome, type SweepPorts, sweepCompute } from './sweep-compute.ts';

/** Sees to it that no compute stays stopped: after a rollout that an event says ended badly, and by schedule everywhere. */
export async function careForCompute(
  input: unknown,
  ports: CleanUpPorts & SweepPorts,
): Promise<CleanUpOutcome | SweepOutcome> {
  const due = scheduledAt(input, ports.clock());
  return due === undefined ? cleanUpAfter(input, ports) : sweepCompute(due, ports);
}
