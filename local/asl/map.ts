import { runBranches } from './branches.ts';
import type { MapState } from './definition.ts';
import { runDistributed } from './distributed-map.ts';
import { type Item, itemContext, itemInput, readItems } from './map-items.ts';
import { guarded } from './retry.ts';
import { conclude, evaluateNumber, type Step, type Visit, type Walk, withinLimit } from './visit.ts';

/** How many iterations run at once when MaxConcurrency is absent or 0 (service quotas). */
const WIDTH = { INLINE: 40, DISTRIBUTED: 10_000 } as const;

/** The largest MaxConcurrency that is taken; what goes beyond the service's own limits has no effect. */
const LARGEST_WIDTH = 99_999_999;

/** Runs a Map state, inline or distributed, under its Retry and Catch. The result has one entry per item, in order. */
export const runMap = (visit: Visit<MapState>): Promise<Step> =>
  guarded(visit, async () => {
    const { state, name } = visit;
    const mode = state.ItemProcessor.ProcessorConfig?.Mode ?? 'INLINE';
    const items = await readItems(visit);
    const asked = await evaluateNumber(visit, state.MaxConcurrency ?? 0, 'MaxConcurrency', LARGEST_WIDTH);
    const width = asked === 0 ? WIDTH[mode] : Math.min(asked, WIDTH[mode]);
    const result =
      mode === 'DISTRIBUTED'
        ? await runDistributed(visit, items, { width, maxConcurrency: asked })
        : await runInline(visit, items, width);
    withinLimit(result, name, 'returned a result');
    return conclude(visit, state, { seen: { result }, otherwise: result });
  });

const runInline = async (
  visit: Visit<MapState>,
  items: readonly Item[],
  width: number,
): Promise<readonly unknown[]> => {
  const { walk, name } = visit;
  walk.line.add('MapStateStarted', { length: items.length }, name);
  try {
    const results = await runBranches(walk, { count: items.length, width, outer: walk.scope }, (index, branch) =>
      runIteration(visit, items[index] as Item, branch),
    );
    walk.line.add('MapStateSucceeded', undefined, name);
    return results;
  } catch (failure) {
    if (!walk.signal.aborted) walk.line.add('MapStateFailed', undefined, name);
    throw failure;
  }
};

const runIteration = async (visit: Visit<MapState>, item: Item, branch: Walk): Promise<unknown> => {
  const { walk, state, name } = visit;
  const details = { name, index: item.index };
  branch.line.add('MapIterationStarted', details, name);
  try {
    const input = await itemInput(visit, item);
    const context = { ...branch.context, ...itemContext(item) };
    const output = await walk.world.runBlock(state.ItemProcessor, input, { ...branch, context });
    branch.line.add('MapIterationSucceeded', details, name);
    return output;
  } catch (failure) {
    branch.line.add(branch.signal.aborted ? 'MapIterationAborted' : 'MapIterationFailed', details, name);
    throw failure;
  }
};
