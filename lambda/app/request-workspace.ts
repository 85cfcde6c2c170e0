import type { Diagnosis } from '../contract/api-answers.ts';
import type { WorkspaceBody } from '../contract/api-workspace-request.ts';
import { FAILURE } from '../contract/failures.ts';
import type { WorkspaceRemoval } from '../contract/provisioning.ts';
import { diagnose } from '../domain/diagnosis.ts';
import { AutomationError } from '../domain/failure.ts';
import { networkOf } from './check-workspace.ts';
import { wrongName } from './plan-provisioning.ts';
import type { WorkspaceDirectory } from './ports.ts';
import type { AccountSetup } from './provisioning-ports.ts';
import { type Asker, type RequestedOperation, type RequestPorts, requested } from './request-operation.ts';
import { assertNotBusy } from './show-workspaces.ts';

export interface WorkspacePorts {
  readonly workspaces: Pick<WorkspaceDirectory, 'get'>;
  readonly setup: Pick<AccountSetup, 'networks'>;
}

/** Starts the provisioning of a workspace, or answers the one that the same request started. */
export function requestWorkspace(
  { dryRun, ...provision }: WorkspaceBody,
  asker: Asker,
  ports: RequestPorts,
): Promise<RequestedOperation> {
  const request = { provision, ...(dryRun !== undefined && { dryRun }) };
  return requested({ kind: 'workspace-provisioning', request, ...asker }, async () => undefined, ports);
}

/**
 * Starts the removal of a workspace. Fails with WorkspaceNotFound, ProvisioningRefused if it has another name, or
 * WorkspaceLeased while another operation works on it.
 */
export async function requestRemoval(
  workspaceId: string,
  { workspaceName, network }: { readonly workspaceName: string; readonly network: 'keep' | 'delete' },
  asker: Asker,
  ports: RequestPorts & WorkspacePorts,
): Promise<RequestedOperation> {
  const workspace = await ports.workspaces.get(workspaceId);
  if (workspace.name !== workspaceName) {
    throw new AutomationError(FAILURE.provisioningRefused, wrongName(workspaceId, workspaceName));
  }
  const networkId = network === 'delete' ? (workspace.networkId ?? null) : null;
  const remove: WorkspaceRemoval = { workspaceId, workspaceName, networkId };
  const wish = { kind: 'workspace-provisioning', request: { remove }, ...asker } as const;
  return requested(wish, () => assertNotBusy([workspaceId], ports), ports);
}

/** What is wrong with a workspace and what to try. Fails with WorkspaceNotFound. */
export async function diagnoseWorkspace(id: string, ports: WorkspacePorts): Promise<Diagnosis> {
  const workspace = await ports.workspaces.get(id);
  const network = await networkOf(workspace, ports);
  return {
    ...{ workspaceId: workspace.id, workspaceName: workspace.name, status: workspace.status },
    advice: diagnose(workspace, network),
    network:
      network === undefined
        ? null
        : {
            ...{ id: network.id, name: network.name, status: network.status },
            ...{ errors: network.errors, warnings: network.warnings },
          },
  };
}
