import type {
  ComputePolicy,
  MaintenanceWindow,
  OnMaterialRotation,
  RolloutTiming,
  UseCase,
} from '../../lambda/contract/bindings.ts';

/** What a user edits: one file for each stage in `config/`, or any file given with `-c config=PATH`. */
export interface StageConfig {
  /** Where the stage is deployed. Keys, events and this app live in one account and Region. */
  readonly aws: {
    /** 12 digits. */
    readonly account: string;
    readonly region: string;
  };
  readonly databricks: DatabricksConfig;
  /** Key bindings by id; an id is at most 30 characters of a-z, 0-9 and hyphen. */
  readonly keyBindings: Readonly<Record<string, KeyBindingConfig>>;
  readonly notifications?: {
    /** Subscribed to the topic of rollouts and alarms; each address has to confirm. */
    readonly emails?: readonly string[];
  };
  readonly timing?: Partial<RolloutTiming>;
  /** How long CloudWatch keeps logs. Default 90. */
  readonly logRetentionDays?: 30 | 60 | 90 | 180 | 365 | 731;
  /** What happens to tables and logs when the stack is deleted. Default `retain`. */
  readonly onStackDeletion?: 'retain' | 'destroy';
}

export interface DatabricksConfig {
  /** Databricks account id, a UUID (account console, top right). */
  readonly accountId: string;
  /**
   * The account console's address. `commercial` (default) is https://accounts.cloud.databricks.com, `govcloud` and
   * `govcloud-dod` are the addresses of AWS GovCloud; any other URL as it is. Plain http only on loopback.
   */
  readonly accountHost?: 'commercial' | 'govcloud' | 'govcloud-dod' | (string & {});
  /** How a workspace's base URL is made. Default `https://{deployment_name}.cloud.databricks.com` (.us in GovCloud). */
  readonly workspaceUrl?: string;
  /** Only for an account host that is none of the three: IAM root ARN of Databricks' AWS account. */
  readonly awsPrincipal?: string;
  /** Name or ARN of the secret in AWS Secrets Manager that holds the service principal's client_id and client_secret. */
  readonly credentialSecret: string;
}

export interface KeyBindingConfig {
  /** Key ARN, or alias (`alias/...`). Bind the alias if you replace keys by moving it. */
  readonly key: string;
  readonly useCases: readonly UseCase[];
  /** With STORAGE: also encrypt cluster EBS volumes. Default true, as in Databricks. */
  readonly reuseKeyForClusterVolumes?: boolean;
  /** Workspace ids as text, or `using-key`: every workspace that uses this key (or this alias's earlier keys) today. */
  readonly workspaces: readonly string[] | 'using-key';
  /** Default `reregister`. */
  readonly onMaterialRotation?: OnMaterialRotation;
  /** Default `stop-and-restart`. */
  readonly compute?: ComputePolicy;
  readonly maintenanceWindow?: MaintenanceWindow;
  /** Workspaces at the same time, 1 to 40. Default 5. */
  readonly concurrency?: number;
  /** First workspace alone, the others only if it succeeded. Default true. */
  readonly canary?: boolean;
}

/** Gives the editor the types and the file its value. */
export const defineStage = (config: StageConfig): StageConfig => config;
