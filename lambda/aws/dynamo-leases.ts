import type { Clock, LeaseAnswer, Leases } from '../app/ports.ts';
import { FAILURE } from '../contract/failures.ts';
import { AutomationError } from '../domain/failure.ts';
import { number, type StateTable, text } from './state-table.ts';

const LEASE = 'lease';

/** Leases as items of the state table: `pk` names the resource, `expiresAt` (seconds) also lets DynamoDB clean up. */
export class DynamoLeases implements Leases {
  readonly #table: StateTable;
  readonly #clock: Clock;

  constructor(table: StateTable, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  async take(resource: string, owner: string, until: number): Promise<LeaseAnswer> {
    const taken = await this.#table.put(resource, LEASE, lease(owner, until), {
      expression: 'attribute_not_exists(pk) OR holder = :owner OR heldUntil < :now',
      values: { ':owner': { S: owner }, ':now': { N: String(this.#clock()) } },
    });
    if (taken) return { kind: 'held' };
    const item = await this.#table.get(resource, LEASE);
    // Released between the two calls: the next attempt will get it.
    if (item === undefined) return { kind: 'taken', owner: 'nobody', until: this.#clock() };
    return { kind: 'taken', owner: text(item, 'holder'), until: number(item, 'heldUntil') };
  }

  async renew(resource: string, owner: string, until: number): Promise<void> {
    const renewed = await this.#table.put(resource, LEASE, lease(owner, until), {
      expression: 'holder = :owner',
      values: { ':owner': { S: owner } },
    });
    if (renewed) return;
    const item = await this.#table.get(resource, LEASE);
    throw new AutomationError(
      FAILURE.leaseLost,
      `the lease of ${resource} ended and ${item === undefined ? 'was cleaned up' : `${text(item, 'holder')} took it over`}; this rollout leaves it alone`,
    );
  }

  async holder(resource: string): ReturnType<Leases['holder']> {
    const item = await this.#table.get(resource, LEASE);
    if (item === undefined || number(item, 'heldUntil') < this.#clock()) return undefined;
    return { owner: text(item, 'holder'), until: number(item, 'heldUntil') };
  }

  async release(resource: string, owner: string): Promise<void> {
    await this.#table.delete(resource, LEASE, { expression: 'holder = :owner', values: { ':owner': { S: owner } } });
  }
}

const DAY_MS = 24 * 60 * 60_000;

const lease = (owner: string, until: number) => ({
  holder: { S: owner },
  heldUntil: { N: String(until) },
  expiresAt: { N: String(Math.ceil((until + DAY_MS) / 1000)) },
});
