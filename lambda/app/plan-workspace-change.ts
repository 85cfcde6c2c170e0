import type { BindingsFile } from '../contract/bindings.ts';
import { FAILURE } from '../contract/failures.ts';
import type { RolloutPlan, WorkspaceChange } from '../contract/rollout.ts';
import { isFailure } from '../domain/failure.ts';
import type { KeyConfiguration } from '../domain/key.ts';
import { assertPolicyHolds, assertUsableKey } from '../domain/key-check.ts';
import type { Workspace } from '../domain/workspace.ts';
import { planChange } from '../domain/workspace-change.ts';
import { missingSettings } from '../domain/workspace-settings.ts';
import type {
  CallCount,
  CredentialDirectory,
  KeyRegistry,
  KeySource,
  StoppedCompute,
  WorkspaceDirectory,
} from './ports.ts';

export interface ChangePorts {
  readonly bindings: BindingsFile;
  readonly keys: KeySource;
  readonly registry: KeyRegistry;
  readonly workspaces: WorkspaceDirectory;
  readonly credentials: CredentialDirectory;
  readonly stoppedCompute: StoppedCompute;
  readonly calls: CallCount;
}

/**
 * What a change of one workspace's settings would do. Fails with WorkspaceNotFound, KeyNotUsable or KeyPolicyIncomplete;
 * a key that this stage may not look at is a warning.
 */
export async function planWorkspaceChange(change: WorkspaceChange, ports: ChangePorts): Promise<RolloutPlan> {
  const [workspace, configurations, leftStopped] = await Promise.all([
    ports.workspaces.get(change.workspaceId),
    ports.registry.list(),
    ports.stoppedCompute.having([change.workspaceId]),
  ]);
  const { managedServicesKeyId, storageKeyId } = missingSettings(workspace, change.settings);
  const wanted = configurations.filter(({ id }) => id === managedServicesKeyId || id === storageKeyId);
  const warnings: string[] = [...boundElsewhere(change, ports.bindings)];
  for (const configuration of wanted) warnings.push(...(await keyWarnings(configuration, workspace, change, ports)));
  return planChange({ change, workspace, configurations, leftStopped, warnings, calls: ports.calls() });
}

/** What a binding wants is put back by its next rollout. */
const boundElsewhere = (
  { workspaceId, settings }: WorkspaceChange,
  { keyBindings }: BindingsFile,
): readonly string[] =>
  settings.managedServicesKeyId === undefined
    ? []
    : keyBindings
        .filter(
          ({ useCases, workspaces }) =>
            useCases.includes('MANAGED_SERVICES') && workspaces !== 'using-key' && workspaces.includes(workspaceId),
        )
        .map(
          ({ id, key }) =>
            `key binding ${id} keeps workspace ${workspaceId} on ${key}; its next rollout brings the workspace back unless the binding is changed, too`,
        );

async function keyWarnings(
  { id, keyArn, useCases, reuseKeyForClusterVolumes }: KeyConfiguration,
  workspace: Workspace,
  { settings }: WorkspaceChange,
  { keys, bindings, credentials }: ChangePorts,
): Promise<readonly string[]> {
  try {
    const key = await keys.describe(keyArn);
    assertUsableKey(key);
    const credentialsId = settings.credentialsId ?? workspace.credentialsId;
    const encryptsVolumes = settings.storageKeyId === id && reuseKeyForClusterVolumes;
    return assertPolicyHolds(key, await keys.policy(key.arn), {
      useCases,
      reuseKeyForClusterVolumes,
      databricksAccountId: bindings.databricks.accountId,
      databricksPrincipal: bindings.databricks.awsPrincipal,
      crossAccountRoles:
        encryptsVolumes && credentialsId !== undefined ? [await credentials.roleArn(credentialsId)] : [],
    });
  } catch (error) {
    if (!isFailure(error, FAILURE.keyNotFound, FAILURE.keyAccessDenied)) throw error;
    return [`key ${keyArn} of key configuration ${id} could not be looked at, so nobody checked it: ${error.message}`];
  }
}
