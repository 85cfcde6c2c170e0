import type { AccessRule, Permission, SecretBinding } from '../contract/secret-bindings.ts';
import { sameName } from './secret.ts';

export interface AccessFacts {
  readonly bindings: readonly Pick<SecretBinding, 'access' | 'otherAccess'>[];
  readonly actual: readonly AccessRule[];
  /** Principals to whom the ledger says that we granted access. */
  readonly granted: readonly string[];
  /** Our own principal: its access is never taken away. */
  readonly own: string;
}

export interface AccessActions {
  readonly grant: readonly AccessRule[];
  /** Principals. */
  readonly revoke: readonly string[];
  /** Access that others granted and that stays. */
  readonly others: readonly AccessRule[];
}

const RANK: Readonly<Record<Permission, number>> = { READ: 1, WRITE: 2, MANAGE: 3 };

/**
 * Grants what is missing or different, and takes away what we granted and nobody wants any more; with `otherAccess:
 * 'remove'` also what others granted, after our own MANAGE is certain to stand. Where bindings disagree about one
 * principal, the lesser permission counts (the configuration refuses such bindings).
 */
export function planAccess({ bindings, actual, granted, own }: AccessFacts): AccessActions {
  const wanted = new Map<string, AccessRule>();
  for (const rule of bindings.flatMap(({ access }) => access)) {
    const known = wanted.get(sameName(rule.principal));
    if (known === undefined || RANK[rule.permission] < RANK[known.permission]) {
      wanted.set(sameName(rule.principal), rule);
    }
  }
  const standing = new Map(actual.map((rule) => [sameName(rule.principal), rule]));
  const ours = new Set(granted.map(sameName));
  const removesOthers = bindings.some(({ otherAccess }) => otherAccess === 'remove');
  const unwanted = actual.filter(({ principal }) => !wanted.has(sameName(principal)) && !isSame(principal, own));
  const isRevoked = ({ principal }: AccessRule): boolean => removesOthers || ours.has(sameName(principal));
  const keepsOwn = removesOthers && standing.get(sameName(own))?.permission !== 'MANAGE';
  return {
    grant: [
      ...(keepsOwn ? [{ principal: own, permission: 'MANAGE' as const }] : []),
      ...[...wanted.values()].filter(
        (rule) =>
          !isSame(rule.principal, own) && standing.get(sameName(rule.principal))?.permission !== rule.permission,
      ),
    ],
    revoke: unwanted.filter(isRevoked).map(({ principal }) => principal),
    others: unwanted.filter((rule) => !isRevoked(rule)),
  };
}

const isSame = (one: string, other: string): boolean => sameName(one) === sameName(other);

/** Those of the planned changes that `actual` does not show. */
export function accessNotInForce({ grant, revoke }: AccessActions, actual: readonly AccessRule[]): AccessActions {
  const standing = new Map(actual.map((rule) => [sameName(rule.principal), rule.permission]));
  return {
    grant: grant.filter(({ principal, permission }) => standing.get(sameName(principal)) !== permission),
    revoke: revoke.filter((principal) => standing.has(sameName(principal))),
    others: [],
  };
}
