import type { ExecutionEvent } from '../local/console/story.ts';
import type { SimulatorState } from '../local/databricks/control.ts';
import type { RequestRecord } from '../local/databricks/request-log.ts';

interface Told {
  readonly at: number;
  readonly text: string;
}

/** What happened in one run in its order, for whoever looks for the cause of an objection. */
export class Story {
  readonly #told: Told[] = [];

  step({ timestamp, executionArn, type, state, details }: ExecutionEvent): void {
    const who = executionArn.split(':').slice(6).join(':');
    if (type.endsWith('StateEntered')) this.tell(timestamp, `${who} ${state}`);
    if (!/Failed|Aborted|TimedOut/.test(type)) return;
    this.tell(timestamp, `${who} ${type} ${details?.error ?? ''} ${String(details?.cause ?? '').slice(0, 300)}`);
  }

  tell(at: number, text: string): void {
    this.#told.push({ at, text });
  }

  requests(records: readonly RequestRecord[]): void {
    for (const { time, method, path, status, fault } of records) {
      if (method === 'GET' && fault === null) continue;
      this.tell(time, `Databricks: ${method} ${path} ${status}${fault === null ? '' : ` (${fault})`}`);
    }
  }

  violations({ violations }: SimulatorState): void {
    for (const { at, workspaceId, text } of violations) this.tell(at, `Databricks forbids: ${workspaceId}: ${text}`);
  }

  /** Oldest first. */
  lines(): readonly string[] {
    return this.#told
      .toSorted((one, other) => one.at - other.at)
      .map(({ at, text }) => `${new Date(at).toISOString().slice(5, 23)} ${text}`);
  }
}
