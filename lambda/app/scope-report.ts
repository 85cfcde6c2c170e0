import { FAILURE, type FailureName } from '../contract/failures.ts';
import type { SecretResult } from '../contract/secret-sync.ts';
import type { PlannedPut, ScopeActions } from '../domain/scope-plan.ts';
import type { Written } from './write-secrets.ts';

const WORDS: Readonly<Record<PlannedPut['reason'], string>> = {
  new: 'new',
  'taken over': 'stood there before, its value was replaced',
  changed: 'changed in AWS',
  unconfirmed: 'an earlier sync was interrupted',
  edited: 'was edited in Databricks',
  deleted: 'was deleted in Databricks',
  rewritten: 'written again under the new key',
};

/** What became of each key that was planned. */
export function resultsOf(actions: ScopeActions, { written, failed }: Written): readonly SecretResult[] {
  const result = (
    { key, secretName }: { readonly key: string; readonly secretName: string },
    status: SecretResult['status'],
    reason: string,
    failure?: FailureName,
  ): SecretResult => ({ key, secret: secretName, status, reason, ...(failure !== undefined && { failure }) });
  return [
    ...written.map(({ wanted, reason }) => result(wanted, 'SYNCED', WORDS[reason])),
    ...failed.map(({ put, failure, reason }) =>
      result(put.wanted, failure === FAILURE.secretChanging ? 'SKIPPED' : 'FAILED', reason, failure),
    ),
    ...actions.unchanged.map((key) => result(key, 'UNCHANGED', '')),
    ...actions.drifted.map(({ wanted, reason }) => result(wanted, 'DRIFTED', WORDS[reason])),
    ...actions.noRoom.map((key) =>
      result(key, 'FAILED', 'the scope holds 1,000 secrets and takes no more', FAILURE.scopeIsFull),
    ),
    ...actions.kept.map((entry) =>
      result(entry, 'SKIPPED', 'no binding wants it any more, and its binding does not prune'),
    ),
  ];
}
