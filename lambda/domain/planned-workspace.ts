import { FAILURE, type FailureName } from '../contract/failures.ts';
import type { SettingName, WorkspaceItem, WorkspacePlan } from '../contract/rollout.ts';
import { SETTING_WORDS } from '../contract/setting-words.ts';
import type { Workspace } from './workspace.ts';
import { needsRest } from './workspace-settings.ts';

const headOf = (workspace: Workspace) => ({
  ...{ workspaceId: workspace.id, workspaceName: workspace.name, deploymentName: workspace.deploymentName },
  redeploys: workspace.status === 'FAILED',
});

/** PROVISIONING is what a running workspace shows while Databricks works on it; the patch waits for its end. */
const ACCEPTING: ReadonlySet<string> = new Set(['RUNNING', 'PROVISIONING']);

export const isAccepting = ({ status }: Workspace): boolean => ACCEPTING.has(status);

/** Some settings change; `found` is why, where that is more than somebody's wish. */
export const changed = (workspace: Workspace, fields: readonly SettingName[], found?: string): WorkspacePlan => ({
  ...headOf(workspace),
  action: 'roll-out',
  fields,
  needsRest: needsRest(fields),
  reason: `changes ${fields.map((name) => SETTING_WORDS[name]).join(' and ')}${found === undefined ? '' : `: ${found}`}`,
});

/** No setting changes: what an earlier rollout left stopped is restarted, or nothing is done. */
export const settled = (workspace: Workspace, leftStopped: ReadonlySet<string>, why: string): WorkspacePlan => {
  const nothing = { ...headOf(workspace), fields: [], needsRest: false };
  return leftStopped.has(workspace.id)
    ? { ...nothing, action: 'restart', reason: `${why}; compute that an earlier rollout stopped is restarted` }
    : { ...nothing, action: 'unchanged', reason: why };
};

/** A change that cannot be made is no reason to leave compute down. */
export const refused = (
  workspace: Workspace,
  leftStopped: ReadonlySet<string>,
  name: FailureName,
  message: string,
): WorkspacePlan => ({
  ...headOf(workspace),
  action: leftStopped.has(workspace.id) ? 'restart' : 'refuse',
  fields: [],
  needsRest: false,
  reason: message,
  failure: { name, message },
});

export const notAccepting = ({ id, status, statusMessage }: Workspace): string =>
  `workspace ${id} is ${status}; it accepts a new key only while RUNNING${statusMessage ? ` (Databricks says: ${statusMessage})` : ''}`;

export function unknownWorkspace(id: string): WorkspacePlan {
  const message = `workspace ${id} is not in the Databricks account; take it out of what was asked for or correct its id`;
  return {
    ...{ workspaceId: id, workspaceName: '', deploymentName: '', redeploys: false, needsRest: false, fields: [] },
    action: 'refuse',
    reason: message,
    failure: { name: FAILURE.workspaceNotFound, message },
  };
}

/** How many workspaces have what done. */
export function countActions(workspaces: readonly WorkspacePlan[]): string {
  const count = (action: WorkspacePlan['action']): number => workspaces.filter((one) => one.action === action).length;
  const parts = [
    [count('roll-out'), 'to roll out'],
    [count('restart'), 'with compute to restart'],
    [count('unchanged'), 'already right'],
    [count('refuse'), 'refused'],
  ] as const;
  return parts.flatMap(([number, what]) => (number === 0 ? [] : [`${number} ${what}`])).join(', ');
}

/** Workspaces on which something is done. */
export const isWork = ({ action }: WorkspacePlan): boolean => action === 'roll-out' || action === 'restart';

/** What the steps are given of a workspace. */
export const itemOf = ({
  action: _action,
  reason: _reason,
  failure: _failure,
  ...item
}: WorkspacePlan): WorkspaceItem => item;
