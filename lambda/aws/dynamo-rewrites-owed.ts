import type { RewritesOwed } from '../app/secret-ports.ts';
import type { RewriteOwed } from '../domain/rewrite-owed.ts';
import { ANY, type StateTable, text } from './state-table.ts';

const PARTITION = 'secret-rewrite';

/** Workspaces whose secrets have to be written again, one item each. */
export class DynamoRewritesOwed implements RewritesOwed {
  readonly #table: StateTable;

  constructor(table: StateTable) {
    this.#table = table;
  }

  async owe(workspaceId: string, { rewriteId, leaving }: RewriteOwed): Promise<void> {
    const item = { rewriteId: { S: rewriteId }, ...(leaving !== null && { leaving: { S: leaving } }) };
    await this.#table.put(PARTITION, workspaceId, item, ANY);
  }

  async owed(): Promise<ReadonlyMap<string, RewriteOwed>> {
    const items = await this.#table.query(PARTITION, '');
    return new Map(
      items.map((item) => [text(item, 'sk'), { rewriteId: text(item, 'rewriteId'), leaving: item.leaving?.S ?? null }]),
    );
  }

  async settle(workspaceId: string, rewriteId: string): Promise<void> {
    const condition = { expression: 'rewriteId = :rewriteId', values: { ':rewriteId': { S: rewriteId } } };
    await this.#table.delete(PARTITION, workspaceId, condition);
  }
}
