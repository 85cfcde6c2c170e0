import type { PruneBudget } from '../app/secret-ports.ts';
import { FAILURE } from '../contract/failures.ts';
import { AutomationError } from '../domain/failure.ts';
import { sameName } from '../domain/secret.ts';
import { number, type StateTable, text } from './state-table.ts';

/** Scopes of one sync that book at the same moment try again; more in a row than are synced at a time cannot collide. */
const MOST_TRIES = 50;

const KEPT_DAYS = 30;

/** What each sync has booked for deletion: one item for each sync and binding, booked scope by scope. */
export class DynamoPruneBudget implements PruneBudget {
  readonly #table: StateTable;
  readonly #clock: () => number;

  constructor(table: StateTable, clock: () => number) {
    this.#table = table;
    this.#clock = clock;
  }

  async reserve({ syncId, bindingId, place, count, limit }: Parameters<PruneBudget['reserve']>[0]): Promise<boolean> {
    const pk = `prune/${syncId}`;
    const own = `${place.workspaceId}/${sameName(place.scope)}`;
    for (let attempt = 1; attempt <= MOST_TRIES; attempt += 1) {
      const item = await this.#table.get(pk, bindingId);
      const version = item === undefined ? 0 : number(item, 'revision');
      const booked = item === undefined ? {} : (JSON.parse(text(item, 'booked')) as Readonly<Record<string, number>>);
      const total = Object.values({ ...booked, [own]: count }).reduce((sum, one) => sum + one, 0);
      if (total > limit) return false;
      const isBooked = await this.#table.put(
        pk,
        bindingId,
        {
          booked: { S: JSON.stringify({ ...booked, [own]: count }) },
          revision: { N: String(version + 1) },
          expiresAt: { N: String(Math.ceil(this.#clock() / 1_000) + KEPT_DAYS * 24 * 60 * 60) },
        },
        version === 0
          ? { expression: 'attribute_not_exists(pk)' }
          : { expression: 'revision = :revision', values: { ':revision': { N: String(version) } } },
      );
      if (isBooked) return true;
    }
    throw new AutomationError(
      FAILURE.stateChanged,
      `the deletions of binding ${bindingId} in this sync are being booked by too many scopes at once; the step is tried again`,
    );
  }
}
