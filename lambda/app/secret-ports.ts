import type { AccessRule } from '../contract/secret-bindings.ts';
import type { ScopeResult, StatusCounts, SyncFailure } from '../contract/secret-sync.ts';
import type { LedgerEntry, ScopeLedger, SpreadMembers } from '../domain/ledger.ts';
import type { RewriteOwed } from '../domain/rewrite-owed.ts';
import type {
  ReadOutcome,
  ScopeKey,
  ScopePlace,
  SecretQuery,
  SecretScope,
  SecretValue,
  SourceSecret,
} from '../domain/secret.ts';
import type { LastLook } from '../domain/sync-turn.ts';

/** AWS Secrets Manager, read only. */
export interface SecretSource {
  /** Metadata of the secrets that match. Lags behind changes by minutes: nothing may be deleted on its word alone. */
  list(query: SecretQuery): Promise<readonly SourceSecret[]>;
  /** By name or ARN, as it is now. `hidden`: we may not see it, so that it must not be taken for gone. */
  describe(id: string): Promise<SourceSecret | 'gone' | 'hidden'>;
  /** Current values by ARN, at most 20 at a time; each one fails alone (SecretNotFound, SecretUnreadable). */
  read(arns: readonly string[]): Promise<ReadonlyMap<string, ReadOutcome>>;
}

/** The most secrets that `SecretSource.read` takes at a time (BatchGetSecretValue). */
export const MOST_READ_AT_ONCE = 20;

/** Secret scopes of one workspace. Names are compared without case. */
export interface SecretScopes {
  list(): Promise<readonly SecretScope[]>;
  /** Fails with SecretScopeExists, SecretScopeLimitReached, SecretScopeNameInvalid, ...Reserved, PremiumTierMissing. */
  create(scope: string, options: { readonly initialManagePrincipal?: 'users' }): Promise<void>;
  /** Fails with SecretScopeNotFound. */
  keys(scope: string): Promise<readonly ScopeKey[]>;
  /**
   * Fails with Throttled at once, so that the caller can slow down all its requests together; with SecretScopeNotFound,
   * SecretScopeIsFull, SecretRefused.
   */
  put(scope: string, key: string, value: SecretValue): Promise<void>;
  /** Succeeds if the key is gone already. Fails with SecretScopeNotFound. */
  deleteKey(scope: string, key: string): Promise<void>;
  access(scope: string): Promise<readonly AccessRule[]>;
  /** Overwrites what the principal may do. Fails with AccessRuleRefused. */
  grant(scope: string, rule: AccessRule): Promise<void>;
  /** Succeeds if there is no such access. */
  revoke(scope: string, principal: string): Promise<void>;
  /** Application id of the service principal that speaks here: the principal of its own access. */
  identity(): Promise<string>;
}

/** What this product wrote into scopes. Writes of two syncs at once are told apart by revision and fail with StateChanged. */
export interface SecretLedger {
  read(place: ScopePlace): Promise<ScopeLedger>;
  /** Writes on top of `entry.revision` and answers the entry with its new revision. */
  write(place: ScopePlace, entry: LedgerEntry): Promise<LedgerEntry>;
  remove(place: ScopePlace, entry: LedgerEntry): Promise<void>;
  noteMembers(place: ScopePlace, spread: SpreadMembers): Promise<void>;
  noteGrant(place: ScopePlace, principal: string): Promise<void>;
  removeGrant(place: ScopePlace, principal: string): Promise<void>;
  /** Scopes into which a secret was ever written; some may not hold it any more. */
  scopesOf(secretArn: string): Promise<readonly ScopePlace[]>;
}

/** What the last sync of each scope as a whole found. */
export interface SyncRecords {
  /** `result` with every secret that is not UNCHANGED, not only those that fit into a state. `at` in milliseconds. */
  note(result: ScopeResult, at: number): Promise<void>;
  /** Makes a scope known that an event filled; what was noted of it stays. */
  noteFilled(scope: Pick<ScopeResult, 'workspaceId' | 'workspaceName' | 'scope' | 'bindingIds'>): Promise<void>;
  /** Every scope that was ever synced. */
  scopes(): Promise<readonly SyncedScope[]>;
}

export interface SyncedScope extends LastLook {
  readonly workspaceName: string;
  readonly bindingIds: readonly string[];
  /** Of its last look as a whole; absent before the first. */
  readonly counts?: StatusCounts;
  readonly failure?: SyncFailure;
}

/** Where workspaces answer; saves asking the account for it when one secret changed. */
export interface WorkspaceHosts {
  remembered(): Promise<ReadonlyMap<string, WorkspaceHost>>;
  remember(hosts: readonly WorkspaceHost[]): Promise<void>;
}

export interface WorkspaceHost {
  readonly workspaceId: string;
  readonly name: string;
  readonly deploymentName: string;
  /** AWS Region. */
  readonly region: string;
}

/** Workspaces whose secrets have to be written again because their encryption key changed. */
export interface RewritesOwed {
  /** The newest reason counts. */
  owe(workspaceId: string, owed: RewriteOwed): Promise<void>;
  /** By workspace id. */
  owed(): Promise<ReadonlyMap<string, RewriteOwed>>;
  /** Does nothing if meanwhile another reason came. */
  settle(workspaceId: string, rewriteId: string): Promise<void>;
}

/** How much one sync may delete, over all its scopes. */
export interface PruneBudget {
  /**
   * True if the deletions of this binding in this sync, these included, stay within `limit`; then they are booked. Asking
   * again for the same place replaces what was booked for it. Nothing is booked where the answer is false.
   */
  reserve(request: {
    readonly syncId: string;
    readonly bindingId: string;
    readonly place: ScopePlace;
    readonly count: number;
    readonly limit: number;
  }): Promise<boolean>;
}
