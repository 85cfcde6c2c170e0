import type { CallerKind } from './tokens.ts';

/** One request that reached the simulated service. Neither token values nor bodies are kept. */
export interface RequestRecord {
  /** Milliseconds of the simulator's clock. */
  readonly time: number;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** The status that was sent, or `reset` when the connection was cut. */
  readonly status: number | 'reset';
  /** Null for calls that concern no workspace. */
  readonly workspaceId: string | null;
  readonly caller: CallerKind;
  /** The kind of the fault that struck, if one did. */
  readonly fault: string | null;
  /** What went wrong inside the simulator, if it answered 500 for it. */
  readonly error: string | null;
}

/** Number of requests, by workspace id (or `account`), then by method and path template. */
export type Counters = Readonly<Record<string, Readonly<Record<string, number>>>>;

// The counters go on; a long run must not keep every record.
const KEPT = 10_000;

/** Remembers the last 10,000 requests and counts all of them. */
export class RequestLog {
  #records: RequestRecord[] = [];
  #counters: Record<string, Record<string, number>> = {};

  /** `template` is the route's path, or the path itself when there is no such route. */
  note(record: RequestRecord, template: string): void {
    this.#records.push(record);
    if (this.#records.length > KEPT) this.#records.shift();
    const place = record.workspaceId ?? 'account';
    const operation = `${record.method} ${template}`;
    this.#counters[place] ??= {};
    this.#counters[place][operation] = (this.#counters[place][operation] ?? 0) + 1;
  }

  records(): readonly RequestRecord[] {
    return [...this.#records];
  }

  counters(): Counters {
    return structuredClone(this.#counters);
  }

  reset(): void {
    this.#records = [];
    this.#counters = {};
  }
}
