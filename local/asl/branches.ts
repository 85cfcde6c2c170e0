import { SiblingFailed } from './failure.ts';
import { Scope } from './scope.ts';
import type { Walk } from './visit.ts';

/**
 * Runs `count` pieces of work, at most `width` at a time, each as an actor of its own with variables of its own, and
 * answers their results in order. The first failure aborts the siblings, waits until they have stopped, and is thrown.
 * Meanwhile the walk itself does not hold time back.
 */
export const runBranches = async <T>(
  walk: Walk,
  { count, width, outer }: { readonly count: number; readonly width: number; readonly outer?: Scope },
  run: (index: number, branch: Walk) => Promise<T>,
): Promise<readonly T[]> => {
  const failed = new AbortController();
  const signal = AbortSignal.any([walk.signal, failed.signal]);
  const results: T[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    const actor = walk.world.clock.enter();
    try {
      while (next < count && !signal.aborted) {
        const index = next++;
        const branch = { ...walk, actor, signal, line: walk.line.fork(), scope: new Scope(outer) };
        results[index] = await run(index, branch);
      }
    } catch (failure) {
      failures.push(failure);
      failed.abort(new SiblingFailed('another branch failed first'));
    } finally {
      actor.leave();
    }
  };
  await walk.actor.away(Promise.all(Array.from({ length: Math.min(width, count) }, work)));
  walk.signal.throwIfAborted();
  if (failures.length > 0) throw failures[0];
  return results;
};
