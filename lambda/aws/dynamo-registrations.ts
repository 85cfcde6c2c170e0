import type { Registration, Registrations } from '../app/ports.ts';
import { type StateTable, text } from './state-table.ts';

/** Which key configuration was registered for which key material, as items of the state table. */
export class DynamoRegistrations implements Registrations {
  readonly #table: StateTable;

  constructor(table: StateTable) {
    this.#table = table;
  }

  async of(keyArn: string): Promise<readonly Registration[]> {
    const items = await this.#table.query(`registration/${keyArn}`, '');
    return items.map((item) => {
      const configurationId = text(item, 'configurationId');
      return { materialId: text(item, 'sk').slice(0, -configurationId.length - 1), configurationId };
    });
  }

  /** Adding the same fact again changes nothing. */
  async add(keyArn: string, { materialId, configurationId }: Registration): Promise<void> {
    const item = { configurationId: { S: configurationId } };
    await this.#table.put(`registration/${keyArn}`, `${materialId}/${configurationId}`, item, IS_NEW);
  }

  async begin(keyArn: string, materialId: string, there: readonly string[]): Promise<readonly string[]> {
    const partition = `registration-begun/${keyArn}`;
    const item = { there: { L: there.map((id) => ({ S: id })) } };
    if (await this.#table.put(partition, materialId, item, IS_NEW)) return there;
    const first = await this.#table.get(partition, materialId);
    return first?.there?.L?.map(({ S }) => S ?? '') ?? there;
  }
}

const IS_NEW = { expression: 'attribute_not_exists(pk)' };
