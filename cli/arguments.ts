import { parseArgs } from 'node:util';
import { objection } from './check-value.ts';
import type { Command, Given } from './command.ts';
import { UsageError } from './failures.ts';
import { GLOBAL_OPTIONS, OPTIONS, type OptionName, type OptionSpec } from './options.ts';

type Values = Readonly<Partial<Record<OptionName, string | boolean | readonly string[]>>>;

export interface CommandLine {
  readonly positionals: readonly string[];
  readonly values: Values;
}

/** Splits the words into options and the rest. Fails with UsageError for options that no command has. */
export function readWords(words: readonly string[]): CommandLine {
  const { values, positionals, tokens } = parse(words);
  const names = tokens.flatMap((token) => (token.kind === 'option' ? [token.name as OptionName] : []));
  const twice = names.find((name, index) => specOf(name).kind !== 'list' && names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`--${twice}: found twice, wanted once`);
  return { positionals, values: values as Values };
}

function parse(words: readonly string[]) {
  const options = Object.fromEntries(
    (Object.entries(OPTIONS) as [OptionName, OptionSpec][]).map(([name, { kind, short }]) => [
      name,
      {
        type: kind === 'flag' ? ('boolean' as const) : ('string' as const),
        multiple: kind === 'list',
        ...(short !== undefined && { short }),
      },
    ]),
  );
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true, tokens: true });
  } catch (error) {
    const { code, message = '' } = error as Partial<NodeJS.ErrnoException>;
    if (code?.startsWith('ERR_PARSE_ARGS') !== true) throw error;
    throw new UsageError(message, '`npx dbsa --help` tells every command and its options.');
  }
}

/** What a command was given. Fails with UsageError that tells everything that is wrong with it. */
export function readGiven(command: Command, { positionals, values }: CommandLine): Given {
  const rest = positionals.slice(command.words.split(' ').length);
  const lists = new Map(
    (Object.keys(values) as OptionName[]).flatMap((name) =>
      specOf(name).kind === 'list' ? [[name, listOf(name, values)] as const] : [],
    ),
  );
  const objections = [
    ...argumentObjections(command, rest),
    ...strangers(command, values),
    ...missing(command, values),
    ...(Object.keys(values) as OptionName[]).flatMap((name) => {
      const found = optionObjection(name, lists.get(name) ?? values[name]);
      return found === undefined ? [] : [`--${name}: ${found}`];
    }),
  ];
  if (objections.length > 0) {
    throw new UsageError(objections.join('\n'), `\`npx dbsa ${command.words} --help\` tells what it takes.`);
  }
  const text = (name: OptionName): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    argument: rest[0] ?? '',
    flag: (name) => values[name] === true,
    text,
    number: (name) => {
      const value = text(name);
      return value === undefined ? undefined : Number(value);
    },
    list: (name) => lists.get(name) ?? [],
  };
}

function argumentObjections({ argument }: Command, rest: readonly string[]): readonly string[] {
  const [found, ...others] = rest;
  if (argument === undefined) return rest.map((word) => `found ${JSON.stringify(word)}, wanted nothing`);
  if (found === undefined && argument.mayLack === true) return [];
  if (found === undefined) return [`${argument.name}: found nothing, wanted ${argument.schema.description ?? 'it'}`];
  const wrong = objection(found, argument.schema);
  return [
    ...(wrong === undefined ? [] : [`${argument.name}: ${wrong}`]),
    ...others.map((word) => `found ${JSON.stringify(word)} after ${argument.name}, wanted nothing`),
  ];
}

/** Options of other commands are refused: ignoring `--scope` would sync too much. */
function strangers({ words, required = [], optional = [] }: Command, values: Values): readonly string[] {
  const known = new Set([...required, ...optional, ...GLOBAL_OPTIONS]);
  return (Object.keys(values) as OptionName[])
    .filter((name) => !known.has(name))
    .map((name) => `--${name}: \`${words}\` does not take it`);
}

const missing = ({ required = [] }: Command, values: Values): readonly string[] =>
  required.filter((name) => values[name] === undefined).map((name) => `--${name}: found nothing, ${wantedOf(name)}`);

const wantedOf = (name: OptionName): string => `wanted ${specOf(name).says}`;

function optionObjection(name: OptionName, value: Values[OptionName]): string | undefined {
  if (value === undefined || typeof value === 'boolean') return undefined;
  if (value === '') return `found nothing, ${wantedOf(name)}`;
  return objection(value, specOf(name).schema ?? {});
}

function listOf(name: OptionName, values: Values): readonly string[] {
  const given = values[name];
  if (!Array.isArray(given)) return [];
  return specOf(name).commas ? given.flatMap((one: string) => one.split(',')) : given;
}

const specOf = (name: OptionName): OptionSpec => OPTIONS[name];
