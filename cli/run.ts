import { VERSION } from '../lambda/contract/version.ts';
import { apiClient } from './api-client.ts';
import { type CommandLine, readGiven, readWords } from './arguments.ts';
import { findApi } from './base-url.ts';
import type { Command } from './command.ts';
import { COMMANDS } from './commands.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { Interrupted, UsageError } from './failures.ts';
import { commandHelp, nounHelp, programHelp } from './help.ts';
import { HiddenValues } from './hidden-values.ts';
import { report } from './report.ts';
import { screen as makeScreen } from './screen.ts';
import type { Surroundings } from './surroundings.ts';

/** API Gateway gives its integrations 29 seconds. */
const TIMEOUT_MS = 30_000;

/** Runs one command line and answers the exit code. */
export async function run(
  words: readonly string[],
  outside: Surroundings,
  timeoutMs: number = TIMEOUT_MS,
): Promise<ExitCode> {
  const hidden = new HiddenValues();
  const surroundings: Surroundings = {
    ...outside,
    out: (text) => outside.out(hidden.clean(text)),
    err: (text) => outside.err(hidden.clean(text)),
  };
  let screen = makeScreen(false, surroundings);
  try {
    const line = readWords(words);
    screen = makeScreen(line.values.json === true, surroundings);
    const told = helpFor(line);
    if (told !== undefined) {
      surroundings.out(`${told.join('\n')}\n`);
      return EXIT.allRight;
    }
    const command = commandOf(line);
    const given = readGiven(command, line);
    let target: ReturnType<typeof findApi> | undefined;
    const api = apiClient({
      ...surroundings,
      target: () => {
        target ??= findApi(given, surroundings, hidden);
        return target;
      },
      note: (text) => screen.note([text]),
      timeoutMs,
    });
    return await untilInterrupted(command.run({ given, api, screen, surroundings }), outside.signal);
  } catch (error) {
    return report(error, screen);
  }
}

/** What a person asked to be told, if they did. */
function helpFor({ positionals, values }: CommandLine): readonly string[] | undefined {
  if (values.version === true) return [VERSION];
  if (values.help !== true) return undefined;
  const command = find(positionals);
  if (command !== undefined) return commandHelp(command);
  const [noun] = positionals;
  const ofNoun = COMMANDS.filter(({ words }) => words.split(' ')[0] === noun);
  if (noun !== undefined && ofNoun.length === 0) throw unknownCommand(positionals);
  return noun === undefined ? programHelp(COMMANDS) : nounHelp(noun, ofNoun);
}

const find = (positionals: readonly string[]): Command | undefined =>
  COMMANDS.find(({ words }) => words.split(' ').every((word, index) => positionals[index] === word));

function commandOf({ positionals }: CommandLine): Command {
  const command = find(positionals);
  if (command === undefined) throw unknownCommand(positionals);
  return command;
}

function unknownCommand([noun, verb]: readonly string[]): UsageError {
  const help = '`npx dbsa --help` tells every command.';
  if (noun === undefined) return new UsageError('found no command', help);
  const verbs = COMMANDS.flatMap(({ words }) => (words.startsWith(`${noun} `) ? [words.slice(noun.length + 1)] : []));
  const nouns = [...new Set(COMMANDS.map(({ words }) => words.split(' ')[0] ?? ''))];
  return verbs.length === 0
    ? new UsageError(`found ${JSON.stringify(noun)}, wanted ${nouns.join(', ')}`, help)
    : new UsageError(
        `${noun}: found ${verb === undefined ? 'nothing' : JSON.stringify(verb)}, wanted ${verbs.join(', ')}`,
        help,
      );
}

/** What can be ended ends at once, and knows more to say. */
const GRACE_MS = 250;

/** Not everything that a command waits for can be ended, such as a login of the AWS SDK. */
async function untilInterrupted(work: Promise<ExitCode>, signal: AbortSignal): Promise<ExitCode> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => void setTimeout(() => reject(new Interrupted()), GRACE_MS);
  signal.addEventListener('abort', onAbort);
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
