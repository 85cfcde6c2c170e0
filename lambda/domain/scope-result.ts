import type { AccessResult, ScopeResult, SecretResult, SecretStatus, StatusCounts } from '../contract/secret-sync.ts';

export const NO_ACCESS: AccessResult = { granted: [], removed: [], others: [], failures: [] };

/** The worst first. */
const ORDER: readonly SecretStatus[] = ['FAILED', 'DRIFTED', 'SKIPPED', 'PRUNED', 'SYNCED', 'UNCHANGED'];

/** How many secrets ended in each status. */
export function countStatuses(results: readonly SecretResult[]): StatusCounts {
  const counts = { SYNCED: 0, UNCHANGED: 0, SKIPPED: 0, FAILED: 0, DRIFTED: 0, PRUNED: 0 };
  for (const { status } of results) counts[status] += 1;
  return counts;
}

/** Sum of counts, status by status. */
export function addCounts(all: readonly StatusCounts[]): StatusCounts {
  const sum = { SYNCED: 0, UNCHANGED: 0, SKIPPED: 0, FAILED: 0, DRIFTED: 0, PRUNED: 0 };
  for (const counts of all) for (const status of ORDER) sum[status] += counts[status];
  return sum;
}

/** What is worth listing, the worst first. */
export const worthListing = (results: readonly SecretResult[]): readonly SecretResult[] =>
  results
    .filter(({ status }) => status !== 'UNCHANGED')
    .toSorted((one, other) => ORDER.indexOf(one.status) - ORDER.indexOf(other.status));

const LONGEST_REASON = 200;

/** The result as it fits into a state: its first `limit` secrets, reasons cut. */
export const reported = (result: ScopeResult, limit: number): ScopeResult => ({
  ...result,
  secrets: result.secrets.slice(0, limit).map((secret) => ({ ...secret, reason: cut(secret.reason) })),
  access: { ...result.access, others: result.access.others.slice(0, 5), failures: result.access.failures.slice(0, 5) },
});

const cut = (reason: string): string =>
  reason.length > LONGEST_REASON ? `${reason.slice(0, LONGEST_REASON - 3)}...` : reason;

/**
 * A step that ran out of time is run again: what its earlier run did counts as done by both. Secrets that it wrote or
 * deleted are seen as unchanged or not at all by the later run.
 */
export function withEarlier(result: ScopeResult, earlier: ScopeResult | null): ScopeResult {
  if (earlier === null) return result;
  const { counts } = result;
  return {
    ...result,
    counts: {
      ...counts,
      SYNCED: counts.SYNCED + earlier.counts.SYNCED,
      PRUNED: counts.PRUNED + earlier.counts.PRUNED,
      UNCHANGED: Math.max(0, counts.UNCHANGED - earlier.counts.SYNCED),
    },
    rewritten: result.rewritten + earlier.rewritten,
    created: result.created || earlier.created,
    access: {
      ...result.access,
      granted: [...earlier.access.granted, ...result.access.granted],
      removed: [...earlier.access.removed, ...result.access.removed],
    },
    calls: result.calls + earlier.calls,
  };
}
