import type { HeldKeys } from '../app/key-watch-ports.ts';
import type { HeldKey } from '../domain/key-hold.ts';
import { type Condition, type Item, number, type StateTable, text } from './state-table.ts';

const PARTITION = 'held-key';

/**
 * One item for each workspace and key configuration, all in one partition. Workspaces of a rollout write side by side
 * without meeting, and one Query tells everything that is held. Nothing expires by itself.
 */
export class DynamoHeldKeys implements HeldKeys {
  readonly #table: StateTable;

  constructor(table: StateTable) {
    this.#table = table;
  }

  async begin(held: HeldKey): Promise<void> {
    await this.#table.put(PARTITION, sortKey(held), item(held), {
      expression: 'attribute_not_exists(pk) OR heldUntil < :until',
      values: { ':until': { N: String(held.heldUntil) } },
    });
  }

  async of(workspaceId: string): Promise<readonly HeldKey[]> {
    return (await this.#table.query(PARTITION, `${workspaceId}/`)).map(heldKey);
  }

  async all(): Promise<readonly HeldKey[]> {
    return (await this.#table.query(PARTITION, '')).map(heldKey);
  }

  async change(read: HeldKey, next: HeldKey): Promise<boolean> {
    return this.#table.put(PARTITION, sortKey(next), item(next), asRead(read));
  }

  async remove(read: HeldKey): Promise<boolean> {
    return this.#table.delete(PARTITION, sortKey(read), asRead(read));
  }
}

const sortKey = ({ workspaceId, configurationId }: HeldKey): string => `${workspaceId}/${configurationId}`;

const item = ({ since, heldUntil, left, ...texts }: HeldKey): Item => ({
  ...Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, { S: value }])),
  since: { N: String(since) },
  heldUntil: { N: String(heldUntil) },
  hasLeft: { BOOL: left },
});

const heldKey = (stored: Item): HeldKey => ({
  workspaceId: text(stored, 'workspaceId'),
  workspaceName: text(stored, 'workspaceName'),
  configurationId: text(stored, 'configurationId'),
  keyArn: text(stored, 'keyArn'),
  subject: text(stored, 'subject'),
  left: stored.hasLeft?.BOOL === true,
  since: number(stored, 'since'),
  heldUntil: number(stored, 'heldUntil'),
});

const asRead = ({ heldUntil, left }: HeldKey): Condition => ({
  expression: 'heldUntil = :until AND hasLeft = :left',
  values: { ':until': { N: String(heldUntil) }, ':left': { BOOL: left } },
});
