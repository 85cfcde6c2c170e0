import { MOST_READ_AT_ONCE } from '../lambda/app/secret-ports.ts';
import { type Cost, costOf } from './secret-sync/cost.ts';
import { type Memory, memoryOf } from './secret-sync/memory.ts';
import { PEERS } from './secret-sync/peers.ts';
import type { StandOptions } from './secret-sync/stand.ts';
import type { Strategy } from './secret-sync/strategy.ts';
import { sweepAlone, thisProject } from './secret-sync/this-project.ts';
import { type Ending, endingOf } from './secret-sync/trouble.ts';

/** As many as one scope holds (Databricks, "Secret management"). */
const SECRETS = 1_000;
const BYTES = 64;
/** Of costs; the median of their times is told. What goes wrong is counted, and needs one round. */
const ROUNDS = 3;
/** Of a round trip to AWS, which this project alone makes. */
const AWS_MS = 10;

/** Everything is refused for 5 s, beginning in the middle of the sync. */
const STORM = { afterPuts: 200, lastsMs: 5_000, retryAfterSeconds: 1 };
/** A limit that holds all the time. Databricks publishes none for secrets. */
const LIMIT = { perSecond: 30, retryAfterSeconds: 1 };

/** Secrets and bytes of each. Twenty are what this project reads at a time. */
const MEMORY = [
  [SECRETS, 1_000],
  [MOST_READ_AT_ONCE, 60_000],
  [SECRETS, 60_000],
] as const;

type Phases = Readonly<Record<keyof Cost, number>>;

interface StrategyReport {
  readonly name: string;
  /** Requests to Databricks, token requests not counted. */
  readonly calls: Phases;
  /** Time, as a multiple of what this project took in the same rounds. */
  readonly timesThisProject: Phases;
  /** The longest time for which a key that was in the scope was not, as a multiple of a round trip. */
  readonly absentRoundTrips: number;
  /** Null where another row tells it. */
  readonly trouble: {
    readonly badKey: Ending;
    readonly storm: Ending;
    readonly limit: Ending;
  } | null;
}

interface SecretsReport {
  readonly secrets: number;
  readonly latencyMs: number;
  readonly awsMs: number;
  readonly rounds: number;
  readonly strategies: readonly StrategyReport[];
  readonly memory: readonly Memory[];
}

/**
 * What it takes to bring 1,000 secrets into one Databricks scope and to keep them there, by this project and in the ways
 * of others, before the same simulated server; and what this project holds in memory meanwhile. The others are plain
 * functions that send what those tools send; only this project also pays for its round trips to AWS. Round trips pass on
 * a simulated clock, so that the figures depend on them and hardly on the machine. `say` is told what is being done.
 */
export async function measureSecrets(latencyMs: number, say: (text: string) => void): Promise<SecretsReport> {
  const options: StandOptions = { secrets: { count: SECRETS, bytes: BYTES }, latencyMs, awsMs: AWS_MS };
  const costs = new Map([thisProject, sweepAlone, ...PEERS].map((strategy) => [strategy, [] as Cost[]]));
  // Round by round, so that a slow moment of the machine does not hit one strategy alone.
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const [strategy, taken] of costs) {
      say(`Syncing ${SECRETS} secrets, round ${round} of ${ROUNDS}: ${strategy.name}`);
      taken.push(await costOf(strategy, options));
    }
  }
  const baseline = timesOf(costs.get(thisProject) ?? []);
  const strategies: StrategyReport[] = [];
  for (const [strategy, taken] of costs) {
    if (strategy !== sweepAlone) say(`A bad key, a storm, a limit: ${strategy.name}`);
    const times = timesOf(taken);
    strategies.push({
      name: strategy.name,
      calls: phases((phase) => median(taken.map((cost) => cost[phase].calls))),
      timesThisProject: phases((phase) => rounded(times[phase] / baseline[phase], 2)),
      absentRoundTrips: rounded(median(taken.map(longestAbsence)) / latencyMs, 1),
      trouble: strategy === sweepAlone ? null : await troubleOf(strategy, options),
    });
  }
  const memory: Memory[] = [];
  for (const [count, bytes] of MEMORY) {
    say(`Memory of a first sync of ${count} secrets of ${bytes} bytes`);
    memory.push(await memoryOf(count, bytes));
  }
  return { secrets: SECRETS, latencyMs, awsMs: AWS_MS, rounds: ROUNDS, strategies, memory };
}

const troubleOf = async (strategy: Strategy, options: StandOptions): Promise<StrategyReport['trouble']> => ({
  badKey: await endingOf(strategy, {
    ...options,
    secrets: { ...options.secrets, odd: SECRETS / 2 },
    switches: { secretNames: 'documented' },
  }),
  storm: await endingOf(strategy, { ...options, storm: STORM }),
  limit: await endingOf(strategy, { ...options, switches: { secretsRateLimit: LIMIT } }),
});

const phases = (of: (phase: keyof Cost) => number): Phases => ({
  first: of('first'),
  unchanged: of('unchanged'),
  oneChanged: of('oneChanged'),
});

const timesOf = (costs: readonly Cost[]): Phases => phases((phase) => median(costs.map((cost) => cost[phase].ms)));

const longestAbsence = ({ first, unchanged, oneChanged }: Cost): number =>
  Math.max(first.absentMs, unchanged.absentMs, oneChanged.absentMs);

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

export function printSecrets({ secrets, latencyMs, awsMs, rounds, strategies, memory }: SecretsReport): void {
  console.log(
    `\n${secrets} secrets in one scope: calls to Databricks, and time as a multiple of this project's\n` +
      `(median of ${rounds}; ${latencyMs} ms a round trip, and ${awsMs} ms one to AWS, which only this project makes)`,
  );
  console.table(Object.fromEntries(strategies.map((each) => [each.name, costRow(each)])));
  console.log(
    `\nA first sync in which one key is refused with 400; in which everything is refused with 429 for ${STORM.lastsMs / 1000} s;\n` +
      `and at a limit of ${LIMIT.perSecond} requests a second. Right: keys that hold what they should in the end`,
  );
  console.table(
    Object.fromEntries(
      strategies.flatMap(({ name, trouble }) => (trouble === null ? [] : [[name, troubleRow(trouble)]])),
    ),
  );
  console.log(
    "\nMemory of this project's first sync: what could not be collected, beyond what its fresh process held before",
  );
  console.table(
    Object.fromEntries(memory.map((each) => [`${each.secrets} of ${each.bytesEach} bytes`, memoryRow(each)])),
  );
}

const costRow = ({ calls, timesThisProject: times, absentRoundTrips }: StrategyReport) => ({
  'first sync': calls.first,
  'nothing changed': calls.unchanged,
  '1 changed': calls.oneChanged,
  'x time first': times.first,
  'x time nothing': times.unchanged,
  'x time 1 changed': times.oneChanged,
  'key absent, round trips': absentRoundTrips,
});

const troubleRow = ({ badKey, storm, limit }: NonNullable<StrategyReport['trouble']>) => ({
  'bad key: others right': badKey.right,
  'calls for it': badKey.calls,
  '429 storm: right': storm.right,
  refused: storm.refused,
  'started over': storm.restarts,
  'limit: right': limit.right,
  'refused there': limit.refused,
});

const memoryRow = ({ valuesBytes, heldBytes }: Memory) => ({
  'all values MB': megabytes(valuesBytes),
  'held at most MB': megabytes(heldBytes),
  'x all values': rounded(heldBytes / valuesBytes, 2),
});

const megabytes = (bytes: number): number => rounded(bytes / 1_000_000, 1);
