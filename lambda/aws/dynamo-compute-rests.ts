import type { ComputeRest, ComputeRests } from '../app/ports.ts';
import { ANY, number, type StateTable, text } from './state-table.ts';

const PARTITION = 'compute-rest';
/** A rest is hours old when DynamoDB may forget it. */
const KEPT_MS = 24 * 60 * 60_000;

/** Until when compute must not be started, one item for each workspace; DynamoDB cleans up by `expiresAt` (seconds). */
export class DynamoComputeRests implements ComputeRests {
  readonly #table: StateTable;

  constructor(table: StateTable) {
    this.#table = table;
  }

  async of(workspaceId: string): Promise<ComputeRest | undefined> {
    const item = await this.#table.get(PARTITION, workspaceId);
    return item === undefined ? undefined : { rolloutId: text(item, 'rolloutId'), until: number(item, 'until') };
  }

  async begin(workspaceId: string, { rolloutId, until }: ComputeRest): Promise<void> {
    const expiresAt = Math.ceil((until + KEPT_MS) / 1_000);
    await this.#table.put(
      PARTITION,
      workspaceId,
      { rolloutId: { S: rolloutId }, until: { N: String(until) }, expiresAt: { N: String(expiresAt) } },
      ANY,
    );
  }

  async end(workspaceId: string, rolloutId: string): Promise<void> {
    await this.#table.delete(PARTITION, workspaceId, {
      expression: 'rolloutId = :rolloutId',
      values: { ':rolloutId': { S: rolloutId } },
    });
  }
}
