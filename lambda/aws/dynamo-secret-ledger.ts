import type { SecretLedger } from '../app/secret-ports.ts';
import { FAILURE } from '../contract/failures.ts';
import { AutomationError } from '../domain/failure.ts';
import type { LedgerEntry, ScopeLedger, SpreadMembers } from '../domain/ledger.ts';
import { type ScopePlace, sameName } from '../domain/secret.ts';
import { ANY, type Condition, type Item, number, type StateTable, text } from './state-table.ts';

/** Partition of everything that is known of one scope, so that a single Query reads it. */
export const scopePartition = ({ workspaceId, scope }: ScopePlace): string =>
  `secret-scope/${workspaceId}/${sameName(scope)}`;

const keyItem = (key: string): string => `key/${sameName(key)}`;
const grantItem = (principal: string): string => `grant/${sameName(principal)}`;

/**
 * The ledger as items of the state table. Beside each scope's partition stands one row for each secret that was written
 * into it (`secret/ARN`), by which a secret's scopes are found. Holds names and versions, nothing of a value.
 */
export class DynamoSecretLedger implements SecretLedger {
  readonly #table: StateTable;

  constructor(table: StateTable) {
    this.#table = table;
  }

  async read(place: ScopePlace): Promise<ScopeLedger> {
    const items = await this.#table.query(scopePartition(place), '');
    const of = (kind: string): readonly Item[] => items.filter((item) => text(item, 'sk').startsWith(`${kind}/`));
    return {
      entries: of('key').map(entryOf),
      grants: of('grant').map((item) => text(item, 'principal')),
      spreads: of('spread').map(spreadOf),
    };
  }

  async write(place: ScopePlace, entry: LedgerEntry): Promise<LedgerEntry> {
    // The way back first: a crash in between leaves a hint too much, never one too few.
    if (entry.updatedAt === null) await this.#noteScope(place, entry.secretArn);
    const written = { ...entry, revision: entry.revision + 1 };
    const isWritten = await this.#table.put(
      scopePartition(place),
      keyItem(entry.key),
      itemOf(written),
      onTopOf(entry.revision),
    );
    if (!isWritten) throw changed(place, entry.key);
    return written;
  }

  async remove(place: ScopePlace, entry: LedgerEntry): Promise<void> {
    const isRemoved = await this.#table.delete(scopePartition(place), keyItem(entry.key), onTopOf(entry.revision));
    if (!isRemoved) throw changed(place, entry.key);
  }

  async noteMembers(place: ScopePlace, { secretArn, versionId, members, unusable }: SpreadMembers): Promise<void> {
    await this.#table.put(
      scopePartition(place),
      `spread/${secretArn}`,
      {
        secretArn: { S: secretArn },
        versionId: { S: versionId },
        memberNames: { S: JSON.stringify(members) },
        unusable: { N: String(unusable) },
      },
      ANY,
    );
  }

  async noteGrant(place: ScopePlace, principal: string): Promise<void> {
    await this.#table.put(scopePartition(place), grantItem(principal), { principal: { S: principal } }, ANY);
  }

  async removeGrant(place: ScopePlace, principal: string): Promise<void> {
    await this.#table.delete(scopePartition(place), grantItem(principal), ANY);
  }

  async scopesOf(secretArn: string): Promise<readonly ScopePlace[]> {
    const items = await this.#table.query(`secret/${secretArn}`, '');
    return items.map((item) => ({ workspaceId: text(item, 'workspaceId'), scope: text(item, 'scopeName') }));
  }

  async #noteScope({ workspaceId, scope }: ScopePlace, secretArn: string): Promise<void> {
    await this.#table.put(
      `secret/${secretArn}`,
      `${workspaceId}/${sameName(scope)}`,
      { workspaceId: { S: workspaceId }, scopeName: { S: scope } },
      { expression: 'attribute_not_exists(pk)' },
    );
  }
}

const onTopOf = (revision: number): Condition =>
  revision === 0
    ? { expression: 'attribute_not_exists(pk)' }
    : { expression: 'revision = :revision', values: { ':revision': { N: String(revision) } } };

const itemOf = (entry: LedgerEntry): Item => ({
  keyName: { S: entry.key },
  secretArn: { S: entry.secretArn },
  secretName: { S: entry.secretName },
  versionId: { S: entry.versionId },
  bindingId: { S: entry.bindingId },
  revision: { N: String(entry.revision) },
  ...(entry.member !== null && { jsonMember: { S: entry.member } }),
  ...(entry.updatedAt !== null && { updatedAt: { N: String(entry.updatedAt) } }),
  ...(entry.rewriteId !== null && { rewriteId: { S: entry.rewriteId } }),
  ...(entry.goneSince !== null && { goneSince: { N: String(entry.goneSince) } }),
});

const entryOf = (item: Item): LedgerEntry => ({
  key: text(item, 'keyName'),
  secretArn: text(item, 'secretArn'),
  secretName: text(item, 'secretName'),
  versionId: text(item, 'versionId'),
  bindingId: text(item, 'bindingId'),
  revision: number(item, 'revision'),
  member: item.jsonMember?.S ?? null,
  updatedAt: item.updatedAt === undefined ? null : number(item, 'updatedAt'),
  rewriteId: item.rewriteId?.S ?? null,
  goneSince: item.goneSince === undefined ? null : number(item, 'goneSince'),
});

const spreadOf = (item: Item): SpreadMembers => ({
  secretArn: text(item, 'secretArn'),
  versionId: text(item, 'versionId'),
  members: JSON.parse(text(item, 'memberNames')) as readonly string[],
  unusable: number(item, 'unusable'),
});

const changed = ({ workspaceId, scope }: ScopePlace, key: string): AutomationError =>
  new AutomationError(
    FAILURE.stateChanged,
    `the ledger of key ${key} in scope ${scope} of workspace ${workspaceId} was changed by another sync; the step is tried again`,
  );
