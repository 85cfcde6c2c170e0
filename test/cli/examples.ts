import type {
  Health,
  Operation,
  SecretSyncStatus,
  ShownKeyConfiguration,
  ShownWorkspace,
} from '../../lambda/contract/api-answers.ts';
import type { RolloutPlan, RolloutSummary } from '../../lambda/contract/rollout.ts';
import type { ScopeResult, SyncSummary } from '../../lambda/contract/secret-sync.ts';

const KEY_ARN = 'arn:aws:kms:us-west-2:111122223333:key/11111111-2222-3333-4444-555555555555';

export const KEY_CONFIGURATIONS: readonly ShownKeyConfiguration[] = [
  {
    id: 'cmk-1',
    keyArn: KEY_ARN,
    keyAlias: 'alias/databricks',
    useCases: ['MANAGED_SERVICES', 'STORAGE'],
    reuseKeyForClusterVolumes: true,
    createdAt: '2026-07-01T08:00:00.000Z',
    usedBy: [{ workspaceId: '4711000000000001', workspaceName: 'analytics', for: ['MANAGED_SERVICES'] }],
    heldUntil: null,
    key: { state: 'Enabled', lastRotatedAt: '2026-07-30T10:00:00.123Z' },
  },
  {
    id: 'cmk-2',
    keyArn: 'arn:aws:kms:us-west-2:444455556666:key/elsewhere',
    keyAlias: null,
    useCases: ['MANAGED_SERVICES'],
    reuseKeyForClusterVolumes: false,
    createdAt: '2026-06-01T08:00:00.000Z',
    usedBy: [],
    heldUntil: '2026-08-02T12:00:00.000Z',
    key: null,
  },
];

export const WORKSPACES: readonly ShownWorkspace[] = [
  {
    id: '4711000000000001',
    name: 'analytics',
    deploymentName: 'acme-analytics',
    region: 'us-west-2',
    status: 'RUNNING',
    statusMessage: 'Workspace is running.',
    managedServicesKeyConfigurationId: 'cmk-1',
    storageKeyConfigurationId: null,
    keyBindings: ['main'],
    secretBindings: ['etl', 'apps'],
    lease: { operation: 'key-rollout.main-1', until: '2026-08-01T13:00:00.000Z' },
    stoppedCompute: 3,
  },
  {
    id: '9007199254740993',
    name: 'evil\u001b[2Jname',
    deploymentName: 'acme-evil',
    region: 'us-west-2',
    status: 'PROVISIONING',
    statusMessage: null,
    managedServicesKeyConfigurationId: null,
    storageKeyConfigurationId: null,
    keyBindings: [],
    secretBindings: [],
    lease: null,
    stoppedCompute: 0,
  },
];

export const SYNC_STATUS: SecretSyncStatus = {
  scopes: [
    {
      workspaceId: '4711000000000001',
      workspaceName: 'analytics',
      scope: 'etl',
      bindings: ['etl'],
      lastSyncAt: '2026-08-01T11:30:00.000Z',
      counts: { SYNCED: 1, UNCHANGED: 23, FAILED: 0 },
      failure: null,
    },
    {
      workspaceId: '4711000000000002',
      workspaceName: 'science',
      scope: 'etl',
      bindings: ['etl'],
      lastSyncAt: null,
      counts: null,
      failure: { name: 'SecretScopeLimitReached', message: 'the workspace has 1000 scopes' },
    },
  ],
};

export const HEALTHY: Health = {
  status: 'ok',
  version: '0.1.0',
  checks: [
    { name: 'Databricks account, with its credentials', ok: true, failure: null },
    { name: 'state table', ok: true, failure: null },
  ],
};

export const FAILING: Health = {
  status: 'failing',
  version: '0.1.0',
  checks: [
    {
      name: 'Databricks account, with its credentials',
      ok: false,
      failure: { name: 'DatabricksUnauthenticated', message: 'the client secret is wrong' },
    },
    { name: 'state table', ok: true, failure: null },
  ],
};

export const OPERATION: Operation = {
  id: 'key-rollout.main-1',
  kind: 'key-rollout',
  status: 'RUNNING',
  startedAt: '2026-08-01T12:00:00.000Z',
  finishedAt: null,
  request: { bindingId: 'main' },
  progress: null,
  items: [],
  result: null,
  failure: null,
};

const planned = {
  workspaceId: '4711000000000001',
  workspaceName: 'analytics',
  deploymentName: 'acme-analytics',
  action: 'roll-out',
  fields: ['managedServicesKeyId'],
  needsRest: false,
  redeploys: false,
  reason: 'changes managed services key',
} as const;

export const ROLLOUT_PLAN: RolloutPlan & { readonly key: object } = {
  subject: 'binding/main',
  binding: null,
  settings: null,
  treatment: { compute: 'stop-and-restart', maintenanceWindow: null },
  key: { arn: KEY_ARN, alias: 'alias/databricks' },
  keyConfiguration: { kind: 'register', id: null },
  workspaces: [
    planned,
    {
      workspaceId: '4711000000000002',
      workspaceName: 'science',
      deploymentName: 'acme-science',
      action: 'refuse',
      fields: [],
      needsRest: false,
      redeploys: true,
      reason: 'workspace 4711000000000002 is FAILED; it accepts a new key only while RUNNING',
      failure: { name: 'WorkspaceNotRunning', message: 'workspace 4711000000000002 is FAILED' },
    },
  ],
  batches: [{ items: [planned] }],
  concurrency: 5,
  warnings: ['the key is disabled soon'],
  outOfPlace: null,
  headline: 'binding/main: workspaces: 1 to roll out, 1 refused; a new key configuration will be registered',
  calls: 7,
};

export const ROLLOUT_SUMMARY: RolloutSummary = {
  ok: true,
  subject: 'binding/main',
  rolloutId: 'arn:aws:states:us-west-2:111122223333:execution:KeyRollout:main-1',
  keyArn: KEY_ARN,
  keyConfigurationId: 'cmk-3',
  registered: true,
  headline: 'key rollout of binding/main: 1 rolled out',
  message: 'key rollout of binding/main: 1 rolled out\nkey ...',
  workspaces: [
    {
      workspaceId: '4711000000000001',
      workspaceName: 'analytics',
      outcome: 'ROLLED_OUT',
      keyConfigurationId: 'cmk-3',
      restarted: ["cluster 'etl'", "pool 'shared'"],
      secrets: { rewritten: 28, failure: null },
      failure: null,
      calls: 40,
    },
  ],
  calls: 47,
};

const SCOPE: ScopeResult = {
  workspaceId: '4711000000000001',
  workspaceName: 'analytics',
  scope: 'etl',
  bindingIds: ['etl'],
  counts: { SYNCED: 2, UNCHANGED: 20, SKIPPED: 0, FAILED: 1, DRIFTED: 0, PRUNED: 1 },
  rewritten: 0,
  secrets: [
    { key: 'db', secret: 'prod/db', status: 'FAILED', reason: '140 KB are too much', failure: 'SecretTooLarge' },
    { key: 'old', secret: 'prod/old', status: 'PRUNED', reason: 'nobody wants it' },
    { key: 'api', secret: 'prod/api', status: 'SYNCED', reason: 'changed in AWS' },
  ],
  access: { granted: ['group readers READ'], removed: [], others: [], failures: [] },
  created: false,
  failure: null,
  calls: 3,
};

export const SYNC_PLAN: SyncSummary = {
  ok: false,
  worthTelling: false,
  syncId: 'arn:aws:states:us-west-2:111122223333:execution:SecretSync:x',
  dryRun: true,
  headline: 'secret sync (dry run) is incomplete: 1 to attend to; 2 to write, 1 to delete, 1 failed in 1 scope',
  message:
    'secret sync (dry run) is incomplete: 1 to attend to; 2 to write, 1 to delete, 1 failed in 1 scope\n- analytics: ...',
  counts: SCOPE.counts,
  rewritten: 0,
  scopes: [SCOPE],
  problems: [
    {
      workspaceId: '4711000000000003',
      scope: null,
      failure: { name: 'WorkspaceNotFound', message: 'workspace 4711000000000003 is not in the account' },
    },
  ],
  warnings: ['secret prod/x asks for scope y, which no binding allows'],
  calls: 5,
};
