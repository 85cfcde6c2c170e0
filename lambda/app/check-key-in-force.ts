import type { BindingsFile } from '../contract/bindings.ts';
import { FAILURE } from '../contract/failures.ts';
import type { CheckKeyInput, CheckKeyOutput } from '../contract/rollout.ts';
import { AutomationError } from '../domain/failure.ts';
import { judgeRead, type KeyReading } from '../domain/key-in-force.ts';
import type { Workspace } from '../domain/workspace.ts';
import { describeSettings, wantedSettings } from '../domain/workspace-settings.ts';
import { confirmHold } from './hold-keys.ts';
import type { HeldKeys } from './key-watch-ports.ts';
import { oweRewrite } from './owe-rewrite.ts';
import type { CallCount, Clock, ComputeRests, Leases, WorkspaceDirectory } from './ports.ts';
import { restAfterChange } from './rest-compute.ts';
import type { RewritesOwed } from './secret-ports.ts';
import { workspaceLease } from './take-lease.ts';

export interface CheckPorts {
  readonly bindings: BindingsFile;
  readonly workspaces: WorkspaceDirectory;
  readonly leases: Leases;
  readonly rests: ComputeRests;
  readonly heldKeys: Pick<HeldKeys, 'of' | 'change' | 'remove'>;
  readonly rewrites: Pick<RewritesOwed, 'owe'>;
  readonly calls: CallCount;
  readonly clock: Clock;
}

/**
 * One read of a patched workspace. Fails with KeyChangeReverted if the new key was there and is gone again,
 * WorkspaceNotRunning if the update ended the workspace, KeyNotInForce past the deadline. From the moment the key is in
 * force the key before is held, and the workspace's secrets are owed to be written again, by this rollout or by the next
 * secret sync; so are they where Databricks took the key back. Compute rests, where the change asks for that.
 */
export async function checkKeyInForce(input: CheckKeyInput, ports: CheckPorts): Promise<CheckKeyOutput> {
  const { timing } = ports.bindings;
  const now = ports.clock();
  await ports.leases.renew(workspaceLease(input.workspaceId), input.rolloutId, now + timing.leaseMinutes * 60_000);
  const workspace = await ports.workspaces.get(input.workspaceId);
  const reading = readingOf(workspace, input, timing.stableReads, now);
  const isLate = now - Date.parse(input.patchedAt) > timing.keyDeadlineMinutes * 60_000;
  if (!input.rested && (reading.kind !== 'waiting' || isLate)) await restAfterChange(input, ports);
  switch (reading.kind) {
    case 'in-force':
      await confirmHold(input, ports);
      return {
        inForce: true,
        stableReads: reading.stableReads,
        secretsOwed: await oweRewrite(input, null, ports),
        calls: ports.calls(),
      };
    case 'reverted':
      // What a sync wrote while the new key was shown stays under it, and the debt of this rollout is paid with that.
      await oweRewrite({ ...input, rolloutId: `${input.rolloutId}/reverted` }, null, ports);
      throw new AutomationError(
        FAILURE.keyChangeReverted,
        `workspace ${workspace.id} showed ${describeSettings(wantedSettings(input), input.fields)} and then went back to ${describeSettings(workspace, input.fields)}: ` +
          'Databricks reverted the update. Check that its compute stayed stopped and that the key policy allows Databricks, then start the rollout again',
      );
    case 'failed':
      throw new AutomationError(
        FAILURE.workspaceNotRunning,
        `workspace ${workspace.id} is ${workspace.status} after the change${workspace.statusMessage ? ` (Databricks says: ${workspace.statusMessage})` : ''}; call Databricks support`,
      );
    case 'waiting':
      if (isLate) throw notInForce(workspace, input, timing.keyDeadlineMinutes);
      return { inForce: false, stableReads: reading.stableReads, secretsOwed: false, calls: ports.calls() };
  }
}

/** Databricks may need a moment to say that it sets a FAILED workspace up again. */
const REDEPLOY_MS = 5 * 60_000;

function readingOf(workspace: Workspace, input: CheckKeyInput, readsWanted: number, now: number): KeyReading {
  const reading = judgeRead(workspace, wantedSettings(input), input.stableReads, readsWanted);
  const isFresh = now - Date.parse(input.patchedAt) < REDEPLOY_MS;
  if (input.redeploys && isFresh && workspace.status === 'FAILED') return { kind: 'waiting', stableReads: 0 };
  return reading;
}

const notInForce = (workspace: Workspace, input: CheckKeyInput, minutes: number): AutomationError =>
  new AutomationError(
    FAILURE.keyNotInForce,
    `workspace ${workspace.id} does not steadily use ${describeSettings(wantedSettings(input), input.fields)} ${minutes} minutes after the change was accepted ` +
      `(it is ${workspace.status} and shows ${describeSettings(workspace, input.fields)}). Databricks may have reverted it silently: check the key policy, then start the rollout again`,
  );
