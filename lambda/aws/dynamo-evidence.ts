import type { Evidence, EvidenceRecord } from '../app/ports.ts';
import type { StateTable } from './state-table.ts';

/** Evidence records, append only: one item for each execution, found by binding and start time. */
export class DynamoEvidence implements Evidence {
  readonly #table: StateTable;

  constructor(table: StateTable) {
    this.#table = table;
  }

  async append(record: EvidenceRecord): Promise<void> {
    await this.#table.put(
      `binding/${record.bindingId}`,
      `${record.startedAt}/${record.rolloutId}`,
      {
        rolloutId: { S: record.rolloutId },
        finishedAt: { S: record.finishedAt },
        trigger: { S: JSON.stringify(record.trigger) },
        key: { S: JSON.stringify(record.key) },
        summary: { S: JSON.stringify(record.summary) },
      },
      { expression: 'attribute_not_exists(pk)' },
    );
  }
}
