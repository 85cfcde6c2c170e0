import { run } from '../../cli/run.ts';
import type { AwsAccess, Surroundings } from '../../cli/surroundings.ts';
import { type ApiServer, REGION } from './api-server.ts';
import type { TestCredentials } from './signature.ts';

/** As long as real ones; none of it may ever be printed. */
export const CREDENTIALS: TestCredentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  sessionToken: `${'IQoJb3JpZ2luX2VjEXAMPLE/+'.repeat(4)}==`,
};

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Milliseconds of each wait; none of them is real. */
  readonly slept: readonly number[];
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly aws?: Partial<AwsAccess>;
  /** Texts by the name of their file; `-` is standard input. */
  readonly files?: Readonly<Record<string, string>>;
  /** Called at each wait, before it is over. */
  readonly onSleep?: (count: number) => void;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** The command line against a server, with a clock that only waiting moves. */
export async function dbsa(
  server: ApiServer,
  line: string | readonly string[],
  options: RunOptions = {},
): Promise<Run> {
  const { environment = {}, aws = {}, files = {}, onSleep, signal = new AbortController().signal, timeoutMs } = options;
  let [out, err, now] = ['', '', Date.parse('2026-08-01T12:00:00Z')];
  const slept: number[] = [];
  const surroundings: Surroundings = {
    environment: { DBSA_API_URL: server.url, ...environment },
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    read: async (file) => {
      const text = files[file];
      if (text !== undefined) return text;
      throw Object.assign(new Error(`ENOENT: no such file or directory, open '${file}'`), { code: 'ENOENT' });
    },
    now: () => new Date(now),
    sleep: async (ms, until) => {
      slept.push(ms);
      now += ms;
      onSleep?.(slept.length);
      until.throwIfAborted();
    },
    random: () => 0.5,
    uuid: () => '00000000-0000-4000-8000-000000000000',
    signal,
    aws: {
      region: async () => REGION,
      credentials: () => async () => server.credentials,
      stackOutput: async () => {
        throw new Error('nobody was to look at a stack');
      },
      ...aws,
    },
  };
  const code = await run(wordsOf(line), surroundings, timeoutMs);
  const leaked = Object.values(server.credentials).filter((value) => `${out}${err}`.includes(value));
  if (leaked.length > 0) throw new Error(`printed credentials:\n${out}${err}`);
  return { code, out, err, slept };
}

const wordsOf = (line: string | readonly string[]): readonly string[] => {
  if (typeof line !== 'string') return line;
  return line === '' ? [] : line.split(' ');
};

/** The lines of a table, cell by cell; empty lines are left out. */
export const cells = (text: string): readonly (readonly string[])[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(/ {2,}/));
