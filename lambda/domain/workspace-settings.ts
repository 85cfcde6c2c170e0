import type { SettingName, WorkspaceSettings, WorkspaceStep } from '../contract/rollout.ts';
import { SETTING_WORDS } from '../contract/setting-words.ts';
import type { Workspace } from './workspace.ts';

export const SETTING_NAMES = Object.keys(SETTING_WORDS) as readonly SettingName[];

/** What a step brings its workspace to: the ids that were asked for, or one key configuration for every key. */
export function wantedSettings(
  step: Pick<WorkspaceStep, 'fields' | 'keyConfigurationId' | 'settings'>,
): WorkspaceSettings {
  const idOf = (name: SettingName): string | null | undefined =>
    step.settings === null ? step.keyConfigurationId : step.settings[name];
  return Object.fromEntries(
    step.fields.flatMap((name) => {
      const id = idOf(name);
      return id === null || id === undefined ? [] : [[name, id] as const];
    }),
  );
}

/** Those of `wanted` that the workspace does not show yet. */
export const missingSettings = (workspace: Workspace, wanted: WorkspaceSettings): WorkspaceSettings =>
  Object.fromEntries(
    namesIn(wanted).flatMap((name) => (wanted[name] === workspace[name] ? [] : [[name, wanted[name]]])),
  );

/** `managed services key 1234, network none`: what a workspace shows of some settings. */
export const describeSettings = (from: WorkspaceSettings, names: readonly SettingName[]): string =>
  names.map((name) => `${SETTING_WORDS[name]} ${from[name] ?? 'none'}`).join(', ');

/** Names of the settings that are given, in their fixed order. */
export const namesIn = (settings: WorkspaceSettings): readonly SettingName[] =>
  SETTING_NAMES.filter((name) => settings[name] !== undefined);

/**
 * Whether compute may start only after a rest. Source: Databricks, update-workspace API: no clusters for another 20
 * minutes; the rest may be omitted where nothing but the managed services key changes.
 */
export const needsRest = (names: readonly SettingName[]): boolean =>
  names.some((name) => name !== 'managedServicesKeyId');
