import type { WireRequest } from '../../lambda/databricks/transport.ts';
import type { WireOutcome } from './client.ts';

/** What the server did for one run, seen from the wire: refusals, puts, and keys that were not there for a while. */
export class Traffic {
  /** Answers 429. */
  refused = 0;
  /** Puts that the server took. */
  puts = 0;
  #longestAbsentMs = 0;
  readonly #absentSince = new Map<string, number>();

  note({ url, body }: WireRequest, answer: WireOutcome, at: number): void {
    if (answer.kind === 'lost') throw new Error(`${url}: ${answer.reason}`);
    if (answer.status === 429) this.refused += 1;
    if (answer.status !== 200 || body === undefined) return;
    if (url.endsWith('/secrets/put')) {
      this.puts += 1;
      this.#isBack(keyIn(body), at);
    } else if (url.endsWith('/secrets/delete')) this.#absentSince.set(keyIn(body), at);
  }

  /** Milliseconds; a key that is still away at `now` counts too. */
  longestAbsentMs(now: number): number {
    return Math.max(this.#longestAbsentMs, ...[...this.#absentSince.values()].map((since) => now - since));
  }

  #isBack(key: string, at: number): void {
    const since = this.#absentSince.get(key);
    if (since === undefined) return;
    this.#absentSince.delete(key);
    this.#longestAbsentMs = Math.max(this.#longestAbsentMs, at - since);
  }
}

const keyIn = (body: string): string => (JSON.parse(body) as { readonly key: string }).key;
