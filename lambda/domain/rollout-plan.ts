import type { KeyBinding } from '../contract/bindings.ts';
import { FAILURE, type FailureName } from '../contract/failures.ts';
import {
  bindingSubject,
  type PlannedKeyConfiguration,
  type RolloutPlan,
  type SettingName,
  type WorkspacePlan,
} from '../contract/rollout.ts';
import { keyArn } from './arn.ts';
import { AutomationError } from './failure.ts';
import type { KeyConfiguration, KmsKey } from './key.ts';
import { isCurrent, matchingConfiguration, type WantedConfiguration } from './key-match.ts';
import { foundAt, outOfPlace } from './out-of-place.ts';
import {
  changed,
  countActions,
  isAccepting,
  isWork,
  itemOf,
  notAccepting,
  refused,
  settled,
  unknownWorkspace,
} from './planned-workspace.ts';
import type { Workspace } from './workspace.ts';
import type { ChosenWorkspaces } from './workspace-choice.ts';

/** Fixed by Databricks, both use cases together. Source: Databricks, "Resource limits". */
export const KEY_CONFIGURATION_LIMIT = 110;

export interface RolloutSituation {
  readonly subject: string;
  readonly binding: KeyBinding;
  readonly key: KmsKey;
  readonly rotatedAt?: string;
  readonly wanted: WantedConfiguration;
  readonly configurations: readonly KeyConfiguration[];
  readonly chosen: ChosenWorkspaces;
  /** Workspaces with compute that an earlier rollout stopped and did not restart. */
  readonly leftStopped: ReadonlySet<string>;
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
  const work = workspaces.filter(isWork);
  const keyConfiguration = planConfiguration(
    situation,
    workspaces.some(({ action }) => action === 'roll-out'),
  );
  return {
    subject: situation.subject,
    binding,
    settings: null,
    treatment: { compute: binding.compute, maintenanceWindow: binding.maintenanceWindow ?? null },
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
    outOfPlace: isStanding(situation) ? outOfPlace(binding.id, workspaces, situation.warnings) : null,
    headline: headline(situation.subject, workspaces, keyConfiguration),
    calls: situation.calls,
  };
}

/** A binding of the stage, which is kept; a request is a wish for once. */
const isStanding = ({ subject, binding }: RolloutSituation): boolean => subject === bindingSubject(binding.id);

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
  const { leftStopped, key, binding } = situation;
  const refuse = (name: FailureName, message: string): WorkspacePlan => refused(workspace, leftStopped, name, message);
  const keyRegion = keyArn(key.arn).region;
  if (workspace.region !== keyRegion) {
    return refuse(
      FAILURE.workspaceRegionMismatch,
      `workspace ${workspace.id} is in ${workspace.region} and key ${key.arn} in ${keyRegion}; Databricks needs both in one Region: bind a key of ${workspace.region}`,
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
  const managedServices =
    binding.useCases.includes('MANAGED_SERVICES') && !usesCurrent(workspace.managedServicesKeyId, situation);
  const fields: readonly SettingName[] = [
    ...(managedServices ? (['managedServicesKeyId'] as const) : []),
    ...(storage === 'add' ? (['storageKeyId'] as const) : []),
  ];
  if (fields.length === 0) return settled(workspace, leftStopped, 'already uses the current key configuration');
  return isAccepting(workspace)
    ? changed(workspace, fields, isStanding(situation) ? foundAt(workspace, fields, situation) : undefined)
    : refuse(FAILURE.workspaceNotRunning, notAccepting(workspace));
}

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

function batchesOf(work: readonly WorkspacePlan[], canary: boolean): RolloutPlan['batches'] {
  const batches = canary ? [work.slice(0, 1), work.slice(1)] : [work];
  return batches.filter((items) => items.length > 0).map((items) => ({ items: items.map(itemOf) }));
}

function headline(
  subject: string,
  workspaces: readonly WorkspacePlan[],
  configuration: PlannedKeyConfiguration,
): string {
  const what = workspaces.length === 0 ? 'no workspace uses this key' : `workspaces: ${countActions(workspaces)}`;
  return `${subject}: ${what}${configuration.kind === 'register' ? '; a new key configuration will be registered' : ''}`;
}
