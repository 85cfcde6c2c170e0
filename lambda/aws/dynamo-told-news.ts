import type { ToldNews } from '../app/key-watch-ports.ts';
import type { Clock } from '../app/ports.ts';
import { type StateTable, text } from './state-table.ts';

/** A danger that is not told again for so long is no longer known to have been told, milliseconds. */
const KEPT_MS = 7 * 24 * 60 * 60_000;

/** What was told of each key, or of what else `kind` says, one item each; `expiresAt` (seconds) lets DynamoDB clean up. */
export class DynamoToldNews implements ToldNews {
  readonly #table: StateTable;
  readonly #clock: Clock;
  readonly #kind: string;

  constructor(table: StateTable, clock: Clock, kind = 'key-news') {
    this.#table = table;
    this.#clock = clock;
    this.#kind = kind;
  }

  async claim(keyArn: string, what: string, until: number): Promise<boolean> {
    const item = {
      quietUntil: { N: String(until) },
      expiresAt: { N: String(Math.ceil((until + KEPT_MS) / 1000)) },
    };
    return this.#table.put(this.#partition(keyArn), what, item, {
      expression: 'attribute_not_exists(pk) OR quietUntil <= :now',
      values: { ':now': { N: String(this.#clock()) } },
    });
  }

  async of(keyArn: string): Promise<readonly string[]> {
    return (await this.#table.query(this.#partition(keyArn), '')).map((item) => text(item, 'sk'));
  }

  async forget(keyArn: string, what: string): Promise<boolean> {
    return this.#table.delete(this.#partition(keyArn), what, { expression: 'attribute_exists(pk)' });
  }

  #partition(of: string): string {
    return `${this.#kind}/${of}`;
  }
}
