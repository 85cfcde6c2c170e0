import type { BindingsFile, KeyBinding } from '../contract/bindings.ts';
import type { RolloutPlan, RolloutRequest } from '../contract/rollout.ts';
import { assertPolicyHolds, assertUsableKey } from '../domain/key-check.ts';
import { wantedConfiguration } from '../domain/key-match.ts';
import { planRollout } from '../domain/rollout-plan.ts';
import type { Workspace } from '../domain/workspace.ts';
import { chooseWorkspaces } from '../domain/workspace-choice.ts';
import { currentMaterial } from './current-material.ts';
import { findBinding } from './find-binding.ts';
import type {
  CallCount,
  CredentialDirectory,
  KeyRegistry,
  KeySource,
  Registrations,
  StoppedCompute,
  WorkspaceDirectory,
} from './ports.ts';

export interface PlanPorts {
  readonly bindings: BindingsFile;
  readonly keys: KeySource;
  readonly registry: KeyRegistry;
  readonly workspaces: WorkspaceDirectory;
  readonly credentials: CredentialDirectory;
  readonly registrations: Registrations;
  readonly stoppedCompute: StoppedCompute;
  readonly calls: CallCount;
}

/**
 * Reads the key, its policy, the account's key configurations and workspaces, and answers what a rollout of the binding
 * would do. Writes nothing. A key that Databricks could not use fails here, before anything is touched.
 */
export async function planKeyRollout(request: RolloutRequest, ports: PlanPorts): Promise<RolloutPlan> {
  const binding = findBinding(ports.bindings, request.bindingId);
  const restartOnly = request.restartOnly === true;
  const key = await ports.keys.describe(binding.key);
  if (!restartOnly) assertUsableKey(key);
  const [material, policy, configurations, workspaces] = await Promise.all([
    currentMaterial(key, ports),
    ports.keys.policy(key.arn),
    ports.registry.list(),
    ports.workspaces.list(),
  ]);
  const chosen = chooseWorkspaces(binding, key, configurations, workspaces);
  const warnings = restartOnly
    ? []
    : assertPolicyHolds(key, policy, {
        useCases: binding.useCases,
        reuseKeyForClusterVolumes: binding.reuseKeyForClusterVolumes,
        databricksAccountId: ports.bindings.databricks.accountId,
        databricksPrincipal: ports.bindings.databricks.awsPrincipal,
        crossAccountRoles: await crossAccountRoles(binding, chosen.found, ports.credentials),
      });
  return planRollout({
    binding,
    key,
    ...(material.rotatedAt !== undefined && { rotatedAt: material.rotatedAt }),
    wanted: wantedConfiguration(binding, key, material.rotatedAt, material.registered),
    configurations,
    chosen,
    restartOnly,
    leftStopped: await ports.stoppedCompute.having(chosen.found.map(({ id }) => id)),
    warnings,
    calls: ports.calls(),
  });
}

/** Only where the key also encrypts cluster volumes; workspaces without classic compute have no credentials. */
async function crossAccountRoles(
  binding: KeyBinding,
  workspaces: readonly Workspace[],
  credentials: CredentialDirectory,
): Promise<readonly string[]> {
  if (!binding.useCases.includes('STORAGE') || !binding.reuseKeyForClusterVolumes) return [];
  const ids = new Set(workspaces.flatMap(({ credentialsId }) => credentialsId ?? []));
  const roles = await Promise.all([...ids].map((id) => credentials.roleArn(id)));
  return [...new Set(roles)].toSorted();
}
