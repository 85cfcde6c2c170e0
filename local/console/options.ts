/** What `npm start` may show; the first one unless another is named. */
const SCENARIO_NAMES = ['rollout', 'provisioning'] as const;
export type ScenarioName = (typeof SCENARIO_NAMES)[number];

/** What the person asked for. */
export interface Options {
  readonly scenario: ScenarioName;
  readonly once: boolean;
  readonly json: boolean;
  readonly help: boolean;
  /** Of the AWS endpoint; the simulated Databricks and the HTTP API take the next two. 0 lets the machine choose all. */
  readonly port: number;
}

/** Thrown for words that are not understood; the message says what was wanted. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const DEFAULT_PORT = 4570;

export const USAGE = `npm start -- [--scenario rollout|provisioning] [--once] [--json] [--help]

Runs the synthesized template on this machine with simulated AWS and Databricks, and shows what happens.

  --scenario   rollout (default): secret syncs first, then a key rollout that moves the secrets under the new key
               provisioning: a workspace from the request to its first secrets
  --once   end after that: exit code 0 if every workspace and every secret is right, 1 if not
  --json   one JSON object per line on standard output: ready, sync... or plan, progress..., result
  PORT     environment variable: port of the AWS endpoint (default ${DEFAULT_PORT}, with --once any free one);
           the simulated Databricks and the HTTP API listen on the next two`;

/** Reads the command line; throws UsageError. */
export function readOptions(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Options {
  const { scenario, flags } = readScenario(words);
  const known = new Set(['--once', '--json', '--help']);
  const unknown = flags.filter((word) => !known.has(word));
  if (unknown.length > 0) {
    throw new UsageError(`found ${unknown.join(' ')}, wanted --once, --json or --help, or --scenario NAME`);
  }
  const once = flags.includes('--once');
  return {
    scenario,
    once,
    json: flags.includes('--json'),
    help: flags.includes('--help'),
    port: readPort(environment.PORT, once),
  };
}

/** `--scenario NAME` or `--scenario=NAME`, and the other words. */
function readScenario(words: readonly string[]): {
  readonly scenario: ScenarioName;
  readonly flags: readonly string[];
} {
  const at = words.findIndex((word) => /^--scenario(=|$)/.test(word));
  if (at === -1) return { scenario: SCENARIO_NAMES[0], flags: words };
  const [, value = words[at + 1]] = (words[at] ?? '').split('=');
  const scenario = SCENARIO_NAMES.find((name) => name === value);
  if (scenario === undefined) {
    throw new UsageError(`--scenario: found ${value ?? 'nothing'}, wanted ${SCENARIO_NAMES.join(' or ')}`);
  }
  return { scenario, flags: words.toSpliced(at, words[at] === '--scenario' ? 2 : 1) };
}

function readPort(text: string | undefined, once: boolean): number {
  if (text === undefined || text === '') return once ? 0 : DEFAULT_PORT;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_534) return port;
  throw new UsageError(`PORT: found ${JSON.stringify(text)}, wanted a port number from 0 to 65533`);
}
