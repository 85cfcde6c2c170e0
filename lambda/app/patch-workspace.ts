import type { BindingsFile } from '../contract/bindings.ts';
import { FAILURE } from '../contract/failures.ts';
import type { PatchWorkspaceOutput, WorkspaceSettings, WorkspaceStep } from '../contract/rollout.ts';
import { AutomationError, isFailure } from '../domain/failure.ts';
import type { Workspace } from '../domain/workspace.ts';
import { missingSettings, wantedSettings } from '../domain/workspace-settings.ts';
import { beginHold } from './hold-keys.ts';
import type { HeldKeys } from './key-watch-ports.ts';
import { oweRewrite } from './owe-rewrite.ts';
import type { CallCount, Clock, ComputeRests, KeyRegistry, WorkspaceDirectory } from './ports.ts';
import { restDuringChange } from './rest-compute.ts';
import type { RewritesOwed } from './secret-ports.ts';

export interface PatchPorts {
  readonly bindings: BindingsFile;
  readonly workspaces: WorkspaceDirectory;
  readonly registry: Pick<KeyRegistry, 'get'>;
  readonly heldKeys: Pick<HeldKeys, 'begin'>;
  readonly rewrites: Pick<RewritesOwed, 'owe'>;
  readonly rests: ComputeRests;
  readonly calls: CallCount;
  readonly clock: Clock;
}

/** After these, Databricks is surely not at work on what it was asked for. */
const NOTHING_CHANGES = [
  FAILURE.databricksRefused,
  FAILURE.databricksPermissionDenied,
  FAILURE.databricksUnauthenticated,
  FAILURE.databricksNotFound,
  FAILURE.databricksLimitReached,
  FAILURE.databricksThrottled,
  FAILURE.databricksUnreachable,
  FAILURE.computeRunning,
  FAILURE.storageKeyIsPermanent,
];

/**
 * Points the workspace at what the step wants: only the settings that differ, nothing if none does. Fails with
 * WorkspaceBusy while Databricks works on it, WorkspaceNotRunning, StorageKeyIsPermanent if somebody set a storage key
 * since the plan, or what Databricks answered. A lost answer is settled by reading the workspace.
 */
export async function patchWorkspace(step: WorkspaceStep, ports: PatchPorts): Promise<PatchWorkspaceOutput> {
  const workspace = await ports.workspaces.get(step.workspaceId);
  const wanted = missingSettings(workspace, wantedSettings(step));
  const patchedAt = new Date(ports.clock()).toISOString();
  if (Object.keys(wanted).length === 0) return { patchedAt, calls: ports.calls() };
  assertAccepting(step, workspace, wanted);
  await beginHold(step, workspace, wanted, ports);
  // Like the hold, before Databricks is asked: a rollout that fails half-way may have moved the workspace all the same.
  if (wanted.managedServicesKeyId !== undefined) {
    await oweRewrite(step, workspace.managedServicesKeyId ?? '', ports);
  }
  const earlier = await ports.rests.of(workspace.id);
  const isAlone = earlier === undefined || earlier.until <= ports.clock();
  await restDuringChange(step, ports);
  try {
    await ports.workspaces.patch(workspace.id, wanted);
  } catch (error) {
    // An earlier try, the answer of which was lost, may be under way all the same.
    if (isAlone && isFailure(error, ...NOTHING_CHANGES)) await ports.rests.end(workspace.id, step.rolloutId);
    if (!isFailure(error, FAILURE.databricksOutcomeUnknown)) throw error;
    const now = await ports.workspaces.get(workspace.id);
    const accepted = now.status === 'PROVISIONING' || Object.keys(missingSettings(now, wanted)).length === 0;
    if (!accepted) {
      throw new AutomationError(
        FAILURE.workspaceBusy,
        `the answer to a change of workspace ${workspace.id} was lost and the workspace does not show it; it is asked again`,
        { cause: error },
      );
    }
  }
  return { patchedAt, calls: ports.calls() };
}

function assertAccepting(step: WorkspaceStep, workspace: Workspace, wanted: WorkspaceSettings): void {
  if (workspace.status === 'PROVISIONING') {
    throw new AutomationError(
      FAILURE.workspaceBusy,
      `workspace ${workspace.id} is PROVISIONING; it accepts a change when it is RUNNING again`,
    );
  }
  if (workspace.status !== (step.redeploys ? 'FAILED' : 'RUNNING')) {
    throw new AutomationError(
      FAILURE.workspaceNotRunning,
      `workspace ${workspace.id} is ${workspace.status}; the change was planned while it was ${step.redeploys ? 'FAILED' : 'RUNNING'}: start it again`,
    );
  }
  if (!step.redeploys && wanted.storageKeyId !== undefined && workspace.storageKeyId !== undefined) {
    throw new AutomationError(
      FAILURE.storageKeyIsPermanent,
      `workspace ${workspace.id} was given the storage key ${workspace.storageKeyId} since the plan was made, and Databricks cannot replace a storage key`,
    );
  }
}
