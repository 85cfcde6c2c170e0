import { onStand, type StandOptions, SyncFailed } from './stand.ts';
import type { Strategy } from './strategy.ts';

/** How a first sync ends when something goes wrong on the way. */
export interface Ending {
  /** Keys that hold what they should. */
  readonly right: number;
  readonly calls: number;
  /** Of them, those answered 429. */
  readonly refused: number;
  /** How often the tool started over. */
  readonly restarts: number;
}

/** A first sync, started over as often as the tool does so by itself. */
export const endingOf = (strategy: Strategy, options: StandOptions): Promise<Ending> =>
  onStand(options, async (stand) => {
    const sync = strategy.install(stand);
    let restarts = 0;
    const { calls, refused } = await stand.measure(async () => {
      while (!(await succeeds(sync(null)))) {
        const pause = strategy.restartsAfterMs[restarts];
        if (pause === undefined) return;
        restarts += 1;
        await stand.wait(pause);
      }
    });
    return { right: stand.right(), calls, refused, restarts };
  });

const succeeds = async (run: Promise<void>): Promise<boolean> => {
  try {
    await run;
    return true;
  } catch (error) {
    if (!(error instanceof SyncFailed)) throw error;
    return false;
  }
};
