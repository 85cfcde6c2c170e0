import type { BindingsFile } from '../contract/bindings.ts';
import { FAILURE } from '../contract/failures.ts';
import type { RemoveWorkspaceInput, RemoveWorkspaceOutput } from '../contract/provisioning.ts';
import { AutomationError, isFailure } from '../domain/failure.ts';
import type { Workspace } from '../domain/workspace.ts';
import { wrongName } from './plan-provisioning.ts';
import type { CallCount, Clock, Leases, WorkspaceDirectory } from './ports.ts';
import type { AccountSetup, Provenance, WorkspaceFactory } from './provisioning-ports.ts';
import { holdLease, workspaceLease } from './take-lease.ts';

export interface RemovePorts {
  readonly bindings: BindingsFile;
  readonly leases: Leases;
  readonly provenance: Provenance;
  readonly workspaces: WorkspaceDirectory;
  readonly factory: WorkspaceFactory;
  readonly setup: Pick<AccountSetup, 'networks'>;
  readonly calls: CallCount;
  readonly clock: Clock;
}

/** The Terraform provider of Databricks waits 15 minutes for a workspace, and then for its network. */
const DEADLINE_MS = 45 * 60_000;

const LEAVING: ReadonlySet<string> = new Set(['CANCELLING', 'CANCELLED']);

/**
 * One step of the removal of a workspace and then its network, in the order that Databricks documents; called again until
 * both are gone. The workspace has to have the name that is given, and is leased to the removal until then. One that
 * nobody asked to delete by its id goes only if it is FAILED and on record as made by a provisioning; else WorkspaceFailed
 * says what was found and what to do. Fails with ProvisioningRefused, WorkspaceLeased or WorkspaceNotGone as well.
 */
export async function removeWorkspace(input: RemoveWorkspaceInput, ports: RemovePorts): Promise<RemoveWorkspaceOutput> {
  const until = ports.clock() + ports.bindings.timing.leaseMinutes * 60_000;
  await holdLease(workspaceLease(input.workspaceId), input.provisioningId, until, ports.leases);
  if (await workspaceIsGone(input, ports)) {
    if (input.networkId === null || (await networkIsGone(input.networkId, ports)))
      return { gone: true, calls: ports.calls() };
  }
  if (ports.clock() - Date.parse(input.since) > DEADLINE_MS) {
    throw new AutomationError(
      FAILURE.workspaceNotGone,
      `workspace ${input.workspaceName} (${input.workspaceId}) and its network are not gone 45 minutes after they were deleted; look at them in the Databricks account console, then start the same again`,
    );
  }
  return { gone: false, calls: ports.calls() };
}

async function workspaceIsGone(
  { workspaceId, workspaceName, isAsked }: RemoveWorkspaceInput,
  { workspaces, factory, provenance }: RemovePorts,
): Promise<boolean> {
  try {
    const { name, status } = await workspaces.get(workspaceId);
    if (name !== workspaceName)
      throw new AutomationError(FAILURE.provisioningRefused, wrongName(workspaceId, workspaceName));
    if (LEAVING.has(status)) return false;
    if (!isAsked) await assertUnused({ id: workspaceId, name, status }, provenance);
    await factory.delete(workspaceId);
    return false;
  } catch (error) {
    // Databricks is at work on it, perhaps on its end.
    if (isFailure(error, FAILURE.workspaceBusy)) return false;
    if (isFailure(error, FAILURE.workspaceNotFound)) return true;
    throw error;
  }
}

/** In doubt a workspace stays: it may have been somebody's. */
async function assertUnused(
  { id, name, status }: Pick<Workspace, 'id' | 'name' | 'status'>,
  provenance: Provenance,
): Promise<void> {
  if (status === 'FAILED' && (await provenance.isMadeFor(`workspace/${id}`, name))) return;
  const found =
    status === 'FAILED'
      ? 'there is no record that a provisioning made it and that it never ran, so it may hold data'
      : `it is ${status} now, and only one that is FAILED is deleted`;
  throw new AutomationError(
    FAILURE.workspaceFailed,
    `workspace ${name} (${id}) could not be set up, and stays: ${found}. Repair it (replacements in the request, or PATCH /v1/workspaces/${id}), or delete it by its id (DELETE /v1/workspaces/${id}, dbsa workspaces delete ${id} --name NAME)`,
  );
}

/** A network that is in use is let go of a little after its workspace. */
async function networkIsGone(id: string, { setup }: RemovePorts): Promise<boolean> {
  if (!(await setup.networks.list()).some((network) => network.id === id)) return true;
  try {
    await setup.networks.delete(id);
  } catch (error) {
    if (!isFailure(error, FAILURE.configurationInUse)) throw error;
  }
  return false;
}
