import { FAILURE } from '../contract/failures.ts';
import type { SecretBinding } from '../contract/secret-bindings.ts';
import type { SecretResult } from '../contract/secret-sync.ts';
import type { LedgerEntry } from '../domain/ledger.ts';
import { judgePrune } from '../domain/prune-check.ts';
import type { ScopePlace, SourceSecret } from '../domain/secret.ts';
import type { Spread } from '../domain/wanted-keys.ts';
import { inParallel } from './in-parallel.ts';
import type { Clock } from './ports.ts';
import type { PruneBudget, SecretLedger, SecretScopes, SecretSource } from './secret-ports.ts';

export interface PrunePorts {
  readonly source: SecretSource;
  readonly scopes: SecretScopes;
  readonly ledger: SecretLedger;
  readonly pruneBudget: PruneBudget;
  readonly clock: Clock;
}

export interface PruneTask {
  readonly scope: string;
  readonly place: ScopePlace;
  readonly bindings: readonly SecretBinding[];
  readonly stale: readonly LedgerEntry[];
  readonly spreads: ReadonlyMap<string, Spread>;
  readonly syncId: string;
  readonly confirmDeletes: number;
  readonly dryRun: boolean;
}

interface Due {
  readonly entry: LedgerEntry;
  readonly reason: string;
}

const PARALLEL = 8;

/**
 * Deletes keys that we wrote and nobody wants any more: only on the word of the secret itself, and only if the whole sync
 * stays within the binding's limit; else none of that binding's keys in this scope is deleted.
 */
export async function pruneSecrets(task: PruneTask, ports: PrunePorts): Promise<readonly SecretResult[]> {
  const { due, results } = await judged(task, ports);
  for (const [bindingId, deletions] of Map.groupBy(due, ({ entry }) => entry.bindingId)) {
    const limit = Math.max(limitOf(task.bindings, bindingId), task.confirmDeletes);
    const isAllowed = task.dryRun
      ? deletions.length <= limit
      : await ports.pruneBudget.reserve({ ...task, bindingId, count: deletions.length, limit });
    for (const deletion of deletions) results.push(isAllowed ? pruned(deletion) : tooMany(deletion, limit));
    if (isAllowed && !task.dryRun) await inParallel(deletions, PARALLEL, (one) => remove(one.entry, task, ports));
  }
  return results;
}

/** What is not due is remembered where its grace begins. */
async function judged(
  { stale, bindings, place, spreads, dryRun }: PruneTask,
  { source, ledger, clock }: PrunePorts,
): Promise<{ readonly due: readonly Due[]; readonly results: SecretResult[] }> {
  const secrets = new Map<string, SourceSecret | 'gone' | 'hidden'>();
  const arns = [...new Set(stale.map(({ secretArn }) => secretArn))];
  await inParallel(arns, PARALLEL, async (arn) => {
    secrets.set(arn, await source.describe(arn));
  });
  const due: Due[] = [];
  const results: SecretResult[] = [];
  for (const entry of stale) {
    const secret = secrets.get(entry.secretArn) ?? 'hidden';
    const spread = spreads.get(entry.secretArn);
    const verdict = judgePrune({ entry, secret, bindings, place, spread, now: clock() });
    if (verdict.kind === 'remove') {
      due.push({ entry, reason: verdict.reason });
      continue;
    }
    results.push({
      key: entry.key,
      secret: entry.secretName,
      status: 'SKIPPED',
      reason: `not deleted: ${verdict.reason}`,
    });
    const { goneSince } = verdict;
    if (goneSince !== undefined && goneSince !== entry.goneSince && !dryRun) {
      await ledger.write(place, { ...entry, goneSince });
    }
  }
  return { due, results };
}

const limitOf = (bindings: readonly SecretBinding[], id: string): number =>
  bindings.find((binding) => binding.id === id)?.pruneLimit ?? 0;

/** The key goes first: an entry without a key is forgotten by the next sync, a key without an entry would stay for ever. */
async function remove(entry: LedgerEntry, { scope, place }: PruneTask, { scopes, ledger }: PrunePorts): Promise<void> {
  await scopes.deleteKey(scope, entry.key);
  await ledger.remove(place, entry);
}

const pruned = ({ entry, reason }: Due): SecretResult => ({
  key: entry.key,
  secret: entry.secretName,
  status: 'PRUNED',
  reason,
});

const tooMany = ({ entry, reason }: Due, limit: number): SecretResult => ({
  key: entry.key,
  secret: entry.secretName,
  status: 'FAILED',
  failure: FAILURE.pruneLimitExceeded,
  reason: `not deleted (${reason}): this sync would delete more than ${limit} keys of binding ${entry.bindingId}. If that is right, start a sync with "confirmDeletes" set to their number`,
});
