import type { WorkspaceSettings } from '../contract/rollout.ts';
import type { Workspace } from './workspace.ts';
import { missingSettings } from './workspace-settings.ts';

export type KeyReading =
  | { readonly kind: 'waiting'; readonly stableReads: number }
  | { readonly kind: 'in-force'; readonly stableReads: number }
  | { readonly kind: 'reverted' }
  | { readonly kind: 'failed' };

/**
 * Judges one read of a workspace whose key was patched. The status alone proves nothing: with a customer-managed VPC it
 * never leaves RUNNING, and a failed update may revert silently, so the new value has to stand over several reads in a row.
 * Source: Databricks, update-workspace API ("the workspace might revert silently to its original configuration").
 */
export function judgeRead(
  workspace: Workspace,
  wanted: WorkspaceSettings,
  readsBefore: number,
  readsWanted: number,
): KeyReading {
  if (workspace.status === 'FAILED' || workspace.status === 'BANNED') return { kind: 'failed' };
  const arrived = Object.keys(missingSettings(workspace, wanted)).length === 0;
  if (!arrived) return readsBefore > 0 ? { kind: 'reverted' } : { kind: 'waiting', stableReads: 0 };
  const stableReads = readsBefore + 1;
  return { kind: stableReads >= readsWanted && workspace.status === 'RUNNING' ? 'in-force' : 'waiting', stableReads };
}
