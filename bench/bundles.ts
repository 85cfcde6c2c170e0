import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import example from '../config/example.ts';
import { synthesize } from '../local/assembly.ts';
import { readAssembly } from '../local/template/assembly.ts';

/** Processes per bundle; the median is told. One more is started first and thrown away: it warms the disk cache. */
const ROUNDS = 7;

interface Bundle {
  readonly name: string;
  readonly dir: string;
  readonly environment: Readonly<Record<string, string>>;
}

interface Measure {
  readonly name: string;
  readonly kilobytes: number;
  readonly kilobytesZipped: number;
  /** Median, from the start of the process to its end. */
  readonly coldMs: number;
  /** `coldMs` without what an empty module takes. */
  readonly loadMs: number;
  readonly timesEmpty: number;
}

interface BundlesReport {
  /** Processes per bundle. */
  readonly rounds: number;
  readonly functions: readonly Measure[];
}

interface FunctionProperties {
  readonly Code: { readonly S3Key: string };
  readonly Environment?: { readonly Variables: Readonly<Record<string, unknown>> };
}

/**
 * What each function's bundle weighs and how long a fresh process takes to load it. The times belong to the machine they
 * were taken on; the ratio to a process that loads an empty module can be compared. `say` is told what is being done.
 */
export async function measureBundles(say: (text: string) => void): Promise<BundlesReport> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    writeFileSync(join(folder, 'index.mjs'), 'export const handler = undefined;\n');
    say('Synthesizing the example stage (about ten seconds, unless it was kept from an earlier run)');
    const empty = { name: 'an empty module', dir: folder, environment: {} };
    return { rounds: ROUNDS, functions: measure(await bundles(), empty, say) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function printBundles({ rounds, functions }: BundlesReport): void {
  console.log(`\nBundles on Node.js ${process.version}, median of ${rounds} fresh processes each`);
  console.table(
    Object.fromEntries(
      functions.map(({ name, kilobytes, kilobytesZipped, coldMs, loadMs, timesEmpty }) => [
        name,
        {
          KB: kilobytes,
          'KB zipped': kilobytesZipped,
          'cold ms': coldMs,
          'of it loading': loadMs,
          'x empty': timesEmpty,
        },
      ]),
    ),
  );
}

/** The functions of the example stage, each with its bundle and a value for every setting it reads. */
async function bundles(): Promise<readonly Bundle[]> {
  const { dir } = await synthesize(example);
  return readAssembly(dir).flatMap(({ template, assetDirs }) => {
    const resources = template.Resources as Readonly<
      Record<string, { readonly Type: string; readonly Properties: FunctionProperties }>
    >;
    return Object.entries(resources).flatMap(([id, { Type, Properties }]) => {
      const asset = Type === 'AWS::Lambda::Function' ? assetDirs.get(Properties.Code.S3Key) : undefined;
      if (asset === undefined) return [];
      const settings = Object.keys(Properties.Environment?.Variables ?? {});
      return [
        {
          name: id.replace(/^Automation|Functions(?=[A-Z])|Function[0-9A-F]{8}$/g, ''),
          dir: asset,
          // Any ARN will do: nothing is called while a bundle loads.
          environment: Object.fromEntries(
            settings.map((name) => [name, 'arn:aws:states:us-west-2:111122223333:stateMachine:any']),
          ),
        },
      ];
    });
  });
}

/** Milliseconds until a fresh process has loaded the bundle and ended. */
function coldStart({ name, dir, environment }: Bundle): number {
  const load = `await import('file://' + process.cwd() + '/index.mjs'); process.exit(0);`;
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', load], {
    cwd: dir,
    env: { ...environment, AWS_REGION: 'us-west-2', LAMBDA_TASK_ROOT: dir },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${name} does not load:\n${stderr}`);
  return performance.now() - began;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

function measure(all: readonly Bundle[], empty: Bundle, say: (text: string) => void): readonly Measure[] {
  const times = new Map([empty, ...all].map((bundle) => [bundle, [] as number[]]));
  for (const bundle of times.keys()) coldStart(bundle);
  // Round by round, so that a slow moment of the machine does not hit one bundle alone.
  for (let round = 1; round <= ROUNDS; round += 1) {
    say(`Loading every bundle in a fresh process, round ${round} of ${ROUNDS}`);
    for (const [bundle, taken] of times) taken.push(coldStart(bundle));
  }
  const baseline = median(times.get(empty) ?? []);
  return [...times].map(([{ name, dir }, taken]) => {
    const file = join(dir, 'index.mjs');
    const coldMs = median(taken);
    return {
      name,
      kilobytes: rounded(statSync(file).size / 1000),
      kilobytesZipped: rounded(gzipSync(readFileSync(file)).length / 1000),
      coldMs: rounded(coldMs),
      loadMs: rounded(coldMs - baseline),
      timesEmpty: Number((coldMs / baseline).toFixed(2)),
    };
  });
}

const rounded = (value: number): number => Number(value.toFixed(1));
