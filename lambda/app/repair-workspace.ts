import { FAILURE } from '../contract/failures.ts';
import type { RepairWorkspaceInput, RepairWorkspaceOutput } from '../contract/provisioning.ts';
import { isFailure } from '../domain/failure.ts';
import { missingSettings, namesIn } from '../domain/workspace-settings.ts';
import { type EnsurePorts, ensureConfigurations } from './ensure-configurations.ts';
import type { WorkspaceDirectory } from './ports.ts';

export interface RepairPorts extends EnsurePorts {
  readonly workspaces: WorkspaceDirectory;
}

/**
 * Gives a FAILED workspace its replacements, which makes Databricks set it up again; nothing is sent if it has them. A
 * lost answer is settled by the next look. Fails as ensureConfigurations does, or with what Databricks refuses.
 */
export async function repairWorkspace(
  { workspaceId, workspaceName, provisioningId, replacements }: RepairWorkspaceInput,
  ports: RepairPorts,
): Promise<RepairWorkspaceOutput> {
  const wanted = { provisioningId, workspaceName, workspaceId, setup: replacements };
  const ensured = await ensureConfigurations(wanted, ports);
  const { settings } = ensured;
  const missing = missingSettings(await ports.workspaces.get(workspaceId), settings);
  const since = new Date(ports.clock()).toISOString();
  if (namesIn(missing).length > 0) {
    try {
      await ports.workspaces.patch(workspaceId, missing);
    } catch (error) {
      if (!isFailure(error, FAILURE.databricksOutcomeUnknown)) throw error;
    }
  }
  return { ...ensured, since, calls: ports.calls() };
}
