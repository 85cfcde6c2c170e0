import { FAILURE, type FailureName } from '../contract/failures.ts';
import type { SecretBinding } from '../contract/secret-bindings.ts';
import type { SecretResult } from '../contract/secret-sync.ts';
import type { LedgerEntry, SpreadMembers } from './ledger.ts';
import { type SourceSecret, sameName } from './secret.ts';
import { keyName } from './secret-key.ts';

/** A key that should stand in a scope, and where its value comes from. */
export interface WantedKey {
  readonly key: string;
  readonly secretArn: string;
  readonly secretName: string;
  readonly versionId: string;
  /** A member of the secret's JSON object; null for the whole value. */
  readonly member: string | null;
  readonly bindingId: string;
}

/** One binding and the secrets that it wants in the scope. */
export interface Contribution {
  readonly binding: SecretBinding;
  readonly secrets: readonly SourceSecret[];
}

/** What is known of a spread secret's current version. */
export type Spread =
  | { readonly kind: 'members'; readonly spread: SpreadMembers }
  | { readonly kind: 'failed'; readonly failure: FailureName; readonly reason: string };

export interface Wanted {
  readonly keys: readonly WantedKey[];
  /** Secrets that get no key, or not all of theirs. */
  readonly refused: readonly SecretResult[];
  /** Keys that somebody wants, in lower case, whether they get them or not: none of them is stale. */
  readonly claimed: ReadonlySet<string>;
  /** Secrets of which not every key is known: none of their keys is stale. */
  readonly unsettled: ReadonlySet<string>;
}

/**
 * The keys of a scope. Where several sources fall on one key (Databricks knows no case), the one that the ledger says
 * stands there stays and the others are refused; where none does, all are. A secret that two bindings want under one
 * name is wanted once.
 */
export function wantedKeys(
  contributions: readonly Contribution[],
  spreads: ReadonlyMap<string, Spread>,
  ledger: readonly LedgerEntry[],
): Wanted {
  const all = contributions.flatMap(({ binding, secrets }) =>
    secrets.map((secret) => ({ secret, ...keysOf(binding, secret, spreads.get(secret.arn)) })),
  );
  const byName = new Map<string, WantedKey[]>();
  for (const key of all.flatMap(({ keys }) => keys)) claim(byName, key);
  const settled = [...byName].map(([name, claims]) => settle(name, claims, ledger));
  return {
    keys: settled.flatMap(({ winner }) => winner ?? []),
    refused: [...all.flatMap(({ problems }) => problems), ...settled.flatMap(({ refused }) => refused)],
    claimed: new Set(byName.keys()),
    unsettled: new Set(all.filter(({ problems }) => problems.length > 0).map(({ secret }) => secret.arn)),
  };
}

function settle(name: string, claims: readonly WantedKey[], ledger: readonly LedgerEntry[]) {
  const winner = claims.length === 1 ? claims[0] : incumbent(claims, ledger, name);
  return { winner, refused: claims.filter((one) => one !== winner).map((loser) => collision(loser, claims)) };
}

function claim(byName: Map<string, WantedKey[]>, key: WantedKey): void {
  const name = sameName(key.key);
  const claims = byName.get(name) ?? [];
  if (claims.some((other) => isSameSource(other, key))) return;
  byName.set(name, [...claims, key]);
}

const isSameSource = (one: Source, other: Source): boolean =>
  one.secretArn === other.secretArn && one.member === other.member;

type Source = Pick<WantedKey, 'secretArn' | 'member'>;

function incumbent(claims: readonly WantedKey[], ledger: readonly LedgerEntry[], name: string): WantedKey | undefined {
  const entry = ledger.find(({ key }) => sameName(key) === name);
  return entry === undefined ? undefined : claims.find((claimed) => isSameSource(claimed, entry));
}

function collision(loser: WantedKey, claims: readonly WantedKey[]): SecretResult {
  const others = claims.filter((other) => other !== loser).map(({ secretName }) => secretName);
  return {
    key: loser.key,
    secret: loser.secretName,
    status: 'FAILED',
    failure: FAILURE.secretKeyCollision,
    reason: `key ${loser.key} is also wanted by ${others.slice(0, 3).join(', ')}; give one of them another name (the binding's key template, or its tag)`,
  };
}

interface Keys {
  readonly keys: readonly WantedKey[];
  readonly problems: readonly SecretResult[];
}

function keysOf(binding: SecretBinding, secret: SourceSecret, spread: Spread | undefined): Keys {
  const problem = (status: 'FAILED' | 'SKIPPED', reason: string, failure?: FailureName): SecretResult => ({
    key: '',
    secret: secret.name,
    status,
    reason,
    ...(failure !== undefined && { failure }),
  });
  const { versionId } = secret;
  if (versionId === undefined) return { keys: [], problems: [problem('SKIPPED', 'it has no value yet')] };
  const members = binding.json === 'whole' ? [null] : membersIn(spread);
  const problems: SecretResult[] = [];
  if (binding.json === 'spread' && spread?.kind !== 'members') {
    problems.push(problem('FAILED', spread?.reason ?? 'its members are not known', spread?.failure));
  }
  if (binding.json === 'spread' && spread?.kind === 'members' && spread.spread.unusable > 0) {
    const reason = `${spread.spread.unusable} members of its JSON have names that cannot be part of a key; wanted letters, digits and . _ @ -`;
    problems.push(problem('FAILED', reason, FAILURE.secretKeyInvalid));
  }
  const keys: WantedKey[] = [];
  for (const member of members) {
    const name = keyName(binding, secret, member);
    if (name.kind === 'refused') problems.push(problem('FAILED', name.reason, FAILURE.secretKeyInvalid));
    else {
      const { arn: secretArn, name: secretName } = secret;
      keys.push({ key: name.key, secretArn, secretName, versionId, member, bindingId: binding.id });
    }
  }
  return { keys, problems };
}

const membersIn = (spread: Spread | undefined): readonly string[] =>
  spread?.kind === 'members' ? spread.spread.members : [];
