import type { SyncedScope, SyncRecords } from '../app/secret-ports.ts';
import type { ScopeResult, StatusCounts, SyncFailure } from '../contract/secret-sync.ts';
import { sameName } from '../domain/secret.ts';
import { scopePartition } from './dynamo-secret-ledger.ts';
import { ANY, number, type StateTable, text } from './state-table.ts';

const INDEX = 'secret-scopes';

/** An item of DynamoDB holds 400 KB; this leaves room for everything else in it. */
const MOST_BYTES = 200_000;
const LONGEST_REASON = 300;

/**
 * What the last sync of each scope found: one short item in a partition of its own, so that a single Query tells all
 * scopes, and one with its secrets beside the scope's ledger.
 */
export class DynamoSyncRecords implements SyncRecords {
  readonly #table: StateTable;

  constructor(table: StateTable) {
    this.#table = table;
  }

  async note(result: ScopeResult, at: number): Promise<void> {
    const { counts, failure, access } = result;
    const shared = { lastSyncAt: { N: String(at) } };
    await this.#table.put(
      INDEX,
      indexName(result),
      {
        ...shared,
        ...identity(result),
        counts: { S: JSON.stringify(counts) },
        ...(failure !== null && { failure: { S: JSON.stringify(failure) } }),
      },
      ANY,
    );
    const { kept, leftOut } = fitting(
      result.secrets.map((one) => ({ ...one, reason: one.reason.slice(0, LONGEST_REASON) })),
    );
    const details = {
      ...shared,
      secrets: { S: JSON.stringify(kept) },
      leftOut: { N: String(leftOut) },
      accessList: { S: JSON.stringify(access) },
    };
    await this.#table.put(scopePartition(result), 'status', details, ANY);
  }

  async noteFilled(scope: Parameters<SyncRecords['noteFilled']>[0]): Promise<void> {
    const item = { ...identity(scope), lastSyncAt: { N: '0' } };
    await this.#table.put(INDEX, indexName(scope), item, { expression: 'attribute_not_exists(pk)' });
  }

  async scopes(): Promise<readonly SyncedScope[]> {
    const items = await this.#table.query(INDEX, '');
    return items.map((item) => ({
      workspaceId: text(item, 'workspaceId'),
      workspaceName: text(item, 'workspaceName'),
      scope: text(item, 'scopeName'),
      bindingIds: JSON.parse(text(item, 'bindingIds')) as readonly string[],
      lastSyncAt: number(item, 'lastSyncAt'),
      ...(item.counts !== undefined && { counts: JSON.parse(text(item, 'counts')) as StatusCounts }),
      ...(item.failure !== undefined && { failure: JSON.parse(text(item, 'failure')) as SyncFailure }),
    }));
  }
}

const indexName = ({ workspaceId, scope }: Pick<ScopeResult, 'workspaceId' | 'scope'>): string =>
  `${workspaceId}/${sameName(scope)}`;

const identity = ({ workspaceId, workspaceName, scope, bindingIds }: Parameters<SyncRecords['noteFilled']>[0]) => ({
  workspaceId: { S: workspaceId },
  workspaceName: { S: workspaceName },
  scopeName: { S: scope },
  bindingIds: { S: JSON.stringify(bindingIds) },
});

function fitting<T>(all: readonly T[]): { readonly kept: readonly T[]; readonly leftOut: number } {
  let bytes = 0;
  const end = all.findIndex((one) => {
    bytes += Buffer.byteLength(JSON.stringify(one)) + 1;
    return bytes > MOST_BYTES;
  });
  return end === -1 ? { kept: all, leftOut: 0 } : { kept: all.slice(0, end), leftOut: all.length - end };
}
