import type { SecretSyncStatus, ShownWorkspace } from '../contract/api-answers.ts';
import type { BindingsFile } from '../contract/bindings.ts';
import { FAILURE } from '../contract/failures.ts';
import { AutomationError } from '../domain/failure.ts';
import { operationId } from '../domain/operation-id.ts';
import type { Workspace } from '../domain/workspace.ts';
import type { Executions } from './operation-ports.ts';
import type { Leases, StoppedCompute, WorkspaceDirectory } from './ports.ts';
import type { SyncRecords } from './secret-ports.ts';
import { workspaceLease } from './take-lease.ts';

export interface ShowWorkspacesPorts {
  readonly bindings: BindingsFile;
  /** Region of the stage. */
  readonly region: string;
  readonly workspaces: WorkspaceDirectory;
  readonly leases: Pick<Leases, 'holder'>;
  readonly stoppedCompute: Pick<StoppedCompute, 'counts'>;
  readonly executions: Pick<Executions, 'idOf'>;
}

/** The account's workspaces in the stage's Region, and those in others that a binding names. */
export async function listWorkspaces(ports: ShowWorkspacesPorts): Promise<readonly ShownWorkspace[]> {
  const [workspaces, stopped] = await Promise.all([ports.workspaces.list(), ports.stoppedCompute.counts()]);
  const meant = workspaces.filter(({ id, region }) => region === ports.region || keyBindingsOf(id, ports).length > 0);
  return await Promise.all(meant.map((workspace) => shown(workspace, stopped, ports)));
}

/** One of the account's workspaces. Fails with WorkspaceNotFound. */
export async function getWorkspace(id: string, ports: ShowWorkspacesPorts): Promise<ShownWorkspace> {
  const [workspace, stopped] = await Promise.all([ports.workspaces.get(id), ports.stoppedCompute.counts()]);
  return shown(workspace, stopped, ports);
}

async function shown(
  workspace: Workspace,
  stopped: ReadonlyMap<string, number>,
  ports: ShowWorkspacesPorts,
): Promise<ShownWorkspace> {
  const { id, name, deploymentName, region, status, statusMessage, managedServicesKeyId, storageKeyId } = workspace;
  const holder = await ports.leases.holder(workspaceLease(id));
  return {
    ...{ id, name, deploymentName, region, status, statusMessage: statusMessage ?? null },
    managedServicesKeyConfigurationId: managedServicesKeyId ?? null,
    storageKeyConfigurationId: storageKeyId ?? null,
    keyBindings: keyBindingsOf(id, ports),
    secretBindings: ports.bindings.secretBindings
      .filter(({ workspaces }) => (workspaces === 'all' ? region === ports.region : workspaces.includes(id)))
      .map((binding) => binding.id),
    lease:
      holder === undefined
        ? null
        : { operation: ownerOf(holder.owner, ports), until: new Date(holder.until).toISOString() },
    stoppedCompute: stopped.get(id) ?? 0,
  };
}

const keyBindingsOf = (id: string, { bindings }: ShowWorkspacesPorts): readonly string[] =>
  bindings.keyBindings
    .filter(({ workspaces }) => workspaces !== 'using-key' && workspaces.includes(id))
    .map((one) => one.id);

/** Owners of leases are the ARNs of executions. */
const ownerOf = (arn: string, { executions }: Pick<ShowWorkspacesPorts, 'executions'>): string => {
  const id = executions.idOf(arn);
  return id === undefined ? arn : operationId(id);
};

/** What the last look at each scope found. */
export async function secretSyncStatus(records: Pick<SyncRecords, 'scopes'>): Promise<SecretSyncStatus> {
  const scopes = await records.scopes();
  return {
    scopes: scopes.map(({ workspaceId, workspaceName, scope, bindingIds, lastSyncAt, counts, failure }) => ({
      ...{ workspaceId, workspaceName, scope, bindings: bindingIds },
      lastSyncAt: lastSyncAt === 0 ? null : new Date(lastSyncAt).toISOString(),
      counts: counts ?? null,
      failure: failure ?? null,
    })),
  };
}

/** Fails with WorkspaceLeased if another operation works on one of these workspaces. */
export async function assertNotBusy(
  workspaceIds: readonly string[],
  { leases, executions }: Pick<ShowWorkspacesPorts, 'leases' | 'executions'>,
): Promise<void> {
  for (const workspaceId of workspaceIds) {
    const holder = await leases.holder(workspaceLease(workspaceId));
    if (holder !== undefined)
      throw new WorkspaceIsBusy(workspaceId, ownerOf(holder.owner, { executions }), holder.until);
  }
}

/** The operation that is in the way can be looked at. */
class WorkspaceIsBusy extends AutomationError {
  readonly operation: string;

  constructor(workspaceId: string, operation: string, until: number) {
    super(
      FAILURE.workspaceLeased,
      `operation ${operation} works on workspace ${workspaceId} until ${new Date(until).toISOString()} at the latest; wait for its end, or cancel it`,
    );
    this.operation = operation;
  }
}
