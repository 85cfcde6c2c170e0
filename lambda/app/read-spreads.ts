import { FAILURE } from '../contract/failures.ts';
import { jsonMembers } from '../domain/json-members.ts';
import type { ScopeLedger, SpreadMembers } from '../domain/ledger.ts';
import type { ReadOutcome, ScopePlace, SourceSecret } from '../domain/secret.ts';
import { isUsableMember } from '../domain/secret-key.ts';
import type { Contribution, Spread } from '../domain/wanted-keys.ts';
import { MOST_READ_AT_ONCE, type SecretLedger, type SecretSource } from './secret-ports.ts';

/**
 * What the secrets that are spread over keys consist of. A version that was read before is known by the names of its
 * members; others are read, of which only those names remain. `keep` false remembers nothing (dry run).
 */
export async function readSpreads(
  place: ScopePlace,
  contributions: readonly Contribution[],
  known: ScopeLedger,
  { source, ledger, keep }: { readonly source: SecretSource; readonly ledger: SecretLedger; readonly keep: boolean },
): Promise<ReadonlyMap<string, Spread>> {
  const spreads = new Map<string, Spread>();
  const unread: string[] = [];
  for (const secret of spreadSecrets(contributions)) {
    const spread = known.spreads.find(({ secretArn }) => secretArn === secret.arn);
    if (spread !== undefined && spread.versionId === secret.versionId) {
      spreads.set(secret.arn, { kind: 'members', spread });
    } else unread.push(secret.arn);
  }
  for (let from = 0; from < unread.length; from += MOST_READ_AT_ONCE) {
    const arns = unread.slice(from, from + MOST_READ_AT_ONCE);
    const outcomes = await source.read(arns);
    for (const arn of arns) {
      const spread = spreadOf(arn, outcomes.get(arn));
      spreads.set(arn, spread);
      if (keep && spread.kind === 'members') await ledger.noteMembers(place, spread.spread);
    }
  }
  return spreads;
}

const spreadSecrets = (contributions: readonly Contribution[]): readonly SourceSecret[] => {
  const spread = contributions.filter(({ binding }) => binding.json === 'spread').flatMap(({ secrets }) => secrets);
  const withValue = spread.filter(({ versionId }) => versionId !== undefined);
  return [...new Map(withValue.map((secret) => [secret.arn, secret])).values()];
};

function spreadOf(secretArn: string, outcome: ReadOutcome | undefined): Spread {
  if (outcome === undefined) {
    return { kind: 'failed', failure: FAILURE.secretUnreadable, reason: 'AWS answered nothing for it' };
  }
  if (outcome.kind === 'failed') {
    return { kind: 'failed', failure: outcome.failure.name, reason: outcome.failure.message };
  }
  const json = jsonMembers(outcome.value);
  if (json.kind === 'not-json') {
    const reason = `${json.reason}; wanted a JSON object, because its binding spreads it over keys`;
    return { kind: 'failed', failure: FAILURE.secretNotJson, reason };
  }
  const names = [...json.members.keys()];
  const members = names.filter(isUsableMember);
  const spread: SpreadMembers = {
    secretArn,
    versionId: outcome.versionId,
    members,
    unusable: names.length - members.length,
  };
  return { kind: 'members', spread };
}
