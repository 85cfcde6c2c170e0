import type {
  ScopeResult,
  StatusCounts,
  SummarizeSyncInput,
  SyncProblem,
  SyncSummary,
} from '../contract/secret-sync.ts';
import { oneLine } from './one-line.ts';
import { addCounts } from './scope-result.ts';

/** Scopes that a message tells of; the rest is counted. */
const MOST_TOLD = 40;
/** Secrets that a message tells of for each scope. */
const MOST_SECRETS_TOLD = 10;

/** What a sync did, in words and as data. Every planned scope appears, also those that never answered. */
export function summarizeSync(input: SummarizeSyncInput): SyncSummary {
  const { plan, request, syncId } = input;
  const problems = [...plan.problems, ...unanswered(input)];
  const scopes = input.results;
  const counts = addCounts(scopes.map((scope) => scope.counts));
  const bad = scopes.filter(isBad).length + problems.length;
  const dryRun = request.dryRun === true;
  const ok = bad === 0;
  const headline = headlineOf({ ok, dryRun, bad, scopes: scopes.length, counts });
  return {
    ok,
    worthTelling: isWorthTelling(input, ok),
    syncId,
    dryRun,
    headline,
    message: [
      headline,
      ...problems.map(problemLine),
      ...scopes.filter(isWorthALine).slice(0, MOST_TOLD).flatMap(scopeLines),
      ...plan.warnings.map((warning) => `warning: ${warning}`),
      ...(ok ? [] : ['Mend the cause; the next sync goes on where this one ended.']),
    ]
      // Principals and failures are told in the words of others.
      .map(oneLine)
      .join('\n'),
    counts,
    rewritten: scopes.reduce((sum, { rewritten }) => sum + rewritten, 0),
    scopes,
    problems,
    warnings: plan.warnings,
    calls: plan.calls + scopes.reduce((sum, { calls }) => sum + calls, 0),
  };
}

/** Scopes whose execution ended without a result. */
function unanswered({ plan, results }: SummarizeSyncInput): readonly SyncProblem[] {
  return plan.scopes
    .filter(({ workspaceId, scope }) => !results.some((one) => one.workspaceId === workspaceId && one.scope === scope))
    .map(({ workspaceId, scope }) => ({
      workspaceId,
      scope,
      failure: {
        name: 'NotReached',
        message: 'its execution ended without a result; look at the map run of this sync',
      },
    }));
}

const isBad = ({ failure, counts, access }: ScopeResult): boolean =>
  failure !== null || counts.FAILED > 0 || access.failures.length > 0;

const isWorthALine = (scope: ScopeResult): boolean =>
  isBad(scope) || scope.secrets.length > 0 || scope.access.granted.length + scope.access.removed.length > 0;

/**
 * A person hears of syncs that somebody asked for and that did something, and of what was found out of place. A
 * scheduled sync that fails raises an alarm; telling it again at every run would bury it.
 */
function isWorthTelling({ request, results, plan }: SummarizeSyncInput, ok: boolean): boolean {
  if (request.dryRun === true) return false;
  const kind = request.trigger?.kind ?? 'request';
  if (!ok && kind !== 'schedule') return true;
  if (kind === 'request' && plan.warnings.length > 0) return true;
  return results.some(({ counts, created }) => created || counts.DRIFTED > 0 || counts.PRUNED > 0);
}

interface Head {
  readonly ok: boolean;
  readonly dryRun: boolean;
  readonly bad: number;
  readonly scopes: number;
  readonly counts: StatusCounts;
}

function headlineOf({ ok, dryRun, bad, scopes, counts }: Head): string {
  const what = dryRun ? 'secret sync (dry run)' : 'secret sync';
  const parts = [
    [counts.SYNCED, dryRun ? 'to write' : 'written'],
    [counts.PRUNED, dryRun ? 'to delete' : 'deleted'],
    [counts.DRIFTED, 'edited in Databricks'],
    [counts.FAILED, 'failed'],
    [counts.SKIPPED, 'skipped'],
    [counts.UNCHANGED, 'unchanged'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
  const where = `${scopes} ${scopes === 1 ? 'scope' : 'scopes'}`;
  const sum = told.length === 0 ? 'no secrets' : told.join(', ');
  return ok ? `${what}: ${sum} in ${where}` : `${what} is incomplete: ${bad} to attend to; ${sum} in ${where}`;
}

const problemLine = ({ workspaceId, scope, failure }: SyncProblem): string =>
  `- workspace ${workspaceId}${scope === null ? '' : `, scope ${scope}`} FAILED: ${failure.name}: ${failure.message}`;

function scopeLines(result: ScopeResult): readonly string[] {
  const { workspaceName, workspaceId, scope, failure, counts, access, secrets, calls } = result;
  const numbers = Object.entries(counts).flatMap(([status, count]) => (count > 0 ? [`${count} ${status}`] : []));
  const head = failure === null ? numbers.join(', ') : `FAILED: ${failure.name}: ${failure.message}`;
  const told = secrets.filter(({ status }) => status !== 'SYNCED').slice(0, MOST_SECRETS_TOLD);
  return [
    `- ${workspaceName || 'workspace'} (${workspaceId}), scope ${scope}: ${head || 'access only'}, ${calls} calls`,
    ...told.map(
      ({ status, key, secret, failure: name, reason }) =>
        `  ${status} ${key === '' ? '' : `${key} `}(secret ${secret})${name === undefined ? '' : `: ${name}`}: ${reason}`,
    ),
    ...access.granted.map((rule) => `  granted ${rule}`),
    ...access.removed.map((principal) => `  access of ${principal} removed`),
    ...access.failures.map(
      ({ principal, failure: { name, message } }) => `  access of ${principal}: ${name}: ${message}`,
    ),
  ];
}
