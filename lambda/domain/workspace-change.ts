import type { UseCase } from '../contract/bindings.ts';
import { FAILURE, type FailureName } from '../contract/failures.ts';
import type { RolloutPlan, SettingName, WorkspaceChange, WorkspacePlan } from '../contract/rollout.ts';
import { SETTING_WORDS } from '../contract/setting-words.ts';
import { keyArn } from './arn.ts';
import type { KeyConfiguration } from './key.ts';
import { changed, isAccepting, isWork, itemOf, notAccepting, refused, settled } from './planned-workspace.ts';
import type { Workspace } from './workspace.ts';
import { missingSettings, namesIn } from './workspace-settings.ts';

export interface ChangeSituation {
  readonly change: WorkspaceChange;
  readonly workspace: Workspace;
  readonly configurations: readonly KeyConfiguration[];
  readonly leftStopped: ReadonlySet<string>;
  readonly warnings: readonly string[];
  readonly calls: number;
}

/** What has to happen so that one workspace refers to what was asked for. */
export function planChange(situation: ChangeSituation): RolloutPlan {
  const { change, workspace, warnings, calls } = situation;
  const planned = planWorkspaceChange(situation);
  const redeploys = workspace.status === 'FAILED';
  return {
    subject: `workspace/${workspace.id}`,
    binding: null,
    key: null,
    settings: change.settings,
    // A FAILED workspace runs no compute, and its host may not answer.
    treatment: { compute: redeploys ? 'leave-running' : change.compute, maintenanceWindow: null },
    keyConfiguration: { kind: 'none', id: null },
    workspaces: [planned],
    batches: isWork(planned) ? [{ items: [itemOf(planned)] }] : [],
    concurrency: 1,
    ...{ warnings, outOfPlace: null },
    headline: `workspace ${workspace.name} (${workspace.id}): ${planned.reason}`,
    calls,
  };
}

/**
 * A change is planned, found done, or refused before anything is touched. Source of what may change in which status:
 * Databricks, update-workspace API. Whether a FAILED workspace was ever RUNNING, which settles its storage key, only
 * Databricks knows.
 */
export function planWorkspaceChange(
  situation: Pick<ChangeSituation, 'change' | 'workspace' | 'configurations' | 'leftStopped'>,
): WorkspacePlan {
  const { change, workspace, configurations, leftStopped } = situation;
  const missing = missingSettings(workspace, change.settings);
  const names = namesIn(missing);
  const why =
    statusRefusal(workspace, names) ??
    names.map((name) => settingRefusal(workspace, name)).find((refusal) => refusal !== undefined) ??
    names
      .map((name) => keyRefusal(workspace, name, missing[name] ?? '', configurations))
      .find((one) => one !== undefined);
  if (why !== undefined) return refused(workspace, leftStopped, why.name, why.message);
  return names.length === 0
    ? settled(workspace, leftStopped, 'already refers to everything that was asked for')
    : changed(workspace, names);
}

interface Refusal {
  readonly name: FailureName;
  readonly message: string;
}

function statusRefusal(workspace: Workspace, names: readonly SettingName[]): Refusal | undefined {
  if (names.length === 0 || isAccepting(workspace) || workspace.status === 'FAILED') return undefined;
  return { name: FAILURE.workspaceNotRunning, message: notAccepting(workspace) };
}

function settingRefusal(workspace: Workspace, name: SettingName): Refusal | undefined {
  if (workspace.status === 'FAILED') return undefined;
  const { id, status } = workspace;
  if (name === 'storageKeyId' && workspace.storageKeyId !== undefined) {
    return {
      name: FAILURE.storageKeyIsPermanent,
      message: `storageKeyConfigurationId: workspace ${id} already has the storage key configuration ${workspace.storageKeyId}, and Databricks cannot replace a storage key`,
    };
  }
  if (name === 'storageConfigurationId') {
    return {
      name: FAILURE.workspaceSettingIsFixed,
      message: `storageConfigurationId: workspace ${id} is ${status}; its storage configuration can be changed only while it is FAILED`,
    };
  }
  if (name === 'networkId' && workspace.networkId === undefined) {
    return {
      name: FAILURE.workspaceSettingIsFixed,
      message: `networkId: workspace ${id} is ${status} in a network that Databricks manages; only one with a customer-managed VPC can change to another network`,
    };
  }
  return undefined;
}

const USE_CASES: Readonly<Partial<Record<SettingName, UseCase>>> = {
  managedServicesKeyId: 'MANAGED_SERVICES',
  storageKeyId: 'STORAGE',
};

function keyRefusal(
  workspace: Workspace,
  name: SettingName,
  id: string,
  configurations: readonly KeyConfiguration[],
): Refusal | undefined {
  const useCase = USE_CASES[name];
  if (useCase === undefined) return undefined;
  const configuration = configurations.find((one) => one.id === id);
  const what = `${SETTING_WORDS[name]} of workspace ${workspace.id}: key configuration ${id}`;
  if (configuration === undefined) {
    return { name: FAILURE.keyConfigurationUnfit, message: `${what} is not in the Databricks account` };
  }
  if (!configuration.useCases.includes(useCase)) {
    const uses = configuration.useCases.join(', ');
    return { name: FAILURE.keyConfigurationUnfit, message: `${what} is for ${uses}, wanted one for ${useCase}` };
  }
  const { region } = keyArn(configuration.keyArn);
  if (region === workspace.region) return undefined;
  return {
    name: FAILURE.workspaceRegionMismatch,
    message: `${what} is of a key in ${region} and the workspace is in ${workspace.region}; Databricks needs both in one Region`,
  };
}
