import type {
  ComputePolicy,
  KeyDrift,
  KeyProtection,
  MaintenanceWindow,
  OnMaterialRotation,
  Retirement,
  RolloutTiming,
  UseCase,
} from '../../lambda/contract/bindings.ts';
import type { Permission } from '../../lambda/contract/secret-bindings.ts';

/** What a user edits: one file for each stage in `config/`, or any file given with `-c config=PATH`. */
export interface StageConfig {
  /** Where the stage is deployed. Keys, events and this app live in one account and Region. */
  readonly aws: {
    /** 12 digits. */
    readonly account: string;
    readonly region: string;
  };
  readonly databricks: DatabricksConfig;
  /** Key bindings by id; an id is at most 30 characters of a-z, 0-9 and hyphen. One binding of either kind is needed. */
  readonly keyBindings?: Readonly<Record<string, KeyBindingConfig>>;
  /** Secret bindings by id, as key bindings. */
  readonly secretBindings?: Readonly<Record<string, SecretBindingConfig>>;
  readonly secretSync?: SecretSyncConfig;
  readonly keyWatch?: KeyWatchConfig;
  readonly keyReconciliation?: KeyReconciliationConfig;
  readonly computeSweep?: ComputeSweepConfig;
  readonly events?: EventsConfig;
  /** The HTTP API; `off` leaves it out. Default: a regional address, IAM authorization. */
  readonly api?: ApiConfig | 'off';
  readonly notifications?: {
    /** Subscribed to the topic of results and alarms; each address has to confirm. */
    readonly emails?: readonly string[];
  };
  /** Makes what workspaces stand on in this AWS account: role, root bucket, keys. Default: none of it. */
  readonly prerequisites?: PrerequisitesConfig;
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
   * `govcloud-dod` are the addresses of AWS GovCloud; any other URL of a host below databricks.com, databricks.us or
   * databricks.mil as it is. Plain http only on loopback.
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
  /** `cancel-deletion`: a deletion of this key, or of the one before while it is held, is taken back. Default `alert`. */
  readonly protect?: KeyProtection;
  /** `delete-configuration`: 24 hours after the last workspace left it, if nobody uses it. Default `report`. */
  readonly retire?: Retirement;
  /** What the schedule does about a workspace that is not on the key. Default `repair`. */
  readonly drift?: KeyDrift;
  /** Default `stop-and-restart`. */
  readonly compute?: ComputePolicy;
  readonly maintenanceWindow?: MaintenanceWindow;
  /** Workspaces at the same time, 1 to 40. Default 5. */
  readonly concurrency?: number;
  /** First workspace alone, the others only if it succeeded. Default true. */
  readonly canary?: boolean;
}

export interface SecretBindingConfig {
  /** Which secrets: the binding says so itself, or the secrets' own tags do. */
  readonly secrets: SelectedSecrets | TaggedSecrets;
  /** Workspace ids as text, or `all`: every workspace of the Databricks account in the stage's Region. */
  readonly workspaces: readonly string[] | 'all';
  /** Secret scopes that the secrets go to. With `taggedUnder`: scopes that tags may name, exact or `team-*`. */
  readonly scopes: readonly string[];
  /**
   * Name of a secret's key in its scopes, from `{name}`, `{basename}`, `{jsonKey}` and `{tag:KEY}`. Default
   * `{basename}`; with json `spread` `{basename}_{jsonKey}`.
   */
  readonly key?: string;
  /** `whole` (default): one key for each secret. `spread`: one for each member of its JSON object. */
  readonly json?: 'whole' | 'spread';
  /** Who may do what in the scopes. Default nobody but the service principal. */
  readonly access?: readonly AccessConfig[];
  /** What happens to access that others granted. Default `keep`. */
  readonly otherAccess?: 'keep' | 'remove';
  /** Every user of a workspace may read and change a scope that is created this way. */
  readonly initialManagePrincipal?: 'users';
  /** `owned`: keys that this product wrote and nobody wants any more are deleted. Default `off`. */
  readonly prune?: 'off' | 'owned';
  /** Keys that one sync deletes at most without a confirmation, 1 to 1000. Default 20. */
  readonly pruneLimit?: number;
  /** What happens to a key that was edited or deleted in Databricks. Default `repair`. */
  readonly drift?: 'repair' | 'report';
  /** Hours, 0 to 720, after which a secret scheduled for deletion counts as gone. Default null: when it is. */
  readonly deletionGraceHours?: number | null;
  /** ARNs of the customer-managed KMS keys that encrypt the secrets in AWS Secrets Manager. */
  readonly decryptWith?: readonly string[];
}

interface SelectedSecrets {
  readonly include: readonly SelectorConfig[];
  readonly exclude?: readonly SelectorConfig[];
}

/** Secrets that say by their tags `databricks:scope`, `databricks:key`, `databricks:workspaces` where they go. */
interface TaggedSecrets {
  /** Beginnings of the names of secrets whose tags count. */
  readonly taggedUnder: readonly string[];
  readonly exclude?: readonly SelectorConfig[];
}

type SelectorConfig =
  | { readonly tag: { readonly key: string; readonly value: string } }
  | { readonly namePrefix: string }
  | { readonly arn: string };

/** A user by e-mail address, a group by display name, or a service principal by application id. */
type AccessConfig = ({ readonly user: string } | { readonly group: string } | { readonly servicePrincipal: string }) & {
  readonly permission: Permission;
};

export interface SecretSyncConfig {
  /** Minutes between two looks at everything, 5 to 1440, or `off`. Default 30. */
  readonly everyMinutes?: number | 'off';
  /** Scopes at the same time, 1 to 40. Default 10. */
  readonly concurrency?: number;
}

export interface KeyWatchConfig {
  /** Minutes between two looks at every key that is bound, in use or held, 5 to 1440. Default 60. */
  readonly scheduleMinutes?: number;
}

export interface KeyReconciliationConfig {
  /** Hours between two looks at every key binding, 1 to 168, or `off`. Default 24. */
  readonly everyHours?: number | 'off';
}

export interface ComputeSweepConfig {
  /** Minutes between two looks for compute that was left stopped, 5 to 1440. Default 15. */
  readonly everyMinutes?: number;
}

export interface EventsConfig {
  /** Days, 1 to 365, for which EventBridge keeps the events of the rules to be replayed. Default none are kept. */
  readonly archiveDays?: number;
}

export interface ApiConfig {
  /** Ids of VPC endpoints: the API is private then, and reached through them only. */
  readonly vpcEndpoints?: readonly string[];
  /** Account ids, or ARNs of IAM roles and users, of other accounts that may ask, too. */
  readonly callers?: readonly string[];
  /** CIDR blocks that requests may come from. Default any. */
  readonly sourceIps?: readonly string[];
  /** ARN of a regional WAFv2 web ACL. */
  readonly webAclArn?: string;
  /** Requests a second over all callers, 1 to 1000. Default 10. */
  readonly ratePerSecond?: number;
  /** Requests at once beyond that, 1 to 2000. Default 20. */
  readonly burst?: number;
  /**
   * API Gateway writes logs through one role of the account and Region. `create` (default) makes and sets it; `present`
   * leaves the one alone that is set.
   */
  readonly accountLogRole?: 'create' | 'present';
}

export interface PrerequisitesConfig {
  /** Whose VPC the workspaces are in; to make one, Databricks needs more rights. */
  readonly network: 'databricks' | 'customer';
  /** Default: a name that CloudFormation makes. */
  readonly bucketName?: string;
  /** Three earlier versions of what is overwritten, for seven days. Default false, as Databricks recommends. */
  readonly bucketVersioning?: boolean;
  /** ARNs of the roles behind instance profiles that clusters may be given. */
  readonly passRoles?: readonly string[];
  /** One key for each use case, or the same alias twice for one key. Default none: Databricks' own keys. */
  readonly keys?: PrerequisiteKeysConfig;
}

interface PrerequisiteKeysConfig {
  /** Alias (`alias/...`) of a key that is made for managed services. */
  readonly managedServices?: string;
  /** Alias of a key that is made for workspace storage. */
  readonly storage?: string;
  /** The storage key may also encrypt cluster EBS volumes. Default true, as in Databricks. */
  readonly reuseKeyForClusterVolumes?: boolean;
}

/** Gives the editor the types and the file its value. */
export const defineStage = (config: StageConfig): StageConfig => config;
