import type { ScopePlan } from '../contract/secret-sync.ts';
import { type ScopePlace, sameName } from './secret.ts';

/** Milliseconds since the epoch at which a scope was last looked at as a whole; 0 if never. */
export interface LastLook extends ScopePlace {
  readonly lastSyncAt: number;
}

/**
 * Which scopes a sync takes when there are more than it can hold: those that nobody looked at for the longest time. The
 * others have their turn in the syncs that follow.
 */
export function inTurn(
  scopes: readonly ScopePlan[],
  looks: readonly LastLook[],
  most: number,
): { readonly now: readonly ScopePlan[]; readonly later: readonly ScopePlan[] } {
  if (scopes.length <= most) return { now: scopes, later: [] };
  const lastLooks = new Map(looks.map((look) => [placeName(look), look.lastSyncAt]));
  const lookedAt = (scope: ScopePlan): number => lastLooks.get(placeName(scope)) ?? 0;
  const inOrder = scopes.toSorted((one, other) => lookedAt(one) - lookedAt(other));
  return { now: inOrder.slice(0, most), later: inOrder.slice(most) };
}

const placeName = ({ workspaceId, scope }: ScopePlace): string => `${workspaceId}/${sameName(scope)}`;
