import { OPERATION_KINDS } from './api-answers.ts';
import { flag, object, oneOf, type Schema, text } from './api-schema.ts';
import type { ComputePolicy, UseCase } from './bindings.ts';
import type { SyncRequest } from './secret-sync.ts';

const BINDING_ID: Schema = {
  type: 'string',
  pattern: '^[a-z][a-z0-9-]{0,29}$',
  description: 'Id of a binding of the stage',
};
const WORKSPACE_ID: Schema = { type: 'string', pattern: '^[0-9]{1,20}$', description: 'Workspace id, as text' };
const SCOPE: Schema = { type: 'string', pattern: '^[A-Za-z0-9._@-]{1,128}$', description: 'Name of a secret scope' };

const some = (items: Schema, maxItems: number): Schema => ({
  type: 'array',
  items,
  minItems: 1,
  maxItems,
  uniqueItems: true,
});

const KEY: Schema = {
  type: 'string',
  maxLength: 2048,
  pattern: '^(arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+|alias/[A-Za-z0-9/_-]+)$',
  description: 'ARN of a KMS key of the stage’s account and Region, or an alias',
};
const USE_CASES = some(oneOf(['MANAGED_SERVICES', 'STORAGE'], 'What Databricks may use the key for'), 2);
const REUSE = flag('With STORAGE: also encrypt cluster EBS volumes. Default true, as in Databricks');
const COMPUTE = oneOf(
  ['stop-and-restart', 'require-stopped', 'leave-running'],
  'What happens to compute that runs: stopped and restarted (default), refused, or not looked at',
);
const DRY_RUN = flag('Answer what would be done; write nothing');

/** Body of `POST /v1/key-rollouts`. */
export const KEY_ROLLOUT_REQUEST: Schema = {
  ...object(
    {
      bindingId: BINDING_ID,
      key: KEY,
      workspaces: some(WORKSPACE_ID, 200),
      useCases: { ...USE_CASES, description: 'With a key. Default: MANAGED_SERVICES' },
      reuseKeyForClusterVolumes: REUSE,
      compute: COMPUTE,
      dryRun: DRY_RUN,
    },
    {
      optional: ['bindingId', 'key', 'workspaces', 'useCases', 'reuseKeyForClusterVolumes', 'compute', 'dryRun'],
      description: 'A binding of the stage; or a key and the workspaces that are to use it',
    },
  ),
  oneOf: [{ required: ['bindingId'] }, { required: ['key', 'workspaces'] }],
};

export interface KeyRolloutBody {
  readonly bindingId?: string;
  readonly key?: string;
  readonly workspaces?: readonly string[];
  readonly useCases?: readonly UseCase[];
  readonly reuseKeyForClusterVolumes?: boolean;
  readonly compute?: ComputePolicy;
  readonly dryRun?: boolean;
}

const configurationId = (description: string): Schema => ({
  type: 'string',
  pattern: '^[A-Za-z0-9-]{1,64}$',
  description,
});
const WORKSPACE_SETTINGS = {
  managedServicesKeyConfigurationId: configurationId('Key configuration for managed services: added or replaced'),
  storageKeyConfigurationId: configurationId('Key configuration for storage: added once, never replaced'),
  credentialsId: configurationId('Credential configuration'),
  networkId: configurationId(
    'Network configuration: only where the workspace has a customer-managed VPC, or is FAILED',
  ),
  storageConfigurationId: configurationId('Storage configuration: only while the workspace is FAILED'),
};

/** Body of `PATCH /v1/workspaces/{workspaceId}`. */
export const WORKSPACE_CHANGE_REQUEST: Schema = {
  ...object(
    { ...WORKSPACE_SETTINGS, compute: COMPUTE, dryRun: DRY_RUN },
    { optional: [...Object.keys(WORKSPACE_SETTINGS), 'compute', 'dryRun'], description: 'At least one setting' },
  ),
  anyOf: Object.keys(WORKSPACE_SETTINGS).map((name) => ({ required: [name] })),
};

export interface WorkspaceChangeBody {
  readonly managedServicesKeyConfigurationId?: string;
  readonly storageKeyConfigurationId?: string;
  readonly credentialsId?: string;
  readonly networkId?: string;
  readonly storageConfigurationId?: string;
  readonly compute?: ComputePolicy;
  readonly dryRun?: boolean;
}

/** Body of `POST /v1/secret-syncs`; `{}` syncs everything. */
export const SECRET_SYNC_REQUEST = object(
  {
    bindings: some(BINDING_ID, 100),
    workspaces: some(WORKSPACE_ID, 200),
    scopes: some(SCOPE, 200),
    secret: {
      type: 'string',
      minLength: 1,
      maxLength: 2048,
      pattern: '^[A-Za-z0-9/_+=.@!:-]+$',
      description: 'Name or ARN of one AWS secret: only what concerns it is looked at',
    },
    dryRun: DRY_RUN,
    rewrite: flag('Write unchanged secrets, too'),
    confirmDeletes: {
      type: 'integer',
      minimum: 1,
      maximum: 10_000,
      description: 'Delete up to this many keys of each binding, beyond its own limit',
    },
  },
  { optional: ['bindings', 'workspaces', 'scopes', 'secret', 'dryRun', 'rewrite', 'confirmDeletes'] },
);

export type SecretSyncBody = Omit<SyncRequest, 'trigger'>;

/** Body of `POST /v1/key-configurations`. */
export const KEY_CONFIGURATION_REQUEST = object(
  {
    key: KEY,
    useCases: USE_CASES,
    reuseKeyForClusterVolumes: REUSE,
  },
  { optional: ['reuseKeyForClusterVolumes'] },
);

export interface KeyConfigurationBody {
  readonly key: string;
  readonly useCases: readonly UseCase[];
  readonly reuseKeyForClusterVolumes?: boolean;
}

/** Header with which a client makes sure that a repeated request starts nothing twice. */
export const IDEMPOTENCY_KEY: Schema = {
  type: 'string',
  pattern: '^[\\x21-\\x7e]{1,128}$',
  description: 'Chosen by the client: a request that is repeated with the same key answers the same operation',
};

/** Ids in paths. */
export const PATH_PARAMETERS: Readonly<Record<string, Schema>> = {
  keyConfigurationId: configurationId('Key configuration id'),
  workspaceId: WORKSPACE_ID,
  operationId: {
    type: 'string',
    pattern: `^(${OPERATION_KINDS.join('|')})\\.[A-Za-z0-9_-]{1,80}$`,
    description: 'Operation id, as answered when it was started',
  },
};

export const LIST_PARAMETERS: Readonly<Record<string, Schema>> = {
  limit: {
    type: 'string',
    pattern: '^([1-9][0-9]?|100)$',
    description: 'At most so many of each kind, 1 to 100. Default 20',
  },
  next: { ...text('Where the page before ended, as it was answered'), minLength: 1, maxLength: 4096 },
  kind: oneOf(OPERATION_KINDS, 'Only operations of this kind'),
  workspaceName: {
    type: 'string',
    minLength: 1,
    maxLength: 100,
    description: 'The name of the workspace, as a confirmation',
  },
  network: oneOf(['keep', 'delete'], 'What becomes of its network configuration. Default keep'),
  status: oneOf(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'], 'Only operations with this status'),
};
