import type { RewritesOwed } from '../app/secret-ports.ts';
import { ANY, type StateTable, text } from './state-table.ts';

const PARTITION = 'secret-rewrite';

/** Workspaces whose secrets have to be written again, one item each. */
export class DynamoRewritesOwed implements RewritesOwed {
  readonly #table: StateTable;

  constructor(table: StateTable) {
    this.#table = table;
  }

  async owe(workspaceId: string, rewriteId: string): Promise<void> {
    await this.#table.put(PARTITION, workspaceId, { rewriteId: { S: rewriteId } }, ANY);
  }

  async owed(): Promise<ReadonlyMap<string, string>> {
    const items = await this.#table.query(PARTITION, '');
    return new Map(items.map((item) => [text(item, 'sk'), text(item, 'rewriteId')]));
  }

  async settle(workspaceId: string, rewriteId: string): Promise<void> {
    const condition = { expression: 'rewriteId = :rewriteId', values: { ':rewriteId': { S: rewriteId } } };
    await this.#table.delete(PARTITION, workspaceId, condition);
  }
}
