import type { BindingsFile } from '../contract/bindings.ts';
import { FAILURE } from '../contract/failures.ts';
import type { CreateWorkspaceInput, CreateWorkspaceOutput, ProvisioningRequest } from '../contract/provisioning.ts';
import type { WorkspaceSettings } from '../contract/rollout.ts';
import { adoptable } from '../domain/adoption.ts';
import { AutomationError, isFailure } from '../domain/failure.ts';
import type { Workspace } from '../domain/workspace.ts';
import type { CallCount, Clock, Leases, WorkspaceDirectory } from './ports.ts';
import type { Provenance, WorkspaceFactory } from './provisioning-ports.ts';
import { holdLease, workspaceLease } from './take-lease.ts';

export interface CreatePorts {
  readonly bindings: BindingsFile;
  readonly workspaces: WorkspaceDirectory;
  readonly factory: WorkspaceFactory;
  readonly leases: Leases;
  readonly provenance: Provenance;
  readonly calls: CallCount;
  readonly clock: Clock;
}

/** After these it may be there: made by a request whose answer was lost. */
const PERHAPS_THERE = [FAILURE.databricksOutcomeUnknown, FAILURE.databricksConflict, FAILURE.nameTaken] as const;

/** Names are leased before there is an id. */
export const nameLease = (workspaceName: string): string => `workspace-name/${workspaceName}`;

/**
 * Creates the workspace, or adopts the one of its name if it is what was asked for: names are looked at first, under a
 * lease of the name, and again when the answer was lost. From then on the workspace is leased to this provisioning, and on
 * record as made by one if that is beyond doubt. Fails with WorkspaceLeased, ProvisioningRefused saying what differs,
 * CredentialsNotReady or DeploymentNameRefused.
 */
export async function createWorkspace(
  { provisioningId, request, settings }: CreateWorkspaceInput,
  ports: CreatePorts,
): Promise<CreateWorkspaceOutput> {
  const until = ports.clock() + ports.bindings.timing.leaseMinutes * 60_000;
  await holdLease(nameLease(request.workspaceName), provisioningId, until, ports.leases);
  const there = await find(request, settings, ports);
  const { workspace, created, isOwn } =
    there === undefined ? await create(request, settings, ports) : { workspace: there, created: false, isOwn: false };
  // A crash before this leaves the workspace without the record; then it stays, whatever becomes of it.
  if (isOwn) await ports.provenance.note(`workspace/${workspace.id}`, request.workspaceName);
  await holdLease(workspaceLease(workspace.id), provisioningId, until, ports.leases);
  const { id, deploymentName } = workspace;
  return { workspaceId: id, deploymentName, created, calls: ports.calls() };
}

async function find(
  request: ProvisioningRequest,
  settings: WorkspaceSettings,
  { workspaces }: CreatePorts,
): Promise<Workspace | undefined> {
  const { found, problem } = adoptable(request, settings, await workspaces.list());
  if (problem !== undefined) throw new AutomationError(FAILURE.provisioningRefused, problem);
  return found;
}

async function create(
  request: ProvisioningRequest,
  settings: WorkspaceSettings,
  ports: CreatePorts,
): Promise<{ readonly workspace: Workspace; readonly created: boolean; readonly isOwn: boolean }> {
  const { credentialsId = '', storageConfigurationId = '' } = settings;
  const { workspaceName: name, region, deploymentName, pricingTier, customTags, privateAccessSettingsId } = request;
  try {
    const workspace = await ports.factory.create({
      ...{ ...settings, name, region, credentialsId, storageConfigurationId },
      ...(deploymentName !== undefined && { deploymentName }),
      ...(pricingTier !== undefined && { pricingTier }),
      ...(customTags !== undefined && { customTags }),
      ...(privateAccessSettingsId !== undefined && { privateAccessSettingsId }),
    });
    return { workspace, created: true, isOwn: true };
  } catch (error) {
    if (!isFailure(error, ...PERHAPS_THERE)) throw error;
    const workspace = await find(request, settings, ports);
    if (workspace === undefined) throw error;
    // It was not there a moment ago: after a lost answer it is what was asked for here, after a refusal somebody else's.
    return { workspace, created: true, isOwn: isFailure(error, FAILURE.databricksOutcomeUnknown) };
  }
}
