import { flag, listOf, object, type Schema, text, textOrNull } from '../lambda/contract/api-schema.ts';
import type { ProvisioningPlan, ProvisioningSummary } from '../lambda/contract/provisioning.ts';
import { facts, table } from './table.ts';

const orNull = (schema: Schema): Schema => ({ ...schema, type: ['object', 'null'] });

/** As much of a provisioning's plan as is shown. */
export const PROVISIONING_PLAN = object({
  headline: text('One sentence'),
  configurations: listOf(
    object({ of: text('Part'), kind: text('use or create'), id: textOrNull('Id'), name: text('Name') }),
  ),
  problems: listOf(text('One')),
  warnings: listOf(text('One')),
});

/** As much of its summary as is shown. */
export const PROVISIONING_SUMMARY = object({
  ok: flag('Whether it is as it was asked for'),
  headline: text('One sentence'),
  workspaceId: textOrNull('Id'),
  status: textOrNull('Of the workspace'),
  url: textOrNull('Where it is'),
  made: listOf(text('One')),
  diagnosis: listOf(text('One')),
  failure: orNull(object({ name: text('Name'), message: text('What happened') })),
});

/** What is there, what would be made, and what is in the way. */
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
          ['PART', 'ACTION', 'ID', 'NAME'],
          configurations.map(({ of, kind, id, name }) => [of, kind, id ?? '', name]),
        ),
      ]),
  ...problems.map((problem) => `problem: ${problem}`),
  ...warnings.map((warning) => `warning: ${warning}`),
];

/** What became of the workspace. */
export const provisioningLines = (summary: ProvisioningSummary): readonly string[] => [
  summary.headline,
  ...facts([
    ['workspace', summary.workspaceId ?? ''],
    ['status', summary.status ?? ''],
    ['url', summary.url ?? ''],
    ...summary.made.map((made, index) => [index === 0 ? 'created' : '', made] as const),
  ]),
  ...(summary.failure === null ? [] : [`${summary.failure.name}: ${summary.failure.message}`]),
  ...summary.diagnosis,
];
