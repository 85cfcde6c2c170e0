/** What the person asked for. */
export interface Options {
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

export const USAGE = `npm start -- [--once] [--json] [--help]

Runs the synthesized template on this machine with simulated AWS and Databricks, and shows what happens: secret
syncs first, then a key rollout that moves the secrets under the new key.

  --once   end after the rollout: exit code 0 if every workspace and every secret is right, 1 if not
  --json   one JSON object per line on standard output: ready, sync..., progress..., result
  PORT     environment variable: port of the AWS endpoint (default ${DEFAULT_PORT}, with --once any free one);
           the simulated Databricks and the HTTP API listen on the next two`;

/** Reads the command line; throws UsageError. */
export function readOptions(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Options {
  const known = new Set(['--once', '--json', '--help']);
  const unknown = words.filter((word) => !known.has(word));
  if (unknown.length > 0) throw new UsageError(`found ${unknown.join(' ')}, wanted --once, --json or --help`);
  const once = words.includes('--once');
  return {
    once,
    json: words.includes('--json'),
    help: words.includes('--help'),
    port: readPort(environment.PORT, once),
  };
}

function readPort(text: string | undefined, once: boolean): number {
  if (text === undefined || text === '') return once ? 0 : DEFAULT_PORT;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_534) return port;
  throw new UsageError(`PORT: found ${JSON.stringify(text)}, wanted a port number from 0 to 65533`);
}
