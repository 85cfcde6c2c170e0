import { onStand, type Run, type StandOptions } from './stand.ts';
import type { Strategy } from './strategy.ts';

/** What a strategy takes of Databricks when nothing goes wrong; times on the stand's clock. */
export interface Cost {
  readonly first: Run;
  readonly unchanged: Run;
  readonly oneChanged: Run;
}

/** First sync into an empty workspace, a second one with nothing to do, a third after one secret changed. */
export const costOf = (strategy: Strategy, options: StandOptions): Promise<Cost> =>
  onStand(options, async (stand) => {
    const { keys } = stand.secrets;
    const sync = strategy.install(stand);
    const measured = async (changed: string | null): Promise<Run> => {
      const run = await stand.measure(() => sync(changed));
      if (stand.right() < keys.length) throw new Error(`${strategy.name}: only ${stand.right()} keys are right`);
      return run;
    };
    const first = await measured(null);
    const unchanged = await measured(null);
    const some = keys[keys.length >> 1] ?? '';
    stand.secrets.change(some);
    return { first, unchanged, oneChanged: await measured(some) };
  });
