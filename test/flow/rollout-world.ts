import type { BusEvent } from '../../local/aws/service.ts';
import type { ExecutionEvent } from '../../local/console/story.ts';
import type { AccountSeed, WorkspaceSeed } from '../../local/databricks/seed.ts';
import { CROSS_ACCOUNT_ROLE, DEMO_ALIAS } from '../../local/demo/account.ts';
import { startWorld, type World } from '../../local/world.ts';

export const IDS = ['1001', '1002', '9007199254740993'] as const;
export const OTHER_CREDENTIALS = 'c0000000-0000-4000-8000-000000000002';
export const OLD = 'a0000000-0000-4000-8000-000000000001';

/**
 * One stage for all flow tests, so that its template is made once. Only the binding `managed` has an alias that exists;
 * a test gives the others theirs when it needs them. They only report drift, or the schedule would take them for
 * contradictions.
 */
const BINDINGS = {
  managed: { key: DEMO_ALIAS, useCases: ['MANAGED_SERVICES'], workspaces: [...IDS], canary: false },
  canary: { key: 'alias/test/canary', useCases: ['MANAGED_SERVICES'], workspaces: [...IDS], drift: 'report' },
  storage: {
    drift: 'report',
    key: 'alias/test/storage',
    useCases: ['MANAGED_SERVICES', 'STORAGE'],
    workspaces: [...IDS],
    canary: false,
  },
  verify: {
    drift: 'report',
    key: 'alias/test/verify',
    useCases: ['MANAGED_SERVICES'],
    workspaces: 'using-key',
    onMaterialRotation: 'verify',
  },
  stopped: {
    drift: 'report',
    key: 'alias/test/stopped',
    useCases: ['MANAGED_SERVICES'],
    workspaces: [IDS[0]],
    compute: 'require-stopped',
  },
  running: {
    drift: 'report',
    key: 'alias/test/running',
    useCases: ['MANAGED_SERVICES'],
    workspaces: [IDS[0]],
    compute: 'leave-running',
  },
  guarded: {
    drift: 'report',
    key: 'alias/test/guarded',
    useCases: ['MANAGED_SERVICES'],
    workspaces: [...IDS],
    canary: false,
    protect: 'cancel-deletion',
    retire: 'delete-configuration',
  },
  window: {
    drift: 'report',
    key: 'alias/test/window',
    useCases: ['MANAGED_SERVICES'],
    workspaces: [IDS[0]],
    maintenanceWindow: { days: ['SUN'], start: '03:00', durationMinutes: 60, timeZone: 'UTC' },
  },
};

const workspace = (id: string, change: Partial<WorkspaceSeed> = {}): WorkspaceSeed => ({
  id,
  name: `ws-${id}`,
  deploymentName: `ws-${id}`,
  region: 'us-west-2',
  network: 'customer',
  credentialsId: 'c0000000-0000-4000-8000-000000000001',
  managedServicesKeyId: OLD,
  clusters: [
    { id: `${id}-shared`, name: 'shared' },
    { id: `${id}-job`, name: 'job', source: 'JOB' },
    { id: `${id}-idle`, name: 'idle', state: 'TERMINATED' },
  ],
  pools: [
    {
      id: `${id}-pool`,
      name: 'pool',
      minIdleInstances: 2,
      idle: 2,
      maxCapacity: 10,
      idleInstanceAutoterminationMinutes: 30,
    },
  ],
  warehouses: [{ id: `${id}-bi`, name: 'bi', state: 'RUNNING' }],
  ...change,
});

/** Three workspaces on the demo key, one of them in a VPC that Databricks manages. */
const account =
  (changes: Readonly<Record<string, Partial<WorkspaceSeed>>>) =>
  (keyArn: string, now: number): AccountSeed => ({
    credentials: [
      { id: 'c0000000-0000-4000-8000-000000000001', name: 'cross-account', roleArn: CROSS_ACCOUNT_ROLE },
      { id: OTHER_CREDENTIALS, name: 'cross-account-2', roleArn: CROSS_ACCOUNT_ROLE },
    ],
    keyConfigurations: [
      { id: OLD, keyArn, alias: DEMO_ALIAS, useCases: ['MANAGED_SERVICES', 'STORAGE'], createdAt: now - 1e9 },
    ],
    workspaces: IDS.map((id, index) =>
      workspace(id, { network: index === 0 ? 'managed' : 'customer', ...changes[id] }),
    ),
  });

export interface RolloutWorld extends World {
  /** Gives the key another alias of the stage and waits for the rollout that this starts. */
  bind(alias: string): ReturnType<World['nextEnd']>;
  /** Rotates the key for the binding of this alias alone and waits for its rollout. */
  rotateFor(alias: string): ReturnType<World['nextEnd']>;
  /** Rotates the key and waits for the rollout that the event starts. */
  rotate(): ReturnType<World['nextEnd']>;
  /** Requests that change something, as `POST /path`. */
  writes(): readonly string[];
  keyOf(workspaceId: string): string | null;
  /** Workspace results in the order of the stage. */
  outcomes(ended: Awaited<ReturnType<World['nextEnd']>>): readonly string[];
}

/** The stage on this machine. `changes` are made to workspaces by id before it starts. */
export async function startRolloutWorld(
  changes: Readonly<Record<string, Partial<WorkspaceSeed>>> = {},
  onHistory: (event: ExecutionEvent) => void = () => undefined,
  onLog: (text: string) => void = () => undefined,
  onEvent: (event: BusEvent) => void = () => undefined,
): Promise<RolloutWorld> {
  const world = await startWorld({
    bindings: { keyBindings: BINDINGS },
    account: account(changes),
    onHistory,
    onLog,
    onEvent,
  });
  const { aws, databricks, keyArn } = world;
  return {
    ...world,
    bind: async (alias) => {
      await aws.kms.handle('CreateAlias', { AliasName: alias, TargetKeyId: keyArn.split('/')[1] });
      return world.nextEnd();
    },
    rotateFor: async (alias) => {
      await aws.kms.handle('DeleteAlias', { AliasName: DEMO_ALIAS });
      await aws.kms.handle('RotateKeyOnDemand', { KeyId: keyArn });
      await aws.kms.handle('CreateAlias', { AliasName: alias, TargetKeyId: keyArn.split('/')[1] });
      return world.nextEnd();
    },
    rotate: async () => {
      await aws.kms.handle('RotateKeyOnDemand', { KeyId: keyArn });
      return world.nextEnd();
    },
    writes: () =>
      databricks.control
        .requests()
        .filter(({ method, path }) => method !== 'GET' && !path.includes('/oidc/'))
        .map(({ method, path }) => `${method} ${path}`),
    keyOf: (workspaceId) =>
      databricks.control.state().workspaces.find(({ id }) => id === workspaceId)?.managedServicesKeyId ?? null,
    outcomes: ({ output, cause }) => {
      const workspaces = (
        output as
          | {
              readonly workspaces?: readonly {
                readonly outcome: string;
                readonly failure: { readonly name: string } | null;
              }[];
            }
          | undefined
      )?.workspaces;
      if (workspaces !== undefined) return workspaces.map(({ outcome, failure }) => failure?.name ?? outcome);
      return [...(cause ?? '').matchAll(/^- .* \(\d+\) (\w+), \d+ calls(?:: (\w+):)?/gm)].map(
        ([, outcome, name]) => name ?? outcome ?? '',
      );
    },
  };
}
