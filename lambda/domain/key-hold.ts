import type { Workspace } from './workspace.ts';

/**
 * Databricks needs the key that a workspace left for so long.
 * Source: Databricks, "Add or update a customer-managed key on a running workspace", step 5.
 */
export const HOLD_MS = 24 * 60 * 60_000;

/** A key configuration that one workspace left, or is about to leave. Times are milliseconds since the epoch. */
export interface HeldKey {
  readonly workspaceId: string;
  readonly workspaceName: string;
  readonly configurationId: string;
  readonly keyArn: string;
  /** What the rollout was about that left it: `binding/ID`, `key/ARN` or `workspace/ID`. */
  readonly subject: string;
  /** False from the moment the workspace is asked to leave until its new key is in force. */
  readonly left: boolean;
  /** When this hold began; a use of the key after it begins another. */
  readonly since: number;
  readonly heldUntil: number;
}

/** A hold that begins now. */
export const holdFrom = (now: number): Pick<HeldKey, 'since' | 'heldUntil'> => ({
  since: now,
  heldUntil: now + HOLD_MS,
});

/** What KMS knows of the last cryptographic use of a key. */
export type KeyUse =
  | { readonly kind: 'used'; readonly at: number; readonly operation: string }
  /** Not since KMS began to keep track of it. */
  | { readonly kind: 'unused'; readonly trackedSince: number }
  | { readonly kind: 'unknown'; readonly reason: string };

export type HoldVerdict =
  | { readonly kind: 'wait' }
  /** Still needed: held for another 24 hours, and people are told why. */
  | { readonly kind: 'extend'; readonly reasons: readonly string[] }
  | { readonly kind: 'retire'; readonly configurationIds: readonly string[] };

/**
 * Judges the holds of one key that were left at `now`, milliseconds. They end together, when the last of them is over, no
 * workspace refers to the configurations, and KMS reports no use since the last of them began; `use` is `in-use` where
 * the key itself stays in use, so that only configurations retire.
 */
export function judgeHolds(
  held: readonly HeldKey[],
  workspaces: readonly Workspace[],
  { now, use }: { readonly now: number; readonly use: KeyUse | 'in-use' },
): HoldVerdict {
  if (held.length === 0 || held.some(({ heldUntil }) => heldUntil > now)) return { kind: 'wait' };
  const configurationIds = [...new Set(held.map(({ configurationId }) => configurationId))];
  const reasons = configurationIds.flatMap((id) =>
    workspaces
      .filter((workspace) => refersTo(workspace, id))
      .map(({ id: workspace, name }) => `workspace ${name} (${workspace}) refers to key configuration ${id}`),
  );
  const since = Math.max(...held.map((one) => one.since));
  if (use !== 'in-use' && use.kind === 'used' && use.at > since) {
    reasons.push(`KMS reports a use at ${new Date(use.at).toISOString()} (${use.operation})`);
  }
  return reasons.length > 0 ? { kind: 'extend', reasons } : { kind: 'retire', configurationIds };
}

/** True if the workspace refers to the configuration. */
export const refersTo = ({ managedServicesKeyId, storageKeyId }: Workspace, configurationId: string): boolean =>
  managedServicesKeyId === configurationId || storageKeyId === configurationId;
