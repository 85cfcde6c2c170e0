import type { Registrations } from '../app/ports.ts';
import { type StateTable, text } from './state-table.ts';

/** Which key configuration was registered for which key material, as items of the state table. */
export class DynamoRegistrations implements Registrations {
  readonly #table: StateTable;

  constructor(table: StateTable) {
    this.#table = table;
  }

  async find(keyArn: string, materialId: string): Promise<readonly string[]> {
    const items = await this.#table.query(`registration/${keyArn}`, `${materialId}/`);
    return items.map((item) => text(item, 'configurationId'));
  }

  /** Adding the same fact again changes nothing. */
  async add(keyArn: string, materialId: string, configurationId: string): Promise<void> {
    await this.#table.put(
      `registration/${keyArn}`,
      `${materialId}/${configurationId}`,
      { configurationId: { S: configurationId } },
      { expression: 'attribute_not_exists(pk)' },
    );
  }
}
