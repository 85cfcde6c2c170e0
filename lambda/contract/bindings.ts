import type { SecretBinding } from './secret-bindings.ts';

/** What the CDK app writes beside each bundle and the Lambdas read: the checked configuration of one stage, no secrets. */
export interface BindingsFile {
  readonly databricks: DatabricksAccount;
  readonly timing: RolloutTiming;
  readonly keyBindings: readonly KeyBinding[];
  readonly secretBindings: readonly SecretBinding[];
  /** Name or ARN of the secret with the service principal's credentials; it is never synced anywhere. */
  readonly credentialSecret: string;
}

export interface DatabricksAccount {
  /** Databricks account id, a UUID. */
  readonly accountId: string;
  /** Base URL of the Account API, without a trailing slash. */
  readonly accountHost: string;
  /** How a workspace's base URL is made; holds `{deployment_name}`. */
  readonly workspaceUrl: string;
  /** The AWS principal through which Databricks uses a customer-managed key, an IAM root ARN. */
  readonly awsPrincipal: string;
}

export type UseCase = 'MANAGED_SERVICES' | 'STORAGE';
export type OnMaterialRotation = 'reregister' | 'verify';
/** What happens when somebody schedules a key for deletion: people are told, or it is also taken back. */
export type KeyProtection = 'alert' | 'cancel-deletion';
/** What happens to a key configuration that no workspace refers to any more, after its hold of 24 hours. */
export type Retirement = 'report' | 'delete-configuration';
/** What the schedule does about a workspace that is not on the key: it is brought there, or people are told. */
export type KeyDrift = 'repair' | 'report';
export type ComputePolicy = 'stop-and-restart' | 'require-stopped' | 'leave-running';

/** A KMS key, what it is used for, the workspaces that must use it, and how to treat their compute. */
export interface KeyBinding {
  readonly id: string;
  /** Key ARN, or an alias name `alias/...` of the stage's own account and region. */
  readonly key: string;
  readonly useCases: readonly UseCase[];
  /** Only with STORAGE: whether the key also encrypts cluster EBS volumes. Databricks' own default is true. */
  readonly reuseKeyForClusterVolumes: boolean;
  /** Workspace ids (decimal strings), or every workspace that uses this key today. */
  readonly workspaces: readonly string[] | 'using-key';
  readonly onMaterialRotation: OnMaterialRotation;
  readonly protect: KeyProtection;
  readonly retire: Retirement;
  readonly drift: KeyDrift;
  readonly compute: ComputePolicy;
  readonly maintenanceWindow?: MaintenanceWindow;
  /** How many workspaces are rolled out at the same time. */
  readonly concurrency: number;
  /** First workspace alone; the others only if it succeeded. */
  readonly canary: boolean;
}

export type Weekday = 'MON' | 'TUE' | 'WED' | 'THU' | 'FRI' | 'SAT' | 'SUN';

/** A weekly window in which compute may be stopped. */
export interface MaintenanceWindow {
  readonly days: readonly Weekday[];
  /** Local time `HH:MM`, 24 hours. */
  readonly start: string;
  readonly durationMinutes: number;
  /** IANA time zone name. */
  readonly timeZone: string;
}

export interface RolloutTiming {
  /** Pause between two looks at compute that is stopping. */
  readonly computePollSeconds: number;
  /** After this long, compute that still runs fails the workspace. */
  readonly computeStopDeadlineMinutes: number;
  /** Pause between two reads of a workspace whose key was changed. */
  readonly keyPollSeconds: number;
  /** After this long, a key that is not in force fails the workspace. */
  readonly keyDeadlineMinutes: number;
  /** Reads in a row that must show the new key before it counts as in force. */
  readonly stableReads: number;
  /** Rest before compute may start after a storage key was added; Databricks asks for at least 20 minutes. */
  readonly storageRestMinutes: number;
  /** How long a workspace stays leased without a sign of life; longer than the longest wait. */
  readonly leaseMinutes: number;
}
