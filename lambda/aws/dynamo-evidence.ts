import type { Evidence, EvidenceRecord } from '../app/ports.ts';
import type { StateTable } from './state-table.ts';

/** Evidence records, append only: one item for each execution, found by subject and start time. */
export class DynamoEvidence implements Evidence {
  readonly #table: StateTable;

  constructor(table: StateTable) {
    this.#table = table;
  }

  async append(record: EvidenceRecord): Promise<void> {
    await this.#table.put(
      record.subject,
      `${record.startedAt}/${record.executionId}`,
      {
        ...Object.fromEntries(Object.entries(record.facts).map(([name, fact]) => [name, { S: JSON.stringify(fact) }])),
        executionId: { S: record.executionId },
        finishedAt: { S: record.finishedAt },
        trigger: { S: JSON.stringify(record.trigger) },
      },
      { expression: 'attribute_not_exists(pk)' },
    );
  }
}
