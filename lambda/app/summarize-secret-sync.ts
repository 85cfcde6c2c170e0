import type { SummarizeSyncInput, SyncSummary } from '../contract/secret-sync.ts';
import { summarizeSync } from '../domain/sync-summary.ts';
import type { Clock, Evidence } from './ports.ts';
import type { RewritesOwed } from './secret-ports.ts';

export interface SummarizeSyncPorts {
  readonly evidence: Evidence;
  readonly rewrites: RewritesOwed;
  readonly clock: Clock;
}

/**
 * Answers the summary, puts syncs that changed something or failed on record, and ends what a key rollout is owed:
 * workspaces all of whose scopes were written again.
 */
export async function summarizeSecretSync(input: SummarizeSyncInput, ports: SummarizeSyncPorts): Promise<SyncSummary> {
  const summary = summarizeSync(input);
  if (summary.dryRun) return summary;
  for (const [workspaceId, rewriteId] of rewritten(input)) await ports.rewrites.settle(workspaceId, rewriteId);
  const { SYNCED, PRUNED } = summary.counts;
  if (SYNCED + PRUNED > 0 || !summary.ok) {
    await ports.evidence.append({
      subject: 'secret-sync',
      executionId: input.syncId,
      startedAt: input.startedAt,
      finishedAt: new Date(ports.clock()).toISOString(),
      trigger: input.request.trigger ?? null,
      facts: { summary },
    });
  }
  return summary;
}

/** Only a sync that looked at all scopes of a workspace can end what is owed to it. */
function rewritten({ request, plan, results }: SummarizeSyncInput): ReadonlyMap<string, string> {
  if (request.bindings !== undefined || request.scopes !== undefined || request.secret !== undefined) return new Map();
  const isDone = (workspaceId: string, scope: string): boolean => {
    const result = results.find((one) => one.workspaceId === workspaceId && one.scope === scope);
    return result !== undefined && result.failure === null && result.counts.FAILED + result.counts.SKIPPED === 0;
  };
  const undone = plan.scopes.filter(({ workspaceId, scope }) => !isDone(workspaceId, scope));
  const open = new Set([...plan.postponed, ...undone.map(({ workspaceId }) => workspaceId)]);
  return new Map(
    plan.scopes.flatMap(({ workspaceId, rewriteId }): [string, string][] =>
      rewriteId === null || open.has(workspaceId) ? [] : [[workspaceId, rewriteId]],
    ),
  );
}
