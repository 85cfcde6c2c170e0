import type { StoppedCompute, StoppedComputeRecord } from '../app/ports.ts';
import { FAILURE } from '../contract/failures.ts';
import type { ComputeUnit } from '../domain/compute.ts';
import { AutomationError } from '../domain/failure.ts';
import { type Item, number, type StateTable, text } from './state-table.ts';

const PARTITION = 'stopped-compute';

/** Stopped compute as items of one partition, so that a single Query tells every workspace that is owed a restart. */
export class DynamoStoppedCompute implements StoppedCompute {
  readonly #table: StateTable;

  constructor(table: StateTable) {
    this.#table = table;
  }

  async read(workspaceId: string): Promise<StoppedComputeRecord | undefined> {
    const item = await this.#table.get(PARTITION, workspaceId);
    return item === undefined ? undefined : recordIn(item);
  }

  async all(): Promise<readonly StoppedComputeRecord[]> {
    return (await this.#table.query(PARTITION, '')).map(recordIn);
  }

  async write(record: StoppedComputeRecord): Promise<void> {
    const item = {
      version: { N: String(record.version) },
      rolloutId: { S: record.rolloutId },
      stoppingSince: { N: String(record.stoppingSince) },
      units: { S: JSON.stringify(record.units) },
      ...(record.sweeps !== undefined && { sweeps: { N: String(record.sweeps) } }),
    };
    const written = await this.#table.put(PARTITION, record.workspaceId, item, onTopOf(record.version - 1));
    if (!written) throw changed(record.workspaceId);
  }

  async clear(workspaceId: string, version: number): Promise<void> {
    const cleared = await this.#table.delete(PARTITION, workspaceId, onTopOf(version));
    if (!cleared) throw changed(workspaceId);
  }

  async counts(): Promise<ReadonlyMap<string, number>> {
    const items = await this.#table.query(PARTITION, '');
    return new Map(
      items.map((item) => [text(item, 'sk'), (JSON.parse(text(item, 'units')) as readonly unknown[]).length]),
    );
  }

  async having(workspaceIds: readonly string[]): Promise<ReadonlySet<string>> {
    const wanted = new Set(workspaceIds);
    const items = await this.#table.query(PARTITION, '');
    return new Set(items.map((item) => text(item, 'sk')).filter((id) => wanted.has(id)));
  }
}

const recordIn = (item: Item): StoppedComputeRecord => ({
  workspaceId: text(item, 'sk'),
  version: number(item, 'version'),
  rolloutId: text(item, 'rolloutId'),
  stoppingSince: number(item, 'stoppingSince'),
  units: JSON.parse(text(item, 'units')) as readonly ComputeUnit[],
  ...(item.sweeps !== undefined && { sweeps: number(item, 'sweeps') }),
});

const onTopOf = (version: number) =>
  version === 0
    ? { expression: 'attribute_not_exists(pk)' }
    : {
        expression: '#version = :version',
        names: { '#version': 'version' },
        values: { ':version': { N: String(version) } },
      };

const changed = (workspaceId: string): AutomationError =>
  new AutomationError(
    FAILURE.stateChanged,
    `the record of stopped compute of workspace ${workspaceId} was changed by another execution; the step is tried again`,
  );
