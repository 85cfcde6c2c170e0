import type { SecretBinding } from '../contract/secret-bindings.ts';
import type { LedgerEntry } from './ledger.ts';
import { type ScopeKey, sameName } from './secret.ts';
import type { Wanted, WantedKey } from './wanted-keys.ts';

/** The most secrets that a scope holds (Secrets API: "the maximum number of secrets in a given scope is 1,000"). */
const MOST_KEYS = 1_000;

export interface ScopeFacts {
  readonly wanted: Wanted;
  /** What stands in the scope; null trusts the ledger, where only single secrets are looked at. */
  readonly actual: readonly ScopeKey[] | null;
  readonly ledger: readonly LedgerEntry[];
  /** Only entries of these secrets are judged; null judges all. */
  readonly looked: ReadonlySet<string> | null;
  readonly rewriteId: string | null;
  readonly bindings: ReadonlyMap<string, Pick<SecretBinding, 'drift' | 'prune'>>;
}

type PutReason = 'new' | 'taken over' | 'changed' | 'unconfirmed' | 'edited' | 'deleted' | 'rewritten';

export interface PlannedPut {
  readonly wanted: WantedKey;
  readonly reason: PutReason;
  /** What the ledger knows of the key; undefined for one that it does not. */
  readonly entry: LedgerEntry | undefined;
}

/** What one sync of a scope will do, as a value. Keys that nobody here wants or wrote are in none of its lists. */
export interface ScopeActions {
  readonly put: readonly PlannedPut[];
  readonly unchanged: readonly WantedKey[];
  /** Edited or deleted in Databricks, and only to be reported. */
  readonly drifted: readonly PlannedPut[];
  /** New keys for which the scope has no room. */
  readonly noRoom: readonly WantedKey[];
  /** Written by us, wanted by nobody, and their binding prunes: to be deleted once that is verified. */
  readonly stale: readonly LedgerEntry[];
  /** Written by us, wanted by nobody, and their binding does not prune. */
  readonly kept: readonly LedgerEntry[];
  /** Entries of keys that are gone and that nobody wants: forgotten without a call. */
  readonly forget: readonly LedgerEntry[];
}

/** Compares what is wanted, what stands and what was written. */
export function planScope(facts: ScopeFacts): ScopeActions {
  const { wanted, ledger, actual, looked } = facts;
  const entries = new Map(ledger.map((entry) => [sameName(entry.key), entry]));
  const standing = actual === null ? null : new Map(actual.map((key) => [sameName(key.key), key]));
  const put: PlannedPut[] = [];
  const unchanged: WantedKey[] = [];
  const drifted: PlannedPut[] = [];
  for (const key of wanted.keys) {
    const entry = entries.get(sameName(key.key));
    const reason = putReason(key, entry, standing, facts);
    if (reason === undefined) unchanged.push(key);
    else if (isDrift(reason) && facts.bindings.get(key.bindingId)?.drift === 'report') {
      drifted.push({ wanted: key, reason, entry });
    } else put.push({ wanted: key, reason, entry });
  }
  const unwanted = ledger.filter(
    ({ key, secretArn }) =>
      (looked === null || looked.has(secretArn)) &&
      !wanted.claimed.has(sameName(key)) &&
      !wanted.unsettled.has(secretArn),
  );
  const present = unwanted.filter(({ key }) => standing === null || standing.has(sameName(key)));
  const isPruned = ({ bindingId }: LedgerEntry): boolean => facts.bindings.get(bindingId)?.prune === 'owned';
  const room = withRoom(put, standing);
  return {
    ...room,
    unchanged,
    drifted,
    stale: present.filter(isPruned),
    kept: present.filter((entry) => !isPruned(entry)),
    forget: unwanted.filter((entry) => !present.includes(entry)),
  };
}

type Standing = ReadonlyMap<string, ScopeKey> | null;

/** Why a key has to be put; undefined if it stands as it should. */
function putReason(
  { key, secretArn, member, versionId }: WantedKey,
  entry: LedgerEntry | undefined,
  standing: Standing,
  { rewriteId }: ScopeFacts,
): PutReason | undefined {
  const stands = standing?.get(sameName(key));
  if (entry === undefined) return stands === undefined ? 'new' : 'taken over';
  if (entry.secretArn !== secretArn || entry.member !== member || entry.versionId !== versionId) return 'changed';
  if (entry.updatedAt === null) return 'unconfirmed';
  if (standing !== null && stands === undefined) return 'deleted';
  if (stands !== undefined && stands.updatedAt !== entry.updatedAt) return 'edited';
  return rewriteId !== null && entry.rewriteId !== rewriteId ? 'rewritten' : undefined;
}

const isDrift = (reason: PutReason): boolean => reason === 'edited' || reason === 'deleted';

/** Keys that stand already always have room; new ones get what is left, in the order of their names. */
function withRoom(put: readonly PlannedPut[], standing: Standing): Pick<ScopeActions, 'put' | 'noRoom'> {
  if (standing === null) return { put, noRoom: [] };
  const adds = ({ wanted }: PlannedPut): boolean => !standing.has(sameName(wanted.key));
  const added = put.filter(adds).toSorted((one, other) => (one.wanted.key < other.wanted.key ? -1 : 1));
  const fitting = new Set(added.slice(0, Math.max(0, MOST_KEYS - standing.size)));
  return {
    put: put.filter((one) => !adds(one) || fitting.has(one)),
    noRoom: added.filter((one) => !fitting.has(one)).map(({ wanted }) => wanted),
  };
}
