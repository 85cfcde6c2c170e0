/** What the person asked for. */
export interface Options {
  readonly once: boolean;
  readonly json: boolean;
  readonly help: boolean;
  readonly scenario: Scenario;
  /** Of the AWS endpoint; the simulated Databricks and the HTTP API take the next two. 0 lets the machine choose all. */
  readonly port: number;
}

type Scenario = 'rollout' | 'provisioning';

const SCENARIOS: readonly Scenario[] = ['rollout', 'provisioning'];

/** Thrown for words that are not understood; the message says what was wanted. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const DEFAULT_PORT = 4570;

export const USAGE = `npm start -- [--scenario NAME] [--once] [--json] [--help]

Runs the synthesized template on this machine with simulated AWS and Databricks, and shows what happens: secret
syncs first, then a key rollout that moves the secrets under the new key.

  --scenario provisioning
           instead, from a request to a workspace that runs, is encrypted and has its secrets
  --once   end after that: exit code 0 if every workspace and every secret is right, 1 if not
  --json   one JSON object per line on standard output: ready, sync..., progress..., result
  PORT     environment variable: port of the AWS endpoint (default ${DEFAULT_PORT}, with --once any free one);
           the simulated Databricks and the HTTP API listen on the next two`;

/** Reads the command line; throws UsageError. */
export function readOptions(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Options {
  const known = new Set(['--once', '--json', '--help', '--scenario']);
  const at = words.indexOf('--scenario');
  const unknown = words.filter((word, index) => !known.has(word) && (at < 0 || index !== at + 1));
  if (unknown.length > 0) {
    throw new UsageError(`found ${unknown.join(' ')}, wanted --scenario, --once, --json or --help`);
  }
  const once = words.includes('--once');
  return {
    once,
    json: words.includes('--json'),
    help: words.includes('--help'),
    scenario: at < 0 ? 'rollout' : readScenario(words[at + 1]),
    port: readPort(environment.PORT, once),
  };
}

function readScenario(word: string | undefined): Scenario {
  const scenario = SCENARIOS.find((one) => one === word);
  if (scenario !== undefined) return scenario;
  throw new UsageError(`--scenario: found ${word ?? 'nothing'}, wanted ${SCENARIOS.join(' or ')}`);
}

function readPort(text: string | undefined, once: boolean): number {
  if (text === undefined || text === '') return once ? 0 : DEFAULT_PORT;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_534) return port;
  throw new UsageError(`PORT: found ${JSON.stringify(text)}, wanted a port number from 0 to 65533`);
}
