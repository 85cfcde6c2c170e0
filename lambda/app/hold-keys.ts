import { FAILURE } from '../contract/failures.ts';
import type { CheckKeyInput, WorkspaceSettings, WorkspaceStep } from '../contract/rollout.ts';
import { AutomationError, isFailure } from '../domain/failure.ts';
import { type HeldKey, holdFrom } from '../domain/key-hold.ts';
import type { Workspace } from '../domain/workspace.ts';
import { wantedSettings } from '../domain/workspace-settings.ts';
import type { HeldKeys } from './key-watch-ports.ts';
import type { Clock, KeyRegistry } from './ports.ts';

/**
 * Puts on record that the workspace is about to leave a key configuration. This comes before Databricks is asked, as
 * stopped compute is written down before it is stopped: a rollout that crashes at any later moment leaves a record, and
 * the key watch finds out by itself whether the workspace has left. A configuration that it keeps for storage, or that
 * Databricks does not know, is not left.
 */
export async function beginHold(
  { subject }: WorkspaceStep,
  workspace: Workspace,
  wanted: WorkspaceSettings,
  ports: {
    readonly registry: Pick<KeyRegistry, 'get'>;
    readonly heldKeys: Pick<HeldKeys, 'begin'>;
    readonly clock: Clock;
  },
): Promise<void> {
  const configurationId = workspace.managedServicesKeyId;
  if (wanted.managedServicesKeyId === undefined || configurationId === undefined) return;
  if (configurationId === workspace.storageKeyId) return;
  const keyArn = await keyOf(configurationId, ports.registry);
  if (keyArn === undefined) return;
  await ports.heldKeys.begin({
    ...{ workspaceId: workspace.id, workspaceName: workspace.name, configurationId, keyArn, subject, left: false },
    ...holdFrom(ports.clock()),
  });
}

async function keyOf(configurationId: string, registry: Pick<KeyRegistry, 'get'>): Promise<string | undefined> {
  try {
    return (await registry.get(configurationId)).keyArn;
  } catch (error) {
    if (isFailure(error, FAILURE.databricksNotFound)) return undefined;
    throw error;
  }
}

/**
 * The new key is in force: the hold of what the workspace left begins now, and one of a configuration that it came back
 * to is over. Running it again changes nothing. Fails with StateChanged if the record changes meanwhile.
 */
export async function confirmHold(
  step: CheckKeyInput,
  ports: { readonly heldKeys: Pick<HeldKeys, 'of' | 'change' | 'remove'>; readonly clock: Clock },
): Promise<void> {
  const { workspaceId } = step;
  const { managedServicesKeyId } = wantedSettings(step);
  if (managedServicesKeyId === undefined) return;
  for (const held of await ports.heldKeys.of(workspaceId)) {
    const isBack = held.configurationId === managedServicesKeyId;
    if (held.left && !isBack) continue;
    const next: HeldKey = { ...held, ...holdFrom(ports.clock()), left: true };
    const settled = await (isBack ? ports.heldKeys.remove(held) : ports.heldKeys.change(held, next));
    if (settled) continue;
    throw new AutomationError(
      FAILURE.stateChanged,
      `the hold of key configuration ${held.configurationId} by workspace ${workspaceId} changed meanwhile; it is read again`,
    );
  }
}
