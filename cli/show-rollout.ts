import { flag, listOf, object, type Schema, text, textOrNull } from '../lambda/contract/api-schema.ts';
import type { RolloutPlan, RolloutSummary, WorkspaceResult } from '../lambda/contract/rollout.ts';
import { SETTING_WORDS } from '../lambda/contract/setting-words.ts';
import { table } from './table.ts';

const FAILURE = object({ name: text('Name'), message: text('What happened') });
const orNull = (schema: Schema): Schema => ({ ...schema, type: ['object', 'null'] });

/** As much of a rollout's plan as is shown. */
export const ROLLOUT_PLAN = object({
  headline: text('One sentence'),
  key: orNull(object({ arn: text('ARN') })),
  keyConfiguration: object({ kind: text('register, use or none'), id: textOrNull('Id') }),
  workspaces: listOf(
    object({
      workspaceName: text('Name'),
      workspaceId: text('Id'),
      action: text('What is done'),
      fields: listOf(text('Setting')),
      reason: text('Why'),
    }),
  ),
  warnings: listOf(text('One')),
});

/** As much of a rollout's summary as is shown. */
export const ROLLOUT_SUMMARY = object({
  ok: flag('Whether every workspace is right'),
  headline: text('One sentence'),
  keyArn: textOrNull('ARN'),
  keyConfigurationId: textOrNull('Id'),
  workspaces: listOf(
    object({
      workspaceName: text('Name'),
      workspaceId: text('Id'),
      outcome: text('What became of it'),
      restarted: listOf(text('Compute')),
      secrets: orNull(object({ rewritten: { type: 'integer' }, failure: orNull(FAILURE) })),
      failure: orNull(FAILURE),
    }),
  ),
});

/** Each workspace with what is to be done and why. */
export const planLines = ({
  headline,
  key,
  keyConfiguration,
  workspaces,
  warnings,
}: RolloutPlan): readonly string[] => [
  headline,
  ...(key === null
    ? []
    : [
        `key ${key.arn}, ${CONFIGURATION[keyConfiguration.kind] ?? keyConfiguration.kind}${keyConfiguration.id === null ? '' : ` ${keyConfiguration.id}`}`,
      ]),
  ...(workspaces.length === 0
    ? []
    : [
        '',
        ...table(
          ['WORKSPACE', 'ID', 'ACTION', 'CHANGES', 'REASON'],
          workspaces.map((one) => [
            one.workspaceName,
            one.workspaceId,
            one.action,
            one.fields.map((name) => SETTING_WORDS[name]).join(', '),
            one.failure === undefined ? one.reason : `${one.failure.name}: ${one.reason}`,
          ]),
        ),
      ]),
  ...warnings.map((warning) => `warning: ${warning}`),
];

const CONFIGURATION: Readonly<Record<RolloutPlan['keyConfiguration']['kind'], string>> = {
  register: 'a new key configuration will be registered',
  use: 'key configuration',
  none: 'no workspace needs another key configuration',
};

/** What became of each workspace. */
export const summaryLines = ({
  headline,
  keyArn,
  keyConfigurationId,
  workspaces,
}: RolloutSummary): readonly string[] => [
  headline,
  ...(keyArn === null
    ? []
    : [`key ${keyArn}${keyConfigurationId === null ? '' : `, key configuration ${keyConfigurationId}`}`]),
  ...(workspaces.length === 0
    ? []
    : [
        '',
        ...table(
          ['WORKSPACE', 'ID', 'OUTCOME', 'RESTARTED', 'SECRETS', 'FAILURE'],
          workspaces.map((one) => [
            one.workspaceName,
            one.workspaceId,
            one.outcome,
            one.restarted.length === 0 ? '' : String(one.restarted.length),
            secretsOf(one),
            one.failure === null ? '' : `${one.failure.name}: ${one.failure.message}`,
          ]),
        ),
      ]),
];

function secretsOf({ secrets }: WorkspaceResult): string {
  if (secrets === null) return '';
  const written = `${secrets.rewritten} written again`;
  return secrets.failure === null ? written : `${written}, then ${secrets.failure.name}`;
}
