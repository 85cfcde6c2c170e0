/**
 * What this product wrote into one key of a scope: the only thing it may ever delete. Written before the value is put
 * (`updatedAt` null: on its way) and again when the scope's list has shown the put.
 */
export interface LedgerEntry {
  /** As it was written. */
  readonly key: string;
  readonly secretArn: string;
  readonly secretName: string;
  /** The member of the secret's JSON object, where the binding spreads it. */
  readonly member: string | null;
  readonly versionId: string;
  readonly bindingId: string;
  /** Databricks' `last_updated_timestamp` that our own put left; null until it was seen. */
  readonly updatedAt: number | null;
  /** The last reason for which the key was written again under a new encryption key. */
  readonly rewriteId: string | null;
  /** Milliseconds; since when the secret is seen to wait for its deletion. */
  readonly goneSince: number | null;
  /** Grows by one with each write; a write on top of another one fails. 0 for an entry that is not written yet. */
  readonly revision: number;
}

/** Names of the members of one version of a secret's JSON object, so that an unchanged secret need not be read. */
export interface SpreadMembers {
  readonly secretArn: string;
  readonly versionId: string;
  readonly members: readonly string[];
  /** Members that cannot be a key's name; their names are not kept. */
  readonly unusable: number;
}

/** Everything the ledger knows of one scope. */
export interface ScopeLedger {
  readonly entries: readonly LedgerEntry[];
  /** Principals to whom this product granted access. */
  readonly grants: readonly string[];
  readonly spreads: readonly SpreadMembers[];
}
