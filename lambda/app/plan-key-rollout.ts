import type { BindingsFile, KeyBinding } from '../contract/bindings.ts';
import { bindingSubject, type KeyForWorkspaces, type RolloutPlan, type RolloutRequest } from '../contract/rollout.ts';
import { contradictions } from '../domain/contradicting-bindings.ts';
import { assertPolicyHolds, assertUsableKey } from '../domain/key-check.ts';
import { wantedConfiguration } from '../domain/key-match.ts';
import { planRestart } from '../domain/restart-plan.ts';
import { planRollout } from '../domain/rollout-plan.ts';
import type { Workspace } from '../domain/workspace.ts';
import { chooseWorkspaces } from '../domain/workspace-choice.ts';
import { currentMaterial } from './current-material.ts';
import { findBinding } from './find-binding.ts';
import { planWorkspaceChange } from './plan-workspace-change.ts';
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
 * Answers what a rollout would do. Writes nothing. A key that Databricks could not use fails here, before anything is
 * touched: KeyNotUsable, KeyPolicyIncomplete, KeyNotFound, KeyAccessDenied.
 */
export async function planKeyRollout(request: RolloutRequest, ports: PlanPorts): Promise<RolloutPlan> {
  if ('change' in request) return planWorkspaceChange(request.change, ports);
  if ('restart' in request) return planRestartOf(request.restart.workspaceIds, ports);
  if ('keyFor' in request) return planBinding(`key/${request.keyFor.key}`, bindingOf(request.keyFor), ports);
  const binding = findBinding(ports.bindings, request.bindingId);
  return planBinding(bindingSubject(binding.id), binding, ports);
}

/** A binding that lives as long as one rollout. */
const bindingOf = ({
  key,
  useCases,
  reuseKeyForClusterVolumes,
  workspaceIds,
  compute,
}: KeyForWorkspaces): KeyBinding => ({
  ...{ id: 'request', key, useCases, reuseKeyForClusterVolumes, workspaces: workspaceIds, compute },
  ...{
    onMaterialRotation: 'reregister',
    concurrency: 5,
    canary: true,
    protect: 'alert',
    retire: 'report',
    drift: 'repair',
  },
});

/** Reads the key, its policy, and the account's key configurations and workspaces. */
async function planBinding(subject: string, binding: KeyBinding, ports: PlanPorts): Promise<RolloutPlan> {
  const key = await ports.keys.describe(binding.key);
  assertUsableKey(key);
  const [material, policy, configurations, workspaces] = await Promise.all([
    currentMaterial(key, ports),
    ports.keys.policy(key.arn),
    ports.registry.list(),
    ports.workspaces.list(),
  ]);
  const chosen = chooseWorkspaces(binding, key, configurations, workspaces);
  const warnings = assertPolicyHolds(key, policy, {
    useCases: binding.useCases,
    reuseKeyForClusterVolumes: binding.reuseKeyForClusterVolumes,
    databricksAccountId: ports.bindings.databricks.accountId,
    databricksPrincipal: ports.bindings.databricks.awsPrincipal,
    crossAccountRoles: await crossAccountRoles(binding, chosen.found, ports.credentials),
  });
  return planRollout({
    subject,
    binding,
    key,
    ...(material.rotatedAt !== undefined && { rotatedAt: material.rotatedAt }),
    wanted: wantedConfiguration(binding, key, material),
    configurations,
    chosen,
    leftStopped: await ports.stoppedCompute.having(chosen.found.map(({ id }) => id)),
    warnings: [...warnings, ...contradictions(binding, ports.bindings.keyBindings)],
    calls: ports.calls(),
  });
}

async function planRestartOf(workspaceIds: readonly string[], ports: PlanPorts): Promise<RolloutPlan> {
  const [workspaces, leftStopped] = await Promise.all([
    ports.workspaces.list(),
    ports.stoppedCompute.having(workspaceIds),
  ]);
  return planRestart({ workspaceIds, workspaces, leftStopped, calls: ports.calls() });
}

/** Only where the key also encrypts cluster volumes; workspaces without classic compute have no credentials. */
async function crossAccountRoles(
  { useCases, reuseKeyForClusterVolumes }: KeyBinding,
  workspaces: readonly Workspace[],
  credentials: CredentialDirectory,
): Promise<readonly string[]> {
  if (!useCases.includes('STORAGE') || !reuseKeyForClusterVolumes) return [];
  const ids = new Set(workspaces.flatMap(({ credentialsId }) => credentialsId ?? []));
  const roles = await Promise.all([...ids].map((id) => credentials.roleArn(id)));
  return [...new Set(roles)].toSorted();
}
