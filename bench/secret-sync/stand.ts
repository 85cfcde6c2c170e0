import { LocalClock } from '../../local/clock.ts';
import type { Control } from '../../local/databricks/control.ts';
import type { SwitchChanges } from '../../local/databricks/switches.ts';
import { type Client, type ClientOptions, connect } from './client.ts';
import { Traffic } from './traffic.ts';
import { addressOf, SCOPE, startWorkspace, WORKSPACE_ID } from './workspace.ts';

/** Once the server has taken so many puts, it refuses everything for a while. */
interface Storm {
  readonly afterPuts: number;
  readonly lastsMs: number;
  readonly retryAfterSeconds: number;
}

export interface StandOptions extends ClientOptions {
  readonly switches?: SwitchChanges;
  readonly storm?: Storm;
}

/** A simulated workspace and a sync's side of the wire to it. */
export interface Stand extends Client {
  readonly control: Control;
  /** What a run took. One that rejects with SyncFailed took something too; other failures are passed on. */
  measure(run: () => Promise<void>): Promise<Run>;
  /** Keys of the scope that hold what they should. */
  right(): number;
}

export interface Run {
  /** On the stand's clock. */
  readonly ms: number;
  /** Requests that reached Databricks. */
  readonly calls: number;
  /** Of them, those answered 429. */
  readonly refused: number;
  /** The longest time for which a key was not in the scope although it had been before. */
  readonly absentMs: number;
}

/** A run that did not bring every secret where it belongs, as its tool reports it. */
export class SyncFailed extends Error {
  override readonly name = 'SyncFailed';
}

/** Starts an empty workspace, does `work` and ends it. */
export async function onStand<T>(options: StandOptions, work: (stand: Stand) => Promise<T>): Promise<T> {
  const clock = new LocalClock();
  const databricks = await startWorkspace(clock.now, options.switches);
  const { control } = databricks;
  let traffic = new Traffic();
  let storm: Promise<void> | undefined;
  const client = await connect(addressOf(databricks), options, clock, (request, outcome) => {
    traffic.note(request, outcome, clock.now());
    if (traffic.puts === options.storm?.afterPuts) storm ??= blow(options.storm, control, client.wait);
  });
  const stand: Stand = {
    ...client,
    control,
    measure: async (run) => {
      traffic = new Traffic();
      control.resetRequests();
      const began = clock.now();
      await run().catch((error: unknown) => {
        if (!(error instanceof SyncFailed)) throw error;
      });
      const ended = clock.now();
      const calls = Object.values(control.counters()[WORKSPACE_ID] ?? {}).reduce((sum, count) => sum + count, 0);
      return { ms: ended - began, calls, refused: traffic.refused, absentMs: traffic.longestAbsentMs(ended) };
    },
    right: () => {
      const { keys } = client.secrets;
      return keys.filter((key) => control.secretValue(WORKSPACE_ID, SCOPE, key) === client.secrets.value(key)).length;
    },
  };
  try {
    const result = await work(stand);
    await storm;
    return result;
  } finally {
    await client.close();
    await databricks.close();
  }
}

async function blow({ lastsMs, retryAfterSeconds }: Storm, control: Control, wait: Client['wait']): Promise<void> {
  control.addFault({ kind: 'throttled', retryAfterSeconds, path: '^/api/2.0/secrets/', probability: 1 });
  await wait(lastsMs);
  control.clearFaults();
}
