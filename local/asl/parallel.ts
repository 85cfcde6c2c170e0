import { runBranches } from './branches.ts';
import type { ParallelState } from './definition.ts';
import { guarded } from './retry.ts';
import { conclude, evaluate, type Step, type Visit, withinLimit } from './visit.ts';

/** Runs a Parallel state: all branches at once, each on a copy of the input; one failure stops the others. */
export const runParallel = (visit: Visit<ParallelState>): Promise<Step> =>
  guarded(visit, async () => {
    const { state, walk, name } = visit;
    const input = state.Arguments === undefined ? visit.input : await evaluate(visit, state.Arguments, 'Arguments');
    withinLimit(input, name, 'was given arguments');
    walk.line.add('ParallelStateStarted', undefined, name);
    const branches = state.Branches;
    const result = await runBranches(
      walk,
      { count: branches.length, width: branches.length, outer: walk.scope },
      (index, branch) => {
        const block = branches[index];
        if (block === undefined) throw new RangeError(`state '${name}' has no branch ${index}`);
        return walk.world.runBlock(block, input, branch);
      },
    ).catch((failure: unknown) => {
      if (!walk.signal.aborted) walk.line.add('ParallelStateFailed', undefined, name);
      throw failure;
    });
    walk.line.add('ParallelStateSucceeded', undefined, name);
    withinLimit(result, name, 'returned a result');
    return conclude(visit, state, { seen: { result }, otherwise: result });
  });
