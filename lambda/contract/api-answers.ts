import { count, flag, listOf, object, oneOf, type Schema, text, textOrNull } from './api-schema.ts';

/** `application/problem+json` (RFC 9457). */
export const PROBLEM = object(
  {
    type: text('URN that names the kind of problem; its last part is the name of the failure'),
    title: text('The problem in a few words'),
    status: { type: 'integer', minimum: 400, maximum: 599, description: 'HTTP status, where who refuses knows it' },
    detail: text('What happened, to what, and what to do'),
    requestId: text('Name this to whoever looks into it'),
    errors: listOf(
      object({ path: text('Where in the request'), found: text('What stood there'), wanted: text('What was wanted') }),
      'Every field that is wrong',
    ),
    operation: { type: 'string', description: 'Where the operation stands that is in the way' },
  },
  { optional: ['status', 'errors', 'operation'] },
);

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly requestId: string;
  readonly errors?: readonly FieldError[];
  /** Path of the operation that is in the way. */
  readonly operation?: string;
}

export interface FieldError {
  readonly path: string;
  readonly found: string;
  readonly wanted: string;
}

const FAILURE: Schema = {
  ...object({ name: text('Name of the failure; docs/runbook.md says what to do'), message: text('What happened') }),
  type: ['object', 'null'],
};

/** One for each state machine. */
export const OPERATION_KINDS = ['key-rollout', 'secret-sync', 'workspace-provisioning'] as const;

const OPERATION_FIELDS = {
  id: text('Kind and name: key-rollout.NAME, secret-sync.NAME or workspace-provisioning.NAME'),
  kind: oneOf(OPERATION_KINDS, 'Which state machine runs'),
  status: oneOf(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'], 'Of the execution'),
  startedAt: text('ISO 8601'),
  finishedAt: textOrNull('ISO 8601; null while it runs'),
};

/** One run of a state machine. */
export const OPERATION = object({
  ...OPERATION_FIELDS,
  request: { type: 'object', description: 'What was asked for' },
  progress: {
    ...object({
      total: count('Workspaces or scopes'),
      pending: count('Not begun'),
      running: count('Under way'),
      succeeded: count('Ended; the result says how'),
      failed: count('Ended without a result'),
    }),
    type: ['object', 'null'],
    description: 'Null before its plan is made',
  },
  items: listOf(
    object({
      item: text('Workspace, or workspace and scope'),
      status: text('Of its execution'),
      step: textOrNull('The state it is in'),
    }),
    'Workspaces or scopes that are under way, at most 20',
  ),
  result: { type: ['object', 'null'], description: 'The summary, or the plan of a dry run, once there is one' },
  failure: FAILURE,
});

export interface Operation extends OperationHead {
  readonly request: Readonly<Record<string, unknown>>;
  readonly progress: OperationProgress | null;
  readonly items: readonly OperationItem[];
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly failure: { readonly name: string; readonly message: string } | null;
}

export type OperationKind = (typeof OPERATION_KINDS)[number];

export interface OperationHead {
  readonly id: string;
  readonly kind: OperationKind;
  readonly status: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
}

export interface OperationProgress {
  readonly total: number;
  readonly pending: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
}

export interface OperationItem {
  readonly item: string;
  readonly status: string;
  readonly step: string | null;
}

export const OPERATION_LIST = object({
  operations: listOf(object(OPERATION_FIELDS), 'The newest first'),
  next: textOrNull('Give it as `next` to get older ones; null at the end'),
});

export interface OperationList {
  readonly operations: readonly OperationHead[];
  readonly next: string | null;
}

const USE_CASES = listOf(oneOf(['MANAGED_SERVICES', 'STORAGE'], 'What Databricks may use the key for'));

/** A key configuration of the Databricks account, with what AWS and the workspaces say of it. */
export const KEY_CONFIGURATION = object({
  id: text('customer_managed_key_id in Databricks'),
  keyArn: text('ARN of the KMS key'),
  keyAlias: textOrNull('Alias under which it was registered'),
  useCases: USE_CASES,
  reuseKeyForClusterVolumes: flag('Whether the key also encrypts cluster EBS volumes'),
  createdAt: text('ISO 8601'),
  usedBy: listOf(
    object({
      workspaceId: text('Workspace id'),
      workspaceName: text('Its name'),
      for: listOf(oneOf(['MANAGED_SERVICES', 'STORAGE'], 'What the workspace uses it for')),
    }),
    'Workspaces that refer to it',
  ),
  heldUntil: textOrNull(
    'ISO 8601; a workspace left it, and Databricks needs its key until then. Null if it is not held',
  ),
  key: {
    ...object({
      state: text('Enabled, Disabled, PendingDeletion, ...'),
      lastRotatedAt: textOrNull('ISO 8601; null if it was never rotated'),
    }),
    type: ['object', 'null'],
    description: 'Null where this stage may not see the key',
  },
});

export interface ShownKeyConfiguration {
  readonly id: string;
  readonly keyArn: string;
  readonly keyAlias: string | null;
  readonly useCases: readonly string[];
  readonly reuseKeyForClusterVolumes: boolean;
  readonly createdAt: string;
  readonly usedBy: readonly {
    readonly workspaceId: string;
    readonly workspaceName: string;
    readonly for: readonly ('MANAGED_SERVICES' | 'STORAGE')[];
  }[];
  readonly heldUntil: string | null;
  readonly key: { readonly state: string; readonly lastRotatedAt: string | null } | null;
}

export const KEY_CONFIGURATION_LIST = object({ keyConfigurations: listOf(KEY_CONFIGURATION) });

/** A workspace of the Databricks account in the stage's Region, with what this product knows of it. */
export const WORKSPACE = object({
  id: text('Workspace id'),
  name: text('Its name'),
  deploymentName: text('First part of its host name'),
  region: text('AWS Region'),
  status: text('RUNNING, PROVISIONING, FAILED, ...'),
  statusMessage: textOrNull('What Databricks says of the status'),
  managedServicesKeyConfigurationId: textOrNull('Key configuration for managed services'),
  storageKeyConfigurationId: textOrNull('Key configuration for storage'),
  keyBindings: listOf(text('Id'), 'Key bindings that name it'),
  secretBindings: listOf(text('Id'), 'Secret bindings that reach it'),
  lease: {
    ...object({
      operation: text('Operation that works on it'),
      until: text('ISO 8601; without a further sign of life'),
    }),
    type: ['object', 'null'],
    description: 'Null while nobody works on it',
  },
  stoppedCompute: count('Clusters, pools and warehouses that were stopped and are to run again'),
});

export interface ShownWorkspace {
  readonly id: string;
  readonly name: string;
  readonly deploymentName: string;
  readonly region: string;
  readonly status: string;
  readonly statusMessage: string | null;
  readonly managedServicesKeyConfigurationId: string | null;
  readonly storageKeyConfigurationId: string | null;
  readonly keyBindings: readonly string[];
  readonly secretBindings: readonly string[];
  readonly lease: { readonly operation: string; readonly until: string } | null;
  readonly stoppedCompute: number;
}

export const WORKSPACE_LIST = object({ workspaces: listOf(WORKSPACE) });

const FINDINGS = listOf(object({ type: text('What it is about'), message: text('In the words of Databricks') }));

/** What is wrong with a workspace, and what to try. */
export const DIAGNOSIS = object({
  workspaceId: text('Workspace id'),
  workspaceName: text('Its name'),
  status: text('RUNNING, PROVISIONING, FAILED, ...'),
  advice: listOf(text('One sentence'), 'What is wrong and what to try, in the order in which to try it'),
  network: {
    ...object({
      id: text('Id'),
      name: text('Name'),
      status: text('VALID, BROKEN, ...'),
      errors: FINDINGS,
      warnings: FINDINGS,
    }),
    type: ['object', 'null'],
    description: 'Its network configuration; null where Databricks manages the network',
  },
});

export interface Diagnosis {
  readonly workspaceId: string;
  readonly workspaceName: string;
  readonly status: string;
  readonly advice: readonly string[];
  readonly network: {
    readonly id: string;
    readonly name: string;
    readonly status: string;
    readonly errors: readonly { readonly type: string; readonly message: string }[];
    readonly warnings: readonly { readonly type: string; readonly message: string }[];
  } | null;
}

/** What the last look at each scope found; names and codes only. */
export const SECRET_SYNC_STATUS = object({
  scopes: listOf(
    object({
      workspaceId: text('Workspace id'),
      workspaceName: text('Its name'),
      scope: text('Name of the scope'),
      bindings: listOf(text('Id'), 'Secret bindings that reach it'),
      lastSyncAt: textOrNull('ISO 8601; when it was last looked at as a whole'),
      counts: {
        type: ['object', 'null'],
        additionalProperties: { type: 'integer' },
        description: 'Secrets by status; null before the first look',
      },
      failure: FAILURE,
    }),
  ),
});

export interface SecretSyncStatus {
  readonly scopes: readonly {
    readonly workspaceId: string;
    readonly workspaceName: string;
    readonly scope: string;
    readonly bindings: readonly string[];
    readonly lastSyncAt: string | null;
    readonly counts: Readonly<Record<string, number>> | null;
    readonly failure: { readonly name: string; readonly message: string } | null;
  }[];
}

export const HEALTH = object({
  status: oneOf(['ok', 'failing'], 'ok if every check is'),
  version: text('Of this product'),
  checks: listOf(
    object({ name: text('What was looked at'), ok: flag('Whether it answers'), failure: FAILURE }),
    'Credentials, the Databricks account and the state table',
  ),
});

export interface Health {
  readonly status: 'ok' | 'failing';
  readonly version: string;
  readonly checks: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly failure: { readonly name: string; readonly message: string } | null;
  }[];
}
