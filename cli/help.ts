import type { Command } from './command.ts';
import { EXIT_MEANINGS } from './exit-code.ts';
import { GLOBAL_OPTIONS, OPTIONS, type OptionName, type OptionSpec } from './options.ts';

/** `dbsa --help`. */
export const programHelp = (commands: readonly Command[]): readonly string[] => [
  'npx dbsa COMMAND [OPTIONS]',
  '',
  'Asks the HTTP API of a deployed stage about keys, rollouts, secrets and workspaces, and starts operations there.',
  '',
  'Commands',
  ...columns(commands.map((command) => [usageOf(command), command.says])),
  '',
  'Options of every command',
  ...optionLines(GLOBAL_OPTIONS),
  '',
  'Environment',
  ...columns([
    ['DBSA_API_URL', 'as --url'],
    ['DBSA_STAGE', 'as --stage'],
    ['AWS_...', 'Region, profile and credentials, as for the AWS CLI'],
  ]),
  '',
  'Examples',
  '  npx dbsa rollout plan BINDING --stage prod',
  '  npx dbsa rollout start BINDING --stage prod --wait',
  '  npx dbsa workspaces create -f workspace.json --stage prod --wait',
  '  npx dbsa secrets sync --stage prod --binding etl --wait --json | jq .status',
  '',
  'Exit codes',
  ...columns(EXIT_MEANINGS.map(([code, meaning]) => [String(code), meaning])),
  '',
  '`npx dbsa COMMAND --help` tells more.',
];

/** `dbsa keys --help`. */
export const nounHelp = (noun: string, commands: readonly Command[]): readonly string[] => [
  `npx dbsa ${noun} ...`,
  '',
  ...columns(commands.map((command) => [usageOf(command), command.says])),
  '',
  `\`npx dbsa ${noun} ... --help\` tells more.`,
];

/** `dbsa keys list --help`. */
export function commandHelp(command: Command): readonly string[] {
  const { required = [], optional = [], says, more = [] } = command;
  const own = [...required, ...optional];
  return [
    `npx dbsa ${usageOf(command)}${optional.length > 0 ? ' [OPTIONS]' : ''}`,
    '',
    `${says}.`,
    ...more,
    ...(own.length > 0 ? ['', 'Options', ...optionLines(own)] : []),
    '',
    'Options of every command',
    ...optionLines(GLOBAL_OPTIONS),
    '',
    '`npx dbsa --help` tells the exit codes.',
  ];
}

/** What cannot be left out. */
const usageOf = ({ words, argument, required = [] }: Command): string =>
  [
    words,
    ...(argument === undefined ? [] : [argument.mayLack === true ? `[${argument.name}]` : argument.name]),
    ...required.map(optionUsage),
  ].join(' ');

function optionUsage(name: OptionName): string {
  const { value }: OptionSpec = OPTIONS[name];
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

const optionLines = (names: readonly OptionName[]): readonly string[] =>
  columns(names.map((name) => [optionForms(name), OPTIONS[name].says]));

function optionForms(name: OptionName): string {
  const { short }: OptionSpec = OPTIONS[name];
  return short === undefined ? optionUsage(name) : `-${short}, ${optionUsage(name)}`;
}

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
