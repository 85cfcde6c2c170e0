/** A Databricks account as the simulator finds it when it starts. Ids of workspaces are strings of digits. */
export interface AccountSeed {
  /** Default: a fixed UUID. */
  readonly accountId?: string;
  /** Besides the simulator's own service principal, which is account admin and assigned to every workspace. */
  readonly servicePrincipals?: readonly ServicePrincipalSeed[];
  readonly keyConfigurations?: readonly KeyConfigurationSeed[];
  readonly credentials?: readonly CredentialSeed[];
  readonly storageConfigurations?: readonly StorageConfigurationSeed[];
  readonly networks?: readonly NetworkSeed[];
  readonly workspaces?: readonly WorkspaceSeed[];
}

export interface ServicePrincipalSeed {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly accountAdmin: boolean;
  readonly workspaces: 'all' | readonly string[];
  /** Whether it is admin of those workspaces, and so needs no permission on their secret scopes. Default true. */
  readonly workspaceAdmin?: boolean;
}

export type UseCase = 'MANAGED_SERVICES' | 'STORAGE';

export interface KeyConfigurationSeed {
  readonly id: string;
  readonly keyArn: string;
  readonly useCases: readonly UseCase[];
  readonly alias?: string;
  /** Default true when the use cases include STORAGE. */
  readonly reuseKeyForClusterVolumes?: boolean;
  /** Milliseconds since the epoch; default: now. */
  readonly createdAt?: number;
}

export interface CredentialSeed {
  readonly id: string;
  readonly name: string;
  readonly roleArn: string;
  readonly createdAt?: number;
}

export interface StorageConfigurationSeed {
  readonly id: string;
  readonly name: string;
  readonly bucketName: string;
}

export interface NetworkSeed {
  readonly id: string;
  readonly name: string;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
}

/** As documented, and CANCELLED, which the Terraform provider's records show while a workspace is removed. */
export const WORKSPACE_STATUSES = [
  'NOT_PROVISIONED',
  'PROVISIONING',
  'RUNNING',
  'FAILED',
  'BANNED',
  'CANCELLING',
  'CANCELLED',
] as const;
export type WorkspaceStatus = (typeof WORKSPACE_STATUSES)[number];

/**
 * How the next updates of a workspace end. `dropped`: accepted and never shown. `reverted`: shown for a while, then
 * taken back. Both are the silent revert of a customer-managed VPC. `failed`: the workspace ends FAILED.
 */
export const OUTCOMES = ['applied', 'dropped', 'reverted', 'failed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface WorkspaceSeed {
  /** Digits; may exceed what a JavaScript number holds. */
  readonly id: string;
  readonly name: string;
  readonly deploymentName: string;
  readonly region: string;
  readonly network: 'managed' | 'customer';
  readonly networkId?: string;
  readonly credentialsId?: string;
  readonly storageConfigurationId?: string;
  readonly managedServicesKeyId?: string;
  readonly storageKeyId?: string;
  readonly privateAccessSettingsId?: string;
  /** Default ENTERPRISE. */
  readonly pricingTier?: string;
  readonly customTags?: Readonly<Record<string, string>>;
  /** Default RUNNING. */
  readonly status?: WorkspaceStatus;
  /** Whether it was ever RUNNING: then its storage key cannot change when it is FAILED. Default: only if it is now. */
  readonly wasRunning?: boolean;
  /** Default `applied`. */
  readonly outcome?: Outcome;
  readonly clusters?: readonly ClusterSeed[];
  readonly pools?: readonly PoolSeed[];
  readonly warehouses?: readonly WarehouseSeed[];
  readonly secretScopes?: readonly SecretScopeSeed[];
  /** Whom its secret ACLs may name, besides the groups `users` and `admins` and whoever calls. Default: anybody. */
  readonly principals?: readonly string[];
}

export const SECRET_BACKENDS = ['DATABRICKS', 'AZURE_KEYVAULT'] as const;
export type SecretBackend = (typeof SECRET_BACKENDS)[number];

/** From the least to the most; each holds the ones before it. */
export const SECRET_PERMISSIONS = ['READ', 'WRITE', 'MANAGE'] as const;
export type SecretPermission = (typeof SECRET_PERMISSIONS)[number];

export interface SecretAclSeed {
  /** E-mail of a user, application id of a service principal, or name of a group. */
  readonly principal: string;
  readonly permission: SecretPermission;
}

export interface KeyVaultSeed {
  readonly resourceId: string;
  readonly dnsName: string;
}

export interface SecretScopeSeed {
  readonly name: string;
  /** Default DATABRICKS. */
  readonly backend?: SecretBackend;
  /** Of a scope of type AZURE_KEYVAULT. */
  readonly keyVault?: KeyVaultSeed;
  /** Default: nobody, so that only workspace admins reach it. */
  readonly acls?: readonly SecretAclSeed[];
  /** Values are stored as UTF-8. */
  readonly secrets?: readonly { readonly key: string; readonly value: string }[];
}

export const CLUSTER_STATES = [
  'PENDING',
  'RUNNING',
  'RESTARTING',
  'RESIZING',
  'TERMINATING',
  'TERMINATED',
  'ERROR',
  'UNKNOWN',
] as const;
export type ClusterState = (typeof CLUSTER_STATES)[number];

export const CLUSTER_SOURCES = ['UI', 'API', 'JOB', 'MODELS', 'PIPELINE', 'PIPELINE_MAINTENANCE', 'SQL'] as const;
type ClusterSource = (typeof CLUSTER_SOURCES)[number];

export interface ClusterSeed {
  readonly id: string;
  readonly name?: string;
  /** Default RUNNING. */
  readonly state?: ClusterState;
  /** Default UI. */
  readonly source?: ClusterSource;
  readonly pinned?: boolean;
  readonly numWorkers?: number;
  readonly poolId?: string;
  /** Milliseconds since the epoch; for a seed in state TERMINATED. Default: now. */
  readonly terminatedAt?: number;
  /** How it ends when terminated: never (stays TERMINATING), or in ERROR. Default `terminated`. */
  readonly ends?: 'terminated' | 'never' | 'error';
  /** How many more times a scheduler starts it after it was terminated. A JOB cluster returns as a new cluster. */
  readonly relaunches?: number;
}

export interface PoolSeed {
  readonly id: string;
  readonly name: string;
  readonly nodeTypeId?: string;
  readonly idle?: number;
  readonly minIdleInstances?: number;
  readonly maxCapacity?: number;
  readonly idleInstanceAutoterminationMinutes?: number;
  readonly customTags?: Readonly<Record<string, string>>;
  readonly preloadedSparkVersions?: readonly string[];
}

export const WAREHOUSE_STATES = ['RUNNING', 'STARTING', 'STOPPING', 'STOPPED', 'DELETING', 'DELETED'] as const;
export type WarehouseState = (typeof WAREHOUSE_STATES)[number];

export interface WarehouseSeed {
  readonly id: string;
  readonly name: string;
  /** Default RUNNING. */
  readonly state?: WarehouseState;
  readonly type?: 'CLASSIC' | 'PRO';
  readonly serverless?: boolean;
  /** Stays STOPPING for ever once stopped. */
  readonly stuckStopping?: boolean;
}
