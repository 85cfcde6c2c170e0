import type { SecretBinding } from '../contract/secret-bindings.ts';
import type { LedgerEntry } from './ledger.ts';
import { type ScopePlace, type SourceSecret, sameName } from './secret.ts';
import { keyName } from './secret-key.ts';
import { wantsThere } from './secret-selection.ts';
import type { Spread } from './wanted-keys.ts';

/** Whether a key that seems to be wanted by nobody may be deleted. */
export type PruneVerdict =
  | { readonly kind: 'remove'; readonly reason: string }
  /** `goneSince` is to be remembered, where a grace period has begun. */
  | { readonly kind: 'later'; readonly reason: string; readonly goneSince?: number };

export interface PruneFacts {
  readonly entry: LedgerEntry;
  /** The secret as it is now, not as a list shows it. */
  readonly secret: SourceSecret | 'gone' | 'hidden';
  readonly bindings: readonly SecretBinding[];
  readonly place: ScopePlace;
  readonly spread: Spread | undefined;
  /** Milliseconds. */
  readonly now: number;
}

const HOUR_MS = 60 * 60_000;

/** Decides on the secret's own word, because lists lag behind by minutes. */
export function judgePrune(facts: PruneFacts): PruneVerdict {
  const { entry, secret, bindings } = facts;
  if (secret === 'gone') return { kind: 'remove', reason: 'the AWS secret no longer exists' };
  if (secret === 'hidden') {
    return {
      kind: 'later',
      reason: 'AWS does not show its secret to this function, so nobody knows whether it is gone',
    };
  }
  if (secret.deletionScheduled) {
    const binding = bindings.find(({ id }) => id === entry.bindingId);
    return withinGrace(entry, binding?.deletionGraceHours ?? null, facts.now);
  }
  if (isStillWanted(facts, secret)) {
    return { kind: 'later', reason: 'a binding still wants it; the list of AWS secrets did not show that yet' };
  }
  return { kind: 'remove', reason: 'no binding wants it any more' };
}

function withinGrace({ goneSince }: LedgerEntry, graceHours: number | null, now: number): PruneVerdict {
  if (graceHours === null) {
    return { kind: 'later', reason: 'its AWS secret waits for its deletion and can still be restored' };
  }
  const since = goneSince ?? now;
  const reason = `its AWS secret is scheduled for deletion, and the grace of ${graceHours} h`;
  if (now - since >= graceHours * HOUR_MS) return { kind: 'remove', reason: `${reason} is over` };
  return { kind: 'later', reason: `${reason} is not over`, goneSince: since };
}

function isStillWanted({ entry, bindings, place, spread }: PruneFacts, secret: SourceSecret): boolean {
  const { member } = entry;
  const isMemberGone =
    member !== null &&
    spread?.kind === 'members' &&
    spread.spread.versionId === secret.versionId &&
    !spread.spread.members.includes(member);
  if (isMemberGone) return false;
  return bindings.some((binding) => {
    if (!wantsThere(binding, secret, place) || (binding.json === 'spread') !== (member !== null)) return false;
    const name = keyName(binding, secret, member);
    return name.kind === 'key' && sameName(name.key) === sameName(entry.key);
  });
}
