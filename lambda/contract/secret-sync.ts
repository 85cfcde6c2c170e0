import type { FailureName } from './failures.ts';

/** Input of the state machine "Secret sync". `{}` syncs everything; what is named narrows it down. */
export interface SyncRequest {
  readonly bindings?: readonly string[];
  /** Workspace ids. */
  readonly workspaces?: readonly string[];
  readonly scopes?: readonly string[];
  /** Name or ARN of one AWS secret: only what concerns it is looked at. */
  readonly secret?: string;
  /** Tell what would be done; write nothing. */
  readonly dryRun?: boolean;
  /** Write every secret that we own again, also unchanged ones. */
  readonly rewrite?: boolean;
  /** Delete up to this many keys of each binding, beyond the binding's own limit. */
  readonly confirmDeletes?: number;
  /** What made it start, for people and evidence; the sync reads the state itself and never trusts this. */
  readonly trigger?: SyncTrigger;
}

export interface SyncTrigger {
  readonly kind: 'secret-changed' | 'schedule' | 'key-rollout' | 'provisioning' | 'request';
  readonly eventId?: string;
  /** ISO 8601. */
  readonly eventTime?: string;
  /** CloudTrail's `eventName`, or the `detail-type` of a native event. */
  readonly event?: string;
}

/** What one sync will look at: the input of the map. */
export interface SyncPlan {
  readonly scopes: readonly ScopePlan[];
  /** What cannot be looked at at all, such as a workspace that is gone. */
  readonly problems: readonly SyncProblem[];
  /** Workspaces with scopes that had no room in this sync and have their turn in one that follows. */
  readonly postponed: readonly string[];
  /** Secrets and tags that ask for what no binding allows, and what was postponed, in words. */
  readonly warnings: readonly string[];
  readonly headline: string;
  /** Requests sent to Databricks to make this plan. */
  readonly calls: number;
}

export interface ScopePlan {
  readonly workspaceId: string;
  readonly workspaceName: string;
  readonly deploymentName: string;
  readonly scope: string;
  readonly bindingIds: readonly string[];
  /** ARNs: only these secrets are looked at. Null looks at the whole scope. */
  readonly secrets: readonly string[] | null;
  /** Names the reason to write every owned secret again; a key that was written for it is not written twice. */
  readonly rewriteId: string | null;
  /** Secrets of this scope that the result may list, so that all results fit into one state. */
  readonly reportLimit: number;
}

export interface SyncProblem {
  readonly workspaceId: string;
  readonly scope: string | null;
  readonly failure: SyncFailure;
}

export interface SyncFailure {
  readonly name: FailureName | (string & {});
  readonly message: string;
}

/** Input of the step that syncs one scope. */
export interface SyncScopeInput extends ScopePlan {
  /** ARN of the sync's execution. */
  readonly syncId: string;
  /** Owner of the scope's lease: the execution that runs this step. */
  readonly owner: string;
  readonly dryRun: boolean;
  readonly confirmDeletes: number;
  /** What the step's run before this one did, when time ran out; null at first. */
  readonly earlier: ScopeResult | null;
}

/**
 * - `SYNCED`: written, and confirmed by reading the scope's list
 * - `UNCHANGED`: nothing to do
 * - `SKIPPED`: left alone for now; the reason says until when
 * - `FAILED`: not as wanted; the others went on
 * - `DRIFTED`: edited or deleted in Databricks, and the binding only reports that
 * - `PRUNED`: deleted from the scope, because nobody wants it any more
 */
export type SecretStatus = 'SYNCED' | 'UNCHANGED' | 'SKIPPED' | 'FAILED' | 'DRIFTED' | 'PRUNED';

/** What became of one key of a scope. Holds names only. */
export interface SecretResult {
  /** Name of the key in the scope; empty where a secret never got one. */
  readonly key: string;
  /** Name of the AWS secret, or its ARN where the name is not known. */
  readonly secret: string;
  readonly status: SecretStatus;
  readonly reason: string;
  readonly failure?: FailureName;
}

export type StatusCounts = Readonly<Record<SecretStatus, number>>;

export interface AccessResult {
  readonly granted: readonly string[];
  readonly removed: readonly string[];
  /** Access that others granted and that the binding lets stand. */
  readonly others: readonly string[];
  readonly failures: readonly { readonly principal: string; readonly failure: SyncFailure }[];
}

export interface SyncScopeOutput {
  /** False if time ran out: run the step again, it goes on where it stopped. */
  readonly done: boolean;
  readonly result: ScopeResult;
}

export interface ScopeResult {
  readonly workspaceId: string;
  readonly workspaceName: string;
  readonly scope: string;
  readonly bindingIds: readonly string[];
  readonly counts: StatusCounts;
  /** Secrets that were written for the sake of `rewriteId`, those included that had to be written anyway. */
  readonly rewritten: number;
  /** What is not UNCHANGED, the worst first; at most the plan's `reportLimit`. */
  readonly secrets: readonly SecretResult[];
  readonly access: AccessResult;
  readonly created: boolean;
  /** Why the scope as a whole could not be synced. */
  readonly failure: SyncFailure | null;
  /** Requests sent to Databricks by the step's last run, retries included, token requests not. */
  readonly calls: number;
}

export interface SummarizeSyncInput {
  readonly request: SyncRequest;
  readonly plan: SyncPlan;
  readonly syncId: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly results: readonly ScopeResult[];
}

export interface SyncSummary {
  readonly ok: boolean;
  /** True if there is something that a person wants to hear of. */
  readonly worthTelling: boolean;
  readonly syncId: string;
  readonly dryRun: boolean;
  readonly headline: string;
  /** A few lines for a person: one for each scope that is not as it was, and what to do next. */
  readonly message: string;
  readonly counts: StatusCounts;
  readonly rewritten: number;
  readonly scopes: readonly ScopeResult[];
  readonly problems: readonly SyncProblem[];
  readonly warnings: readonly string[];
  readonly calls: number;
}
