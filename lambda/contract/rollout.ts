import type { ComputePolicy, KeyBinding, MaintenanceWindow, UseCase } from './bindings.ts';
import type { FailureName } from './failures.ts';

/** Input of the state machine "Key rollout". `{"bindingId": "..."}` is enough to start one by hand. */
export type RolloutRequest = RolloutTarget & {
  /** Plan only; write nothing. */
  readonly dryRun?: boolean;
  /** What made it start, for people and evidence; the plan reads the state itself and never trusts this. */
  readonly trigger?: RolloutTrigger;
};

/** What a rollout is about: exactly one of these. */
export type RolloutTarget =
  /** A binding of the stage. */
  | { readonly bindingId: string }
  /** A key and the workspaces that are to use it, for this once. */
  | { readonly keyFor: KeyForWorkspaces }
  /** Settings of one workspace. */
  | { readonly change: WorkspaceChange }
  /** Only compute that earlier rollouts stopped is restarted; no key is looked at or changed. */
  | { readonly restart: { readonly workspaceIds: readonly string[] } };

export interface KeyForWorkspaces {
  /** Key ARN, or an alias name `alias/...` of the stage's own account and Region. */
  readonly key: string;
  readonly workspaceIds: readonly string[];
  readonly useCases: readonly UseCase[];
  readonly reuseKeyForClusterVolumes: boolean;
  readonly compute: ComputePolicy;
}

export interface WorkspaceChange {
  readonly workspaceId: string;
  readonly settings: WorkspaceSettings;
  readonly compute: ComputePolicy;
}

/** What a workspace refers to; a setting that is absent is left as it is. */
export interface WorkspaceSettings {
  readonly managedServicesKeyId?: string;
  readonly storageKeyId?: string;
  readonly credentialsId?: string;
  readonly networkId?: string;
  readonly storageConfigurationId?: string;
}

export interface RolloutTrigger {
  /** `clean-up`: another rollout ended in the middle, and its compute is restarted. */
  readonly kind: 'material-rotation' | 'key-replacement' | 'request' | 'schedule' | 'clean-up';
  readonly keyArn?: string;
  readonly materialId?: string;
  readonly eventId?: string;
  /** ISO 8601. */
  readonly eventTime?: string;
}

/** Which settings of a workspace a rollout changes. */
export type SettingName = keyof WorkspaceSettings;

/** Databricks works on a change of a workspace for so long at most, by its documentation. */
export const CHANGE_MINUTES = 20;

/** What a rollout of a binding is about, as plans and records have it. */
export const bindingSubject = (bindingId: string): string => `binding/${bindingId}`;

/** What a rollout will do, as a value: the dry run's answer and the input of every later step. */
export interface RolloutPlan {
  /** `binding/ID`, `key/ARN`, `workspace/ID` or `compute`. */
  readonly subject: string;
  /** What the key is registered for; null where no key is rolled out. */
  readonly binding: KeyBinding | null;
  readonly key: {
    readonly arn: string;
    readonly alias?: string;
    readonly materialId?: string;
    readonly rotatedAt?: string;
  } | null;
  /** The settings that are asked for by id; null where the key configuration is what changes. */
  readonly settings: WorkspaceSettings | null;
  readonly treatment: Treatment;
  readonly keyConfiguration: PlannedKeyConfiguration;
  readonly workspaces: readonly WorkspacePlan[];
  /** Workspaces to work on, in order; a batch starts only when the one before ended and no canary failed. */
  readonly batches: readonly { readonly items: readonly WorkspaceItem[] }[];
  readonly concurrency: number;
  readonly warnings: readonly string[];
  /** What is not as the binding wants it, in a few lines for a person; null if nothing is, or no binding is meant. */
  readonly outOfPlace: string | null;
  /** One sentence a person reads first. */
  readonly headline: string;
  /** Requests sent to Databricks to make this plan, retries included, token requests not. */
  readonly calls: number;
}

/** How the compute of the workspaces is treated, and when. */
export interface Treatment {
  readonly compute: ComputePolicy;
  readonly maintenanceWindow: MaintenanceWindow | null;
}

/** `register` if a new key configuration is needed, `use` if one matches, `none` if no workspace needs one. */
export type PlannedKeyConfiguration =
  | { readonly kind: 'register'; readonly id: null }
  | { readonly kind: 'use'; readonly id: string }
  | { readonly kind: 'none'; readonly id: null };

export interface WorkspacePlan {
  readonly workspaceId: string;
  readonly workspaceName: string;
  readonly deploymentName: string;
  /** `restart`: only compute that an earlier rollout left stopped. `refuse`: nothing is touched, `failure` says why. */
  readonly action: 'roll-out' | 'restart' | 'unchanged' | 'refuse';
  readonly fields: readonly SettingName[];
  /** Compute may start only 20 minutes after the change is in force. */
  readonly needsRest: boolean;
  /** The workspace is FAILED, and the change makes Databricks set it up again. */
  readonly redeploys: boolean;
  /** What was found, and what follows from it. */
  readonly reason: string;
  readonly failure?: StepFailure;
}

/** A workspace to work on. Without words: they stand in the plan once, and a state holds 256 KiB. */
export type WorkspaceItem = Omit<WorkspacePlan, 'action' | 'reason' | 'failure'>;

interface StepFailure {
  readonly name: FailureName | (string & {});
  readonly message: string;
}

/** What every step on one workspace is given. */
export interface WorkspaceStep {
  readonly subject: string;
  /** ARN of the rollout's execution: owner of leases and records. */
  readonly rolloutId: string;
  readonly workspaceId: string;
  readonly workspaceName: string;
  readonly deploymentName: string;
  readonly fields: readonly SettingName[];
  readonly needsRest: boolean;
  readonly redeploys: boolean;
  /** What the key fields are set to; null where `settings` says it, or nothing changes. */
  readonly keyConfigurationId: string | null;
  readonly settings: WorkspaceSettings | null;
  readonly treatment: Treatment;
}

export interface RegisterKeyInput {
  readonly binding: KeyBinding;
  readonly rolloutId: string;
}

export interface RegisterKeyOutput {
  readonly keyConfigurationId: string;
  readonly created: boolean;
  readonly calls: number;
}

export interface TakeLeaseInput extends WorkspaceStep {
  /** How often this step has already waited for somebody else's lease. */
  readonly waits: number;
}

export interface TakeLeaseOutput {
  readonly admitted: boolean;
  /** ISO 8601; when to ask again. Now, if admitted. */
  readonly waitUntil: string;
  readonly waits: number;
  readonly reason: string;
}

export interface StopComputeOutput {
  readonly stopped: boolean;
  /** People read these: `cluster 'etl' is TERMINATING`. */
  readonly stillRunning: readonly string[];
  readonly calls: number;
}

export interface PatchWorkspaceOutput {
  /** ISO 8601; when Databricks accepted the change, or when it was found already made. */
  readonly patchedAt: string;
  readonly calls: number;
}

export interface CheckKeyInput extends WorkspaceStep {
  readonly patchedAt: string;
  readonly stableReads: number;
  /** True if compute has rested since the key was in force, so that this is the last look before it starts. */
  readonly rested: boolean;
}

export interface CheckKeyOutput {
  readonly inForce: boolean;
  /** Reads in a row that showed the new key. */
  readonly stableReads: number;
  /** The key is in force, and a secret binding selects the workspace: its secrets stand under the key before. */
  readonly secretsOwed: boolean;
  readonly calls: number;
}

export interface RestartComputeOutput {
  /** ISO 8601; until then nothing may be started, and nothing was. Null if all that is on record was started. */
  readonly restUntil: string | null;
  readonly restarted: readonly string[];
  readonly calls: number;
}

/** What became of one workspace. */
export interface WorkspaceResult {
  readonly workspaceId: string;
  readonly workspaceName: string;
  readonly outcome: 'ROLLED_OUT' | 'RESTARTED' | 'UNCHANGED' | 'REFUSED' | 'FAILED' | 'NOT_REACHED';
  readonly keyConfigurationId: string | null;
  readonly restarted: readonly string[];
  /** Secrets that were written again under the new key; null where none had to be. */
  readonly secrets: SecretsRewritten | null;
  readonly failure: StepFailure | null;
  /** Requests sent to Databricks by the steps that succeeded, retries included, token requests not. */
  readonly calls: number;
}

/** A failure here leaves the key in force: the next secret sync goes on. */
interface SecretsRewritten {
  readonly rewritten: number;
  readonly failure: StepFailure | null;
}

export interface SummarizeInput {
  readonly plan: RolloutPlan;
  readonly rolloutId: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly trigger: RolloutTrigger | null;
  readonly keyConfigurationId: string | null;
  readonly registered: boolean;
  readonly results: readonly WorkspaceResult[];
  readonly calls: number;
}

export interface RolloutSummary {
  readonly ok: boolean;
  readonly subject: string;
  readonly rolloutId: string;
  readonly keyArn: string | null;
  readonly keyConfigurationId: string | null;
  readonly registered: boolean;
  readonly headline: string;
  /** A few lines for a person: one for each workspace, and what to do next. */
  readonly message: string;
  readonly workspaces: readonly WorkspaceResult[];
  readonly calls: number;
}
