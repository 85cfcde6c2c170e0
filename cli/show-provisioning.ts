import { flag, listOf, object, type Schema, text, textOrNull } from '../lambda/contract/api-schema.ts';
import type { ProvisioningPlan, ProvisioningSummary } from '../lambda/contract/provisioning.ts';
import { SETTING_WORDS } from '../lambda/contract/setting-words.ts';
import { facts, plainLines, table } from './table.ts';

const TEXTS = listOf(text('One'));
const orNull = (schema: Schema): Schema => ({ ...schema, type: ['object', 'null'] });

/** As much of a provisioning's plan as is shown. */
export const PROVISIONING_PLAN = object({
  headline: text('One sentence'),
  workspace: object({ kind: text('create, adopt, remove or refuse') }),
  configurations: listOf(
    object({ of: text('Path in the request'), kind: text('use or create'), id: textOrNull('Id'), name: text('Name') }),
  ),
  problems: TEXTS,
  warnings: TEXTS,
});

/** As much of a provisioning's summary as is shown. */
export const PROVISIONING_SUMMARY = object({
  ok: flag('Whether it is as it was asked for'),
  headline: text('One sentence'),
  workspaceName: text('Name'),
  workspaceId: textOrNull('Id'),
  url: textOrNull('Where people find it'),
  status: textOrNull('Of the workspace'),
  made: TEXTS,
  settings: orNull({}),
  diagnosis: TEXTS,
  failure: orNull(object({ name: text('Name'), message: text('What happened') })),
});

/** What is there and what would be made, and what is in the way. */
export const provisioningPlanLines = ({
  headline,
  configurations,
  problems,
  warnings,
}: ProvisioningPlan): readonly string[] => [
  headline,
  ...(configurations.length === 0
    ? []
    : [
        '',
        ...table(
          ['CONFIGURATION', 'WHAT', 'ID', 'NAME'],
          configurations.map(({ of, kind, id, name }) => [of, kind, id ?? '', name]),
        ),
      ]),
  ...(problems.length + warnings.length === 0 ? [] : ['']),
  ...problems.flatMap((problem) => entry('problem', problem)),
  ...warnings.flatMap((warning) => entry('warning', warning)),
];

/** Where the workspace is and what it is made of; what is wrong with it. */
export function provisioningLines(summary: ProvisioningSummary): readonly string[] {
  const { headline, workspaceId, url, status, made, settings, diagnosis, failure } = summary;
  const shown = [
    ...fact('id', workspaceId),
    ...fact('url', url),
    ...fact('status', status),
    ...SETTING_NAMES.flatMap((setting) => fact(SETTING_WORDS[setting], settings?.[setting])),
  ];
  return [
    headline,
    ...(shown.length === 0 ? [] : facts(shown)),
    ...made.map((one) => `created ${one}`),
    ...(failure === null ? [] : entry(failure.name, failure.message)),
    ...diagnosisLines(diagnosis),
  ];
}

/** What is the matter, then what was found and what to try, in the order in which to try it. */
export const diagnosisLines = ([head, ...others]: readonly string[]): readonly string[] =>
  head === undefined ? [] : [head, ...others.map((line) => `  - ${line}`)];

const SETTING_NAMES = Object.keys(SETTING_WORDS) as readonly (keyof typeof SETTING_WORDS)[];

const fact = (name: string, value: string | null | undefined): readonly (readonly [string, string])[] =>
  value === null || value === undefined ? [] : [[name, value]];

/** Further lines stand below the first. */
function entry(name: string, message: string): readonly string[] {
  const [first = '', ...others] = plainLines(message);
  return [`${name}: ${first}`, ...others.map((line) => `  ${line}`)];
}
