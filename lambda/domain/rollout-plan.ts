import type { KeyBinding } from '../contract/bindings.ts';
import { FAILURE, type FailureName } from '../contract/failures.ts';
import type { KeyFieldName, PlannedKeyConfiguration, RolloutPlan, WorkspacePlan } from '../contract/rollout.ts';
import { keyArn } from './arn.ts';
import { AutomationError } from './failure.ts';
import type { KeyConfiguration, KmsKey } from './key.ts';
import { isCurrent, matchingConfiguration, type WantedConfiguration } from './key-match.ts';
import type { Workspace } from './workspace.ts';
import type { ChosenWorkspaces } from './workspace-choice.ts';

/** Fixed by Databricks, both use cases together. Source: Databricks, "Resource limits". */
export const KEY_CONFIGURATION_LIMIT = 110;

export interface RolloutSituation {
  readonly binding: KeyBinding;
  readonly key: KmsKey;
  readonly rotatedAt?: string;
  readonly wanted: WantedConfiguration;
  readonly configurations: readonly KeyConfiguration[];
  readonly chosen: ChosenWorkspaces;
  /** Workspaces with compute that an earlier rollout stopped and did not restart. */
  readonly leftStopped: ReadonlySet<string>;
  /** No key is changed. */
  readonly restartOnly: boolean;
  readonly warnings: readonly string[];
  readonly calls: number;
}

/**
 * What has to happen so that every workspace of the binding uses the key's current configuration. Pure: the same
 * situation gives the same plan, and a situation that is already right gives a plan without work.
 * Fails with KeyConfigurationLimitReached if a new configuration is needed and the account has no room.
 */
export function planRollout(situation: RolloutSituation): RolloutPlan {
  const { binding, key, chosen } = situation;
  const workspaces = [
    ...chosen.found.map((workspace) => planWorkspace(workspace, situation)),
    ...chosen.unknown.map(unknownWorkspace),
  ];
  const work = workspaces.filter(({ action }) => action === 'roll-out' || action === 'restart');
  const keyConfiguration = planConfiguration(
    situation,
    workspaces.some(({ action }) => action === 'roll-out'),
  );
  return {
    bindingId: binding.id,
    key: {
      arn: key.arn,
      ...(binding.key.startsWith('alias/') && { alias: binding.key }),
      ...(key.materialId !== undefined && { materialId: key.materialId }),
      ...(situation.rotatedAt !== undefined && { rotatedAt: situation.rotatedAt }),
    },
    keyConfiguration,
    workspaces,
    batches: batchesOf(work, binding.canary),
    concurrency: binding.concurrency,
    warnings: situation.warnings,
    headline: headline(binding, workspaces, keyConfiguration),
    calls: situation.calls,
  };
}

function planConfiguration(situation: RolloutSituation, needed: boolean): PlannedKeyConfiguration {
  if (!needed) return { kind: 'none', id: null };
  const match = matchingConfiguration(situation.configurations, situation.wanted);
  if (match !== undefined) return { kind: 'use', id: match.id };
  if (situation.configurations.length >= KEY_CONFIGURATION_LIMIT) {
    throw new AutomationError(
      FAILURE.keyConfigurationLimitReached,
      `the Databricks account has ${situation.configurations.length} key configurations and ${KEY_CONFIGURATION_LIMIT} is the limit; ` +
        `delete one that no workspace uses before ${situation.key.arn} can be registered`,
    );
  }
  return { kind: 'register', id: null };
}

function planWorkspace(workspace: Workspace, situation: RolloutSituation): WorkspacePlan {
  const base = {
    workspaceId: workspace.id,
    workspaceName: workspace.name,
    deploymentName: workspace.deploymentName,
  };
  if (situation.restartOnly) return restartOrLeave(workspace, base, situation);
  // A key that cannot be changed is no reason to leave compute down.
  const refuse = (name: FailureName, message: string): WorkspacePlan => ({
    ...base,
    action: situation.leftStopped.has(workspace.id) ? 'restart' : 'refuse',
    fields: [],
    reason: message,
    failure: { name, message },
  });
  const keyRegion = keyArn(situation.key.arn).region;
  if (workspace.region !== keyRegion) {
    return refuse(
      FAILURE.workspaceRegionMismatch,
      `workspace ${workspace.id} is in ${workspace.region} and key ${situation.key.arn} in ${keyRegion}; Databricks needs both in one Region: bind a key of ${workspace.region}`,
    );
  }
  const storage = storageVerdict(workspace, situation);
  if (storage === 'taken') {
    return refuse(
      FAILURE.storageKeyIsPermanent,
      `workspace ${workspace.id} already has another storage key (configuration ${workspace.storageKeyId}), and Databricks cannot replace a storage key; ` +
        'bind this key for MANAGED_SERVICES only, or take the workspace out of the binding',
    );
  }
  const fields: KeyFieldName[] = [];
  if (
    situation.binding.useCases.includes('MANAGED_SERVICES') &&
    !usesCurrent(workspace.managedServicesKeyId, situation)
  ) {
    fields.push('managedServices');
  }
  if (storage === 'add') fields.push('storage');
  if (fields.length > 0 && !ACCEPTING.has(workspace.status)) {
    return refuse(
      FAILURE.workspaceNotRunning,
      `workspace ${workspace.id} is ${workspace.status}; it accepts a new key only while RUNNING${workspace.statusMessage ? ` (Databricks says: ${workspace.statusMessage})` : ''}`,
    );
  }
  if (fields.length > 0) return { ...base, action: 'roll-out', fields, reason: `changes ${fields.join(' and ')}` };
  if (situation.leftStopped.has(workspace.id)) {
    return {
      ...base,
      action: 'restart',
      fields,
      reason: 'the key is in force; compute that an earlier rollout stopped is restarted',
    };
  }
  return { ...base, action: 'unchanged', fields, reason: 'already uses the current key configuration' };
}

function restartOrLeave(
  { id }: Workspace,
  base: Pick<WorkspacePlan, 'workspaceId' | 'workspaceName' | 'deploymentName'>,
  { leftStopped }: RolloutSituation,
): WorkspacePlan {
  return leftStopped.has(id)
    ? { ...base, action: 'restart', fields: [], reason: 'only compute that an earlier rollout stopped is restarted' }
    : { ...base, action: 'unchanged', fields: [], reason: 'no compute is on record as stopped' };
}

/** PROVISIONING is what a running workspace shows while Databricks works on it; the patch waits for its end. */
const ACCEPTING: ReadonlySet<string> = new Set(['RUNNING', 'PROVISIONING']);

/** A storage key is set once; the material behind its ARN may rotate freely. */
function storageVerdict(
  workspace: Workspace,
  { binding, configurations, key }: RolloutSituation,
): 'add' | 'keep' | 'taken' {
  if (!binding.useCases.includes('STORAGE')) return 'keep';
  if (workspace.storageKeyId === undefined) return 'add';
  const current = configurations.find(({ id }) => id === workspace.storageKeyId);
  return current?.keyArn === key.arn ? 'keep' : 'taken';
}

function usesCurrent(configurationId: string | undefined, { configurations, wanted }: RolloutSituation): boolean {
  const current = configurations.find(({ id }) => id === configurationId);
  return current?.useCases.includes('MANAGED_SERVICES') === true && isCurrent(current, wanted);
}

function unknownWorkspace(id: string): WorkspacePlan {
  const message = `workspace ${id} is not in the Databricks account; take it out of the binding or correct its id`;
  return {
    workspaceId: id,
    workspaceName: '',
    deploymentName: '',
    action: 'refuse',
    fields: [],
    reason: message,
    failure: { name: FAILURE.workspaceNotFound, message },
  };
}

function batchesOf(work: readonly WorkspacePlan[], canary: boolean): RolloutPlan['batches'] {
  const batches = canary ? [work.slice(0, 1), work.slice(1)] : [work];
  return batches.filter((items) => items.length > 0).map((items) => ({ items }));
}

function headline(
  binding: KeyBinding,
  workspaces: readonly WorkspacePlan[],
  configuration: PlannedKeyConfiguration,
): string {
  const count = (action: WorkspacePlan['action']): number => workspaces.filter((one) => one.action === action).length;
  const parts = [
    count('roll-out') > 0 ? `${count('roll-out')} to roll out` : '',
    count('restart') > 0 ? `${count('restart')} with compute to restart` : '',
    count('unchanged') > 0 ? `${count('unchanged')} already right` : '',
    count('refuse') > 0 ? `${count('refuse')} refused` : '',
  ].filter((part) => part !== '');
  const what = workspaces.length === 0 ? 'no workspace uses this key' : `workspaces: ${parts.join(', ')}`;
  return `binding ${binding.id}: ${what}${configuration.kind === 'register' ? '; a new key configuration will be registered' : ''}`;
}
