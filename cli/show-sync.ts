import { flag, listOf, object, type Schema, text } from '../lambda/contract/api-schema.ts';
import type { ScopeResult, SyncSummary } from '../lambda/contract/secret-sync.ts';
import { table } from './table.ts';

const FAILURE: Schema = { ...object({ name: text('Name'), message: text('What happened') }), type: ['object', 'null'] };
const TEXTS = listOf(text('One'));

/** As much of a secret sync's result as is shown. */
export const SYNC_SUMMARY = object({
  dryRun: flag('Whether nothing was written'),
  headline: text('One sentence'),
  scopes: listOf(
    object({
      workspaceName: text('Name'),
      workspaceId: text('Id'),
      scope: text('Name'),
      counts: { type: 'object' },
      secrets: listOf(object({ key: text('Key'), secret: text('Name'), status: text('Status'), reason: text('Why') })),
      access: object({ granted: TEXTS, removed: TEXTS, failures: listOf(object({ principal: text('Who') })) }),
      failure: FAILURE,
    }),
  ),
  problems: listOf(object({ workspaceId: text('Id'), failure: { ...FAILURE, type: 'object' } })),
  warnings: TEXTS,
});

/** The scopes with their counts, the secrets that are not as they were, and what is to be attended to. */
export const syncLines = ({ dryRun, headline, scopes, problems, warnings }: SyncSummary): readonly string[] => [
  headline,
  ...(scopes.length === 0 ? [] : ['', ...scopeTable(scopes, dryRun)]),
  ...secretTable(scopes, dryRun),
  ...scopes.flatMap(accessLines),
  ...problems.map(
    ({ workspaceId, scope, failure }) =>
      `problem: workspace ${workspaceId}${scope === null ? '' : `, scope ${scope}`}: ${failure.name}: ${failure.message}`,
  ),
  ...warnings.map((warning) => `warning: ${warning}`),
];

const scopeTable = (scopes: readonly ScopeResult[], dryRun: boolean): readonly string[] =>
  table(
    ['WORKSPACE', 'ID', 'SCOPE', 'SECRETS', 'FAILURE'],
    scopes.map(({ workspaceName, workspaceId, scope, counts, failure }) => [
      workspaceName,
      workspaceId,
      scope,
      countsInWords(counts, dryRun),
      failure === null ? '' : `${failure.name}: ${failure.message}`,
    ]),
  );

/** The API lists what is not UNCHANGED, and of that no more than fits into its answer. */
function secretTable(scopes: readonly ScopeResult[], dryRun: boolean): readonly string[] {
  const rows = scopes.flatMap(({ workspaceName, workspaceId, scope, secrets }) =>
    secrets.map(({ key, secret, status, reason, failure }) => [
      workspaceName || workspaceId,
      scope,
      key,
      secret,
      wordOf(status, dryRun),
      failure === undefined ? reason : `${failure}: ${reason}`,
    ]),
  );
  const changed = scopes.flatMap(({ counts }) => Object.entries(counts)).filter(([status]) => status !== 'UNCHANGED');
  const left = changed.reduce((sum, [, count]) => sum + count, 0) - rows.length;
  return [
    ...(rows.length === 0 ? [] : ['', ...table(['WORKSPACE', 'SCOPE', 'KEY', 'SECRET', 'WHAT', 'WHY'], rows)]),
    ...(left > 0 ? [`and ${left} more, which the counts hold`] : []),
  ];
}

const accessLines = ({ workspaceName, scope, access }: ScopeResult): readonly string[] => [
  ...access.granted.map((rule) => `access to ${workspaceName}/${scope}: ${rule} granted`),
  ...access.removed.map((principal) => `access to ${workspaceName}/${scope}: ${principal} removed`),
  ...access.failures.map(
    ({ principal, failure }) =>
      `access to ${workspaceName}/${scope}: ${principal}: ${failure.name}: ${failure.message}`,
  ),
];

/** `3 written, 24 unchanged`; of a dry run `3 to write`. Words that are new stand as they came. */
export const countsInWords = (counts: Readonly<Record<string, number>>, dryRun: boolean): string =>
  Object.entries(counts)
    .flatMap(([status, count]) => (count > 0 ? [`${count} ${wordOf(status, dryRun)}`] : []))
    .join(', ');

const wordOf = (status: string, dryRun: boolean): string =>
  (dryRun && PLANNED.get(status)) || (WORDS.get(status) ?? status);

const WORDS: ReadonlyMap<string, string> = new Map([
  ['SYNCED', 'written'],
  ['PRUNED', 'deleted'],
  ['DRIFTED', 'edited in Databricks'],
  ['FAILED', 'failed'],
  ['SKIPPED', 'skipped'],
  ['UNCHANGED', 'unchanged'],
]);

const PLANNED: ReadonlyMap<string, string> = new Map([
  ['SYNCED', 'to write'],
  ['PRUNED', 'to delete'],
]);
