import { runBranches } from './branches.ts';
import type { MapState } from './definition.ts';
import { STATES_ERROR, StateFailure, TaskFailure } from './failure.ts';
import { type Item, itemInput } from './map-items.ts';
import type { MapRun, Outcome } from './map-run.ts';
import { evaluateNumber, type Visit } from './visit.ts';

interface Tolerance {
  readonly toleratedFailureCount: number;
  readonly toleratedFailurePercentage: number;
  /** Whether so many failures are too many. */
  readonly exceededBy: (failures: number) => boolean;
}

/** A label holds at most 40 characters, and none that is special in an ARN. */
const labelOf = ({ state, name }: Visit<MapState>): string =>
  state.Label ?? name.replaceAll(/[^0-9A-Za-z_-]/g, '').slice(0, 40);

/**
 * Runs a Distributed Map: each item is an execution of its own, without the outer variables. The result holds the
 * outputs of the children that succeeded, in the order of the items; a tolerated failure contributes nothing (measured
 * on AWS by floci-io/floci, pull requests 2694 and 3605). Past the tolerance the running children are stopped and the
 * state fails with States.ExceedToleratedFailureThreshold, also when no failure is tolerated
 * (Step Functions guide, "Tolerated failure threshold for Distributed Map state").
 */
export const runDistributed = async (
  visit: Visit<MapState>,
  items: readonly Item[],
  { width, maxConcurrency }: { readonly width: number; readonly maxConcurrency: number },
): Promise<readonly unknown[]> => {
  const { walk, name } = visit;
  const tolerance = await readTolerance(visit, items.length);
  if (walk.world.mapRuns === undefined) {
    throw new StateFailure(STATES_ERROR.runtime, 'this run of the interpreter has no place for child executions');
  }
  const { exceededBy, ...tolerated } = tolerance;
  const plan = { stateName: name, label: labelOf(visit), itemCount: items.length, maxConcurrency, ...tolerated };
  const mapRun = walk.world.mapRuns.start(plan);
  walk.line.add('MapRunStarted', { mapRunArn: mapRun.arn }, name);
  try {
    const outputs = await runChildren(visit, items, { mapRun, width, exceededBy });
    mapRun.end('SUCCEEDED');
    walk.line.add('MapRunSucceeded', undefined, name);
    return outputs;
  } catch (failure) {
    mapRun.end(walk.signal.aborted ? 'ABORTED' : 'FAILED');
    if (walk.signal.aborted) walk.line.add('MapRunAborted', undefined, name);
    else if (failure instanceof TaskFailure) {
      walk.line.add('MapRunFailed', { error: failure.error, cause: failure.cause }, name);
    }
    throw failure;
  }
};

const runChildren = async (
  visit: Visit<MapState>,
  items: readonly Item[],
  run: { readonly mapRun: MapRun; readonly width: number; readonly exceededBy: (failures: number) => boolean },
): Promise<readonly unknown[]> => {
  let failures = 0;
  const outcomes = await runBranches<Outcome>(
    visit.walk,
    { count: items.length, width: run.width },
    async (index, { actor, signal }) => {
      const input = await itemInput(visit, items[index] as Item);
      const outcome = await actor.away(run.mapRun.runChild(visit.state.ItemProcessor, input, signal));
      signal.throwIfAborted();
      if (outcome.status !== 'SUCCEEDED') failures += 1;
      if (run.exceededBy(failures)) {
        const told = 'The specified tolerated failure threshold was exceeded';
        throw new TaskFailure(STATES_ERROR.exceedToleratedFailureThreshold, told);
      }
      return outcome;
    },
  );
  return outcomes.flatMap((outcome) => (outcome.status === 'SUCCEEDED' ? [outcome.output] : []));
};

/** A limit that is not given does not bind while the other is; with neither, one failure is too many. */
const readTolerance = async (visit: Visit<MapState>, total: number): Promise<Tolerance> => {
  const { ToleratedFailureCount: count, ToleratedFailurePercentage: percentage } = visit.state;
  const toleratedFailureCount = await evaluateNumber(visit, count ?? 0, 'ToleratedFailureCount', 10_000_000);
  const toleratedFailurePercentage = await evaluateNumber(visit, percentage ?? 0, 'ToleratedFailurePercentage', 100);
  const bindsCount = count !== undefined || percentage === undefined;
  const bindsPercentage = percentage !== undefined;
  return {
    toleratedFailureCount,
    toleratedFailurePercentage,
    exceededBy: (failures) =>
      (bindsCount && failures > toleratedFailureCount) ||
      (bindsPercentage && failures * 100 > toleratedFailurePercentage * total),
  };
};
