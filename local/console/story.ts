import type { HistoryEvent } from '../asl/history.ts';

/** One step of a rollout or a provisioning, as people and programs are told of it. */
export interface Progress {
  readonly event: 'progress';
  /** ISO 8601, on the local clock. */
  readonly at: string;
  /** Name of the execution, or of a workspace's own one in a rollout. */
  readonly execution: string;
  /** Absent in a provisioning, which begins before there is one. */
  readonly workspaceId?: string;
  readonly workspace?: string;
  /** What has no workspace of its own yet. */
  readonly of: 'rollout' | 'provisioning';
  readonly step: string;
}

export type ExecutionEvent = HistoryEvent & { readonly executionArn: string };

/** Looks and waits that repeat are told once in a row. */
const UNTOLD = /^(?:Begin|Result|Wait for (?:compute to stop|the key|the workspace|its end))$/;

/** Turns history events into steps worth telling; one story tells all of them. Secret syncs have tables instead. */
export class Story {
  readonly #told = new Map<string, Progress['of']>();
  readonly #subjects = new Map<string, Pick<Progress, 'workspaceId' | 'workspace'>>();
  readonly #lastStep = new Map<string, string>();

  /** Undefined for what nobody needs to hear. */
  tell(event: ExecutionEvent): Progress | undefined {
    if (event.type === 'ExecutionStarted') this.#remember(event);
    const of = this.#told.get(event.executionArn);
    if (of === undefined) return undefined;
    const step = this.#step(event);
    if (step === undefined || this.#lastStep.get(event.executionArn) === step) return undefined;
    this.#lastStep.set(event.executionArn, step);
    return {
      event: 'progress',
      at: new Date(event.timestamp).toISOString(),
      execution: event.executionArn.split(':').at(-1) ?? '',
      ...this.#subjects.get(event.executionArn),
      of,
      step,
    };
  }

  #remember({ executionArn, details }: ExecutionEvent): void {
    const input = read(details?.input);
    const { bindingId, subject, provision, remove, workspaceId, workspaceName } = input;
    const wish = (provision ?? remove) as { readonly workspaceName?: unknown } | undefined;
    if (typeof bindingId === 'string' || typeof subject === 'string') this.#told.set(executionArn, 'rollout');
    if (wish !== undefined) this.#told.set(executionArn, 'provisioning');
    if (typeof wish?.workspaceName === 'string') this.#subjects.set(executionArn, { workspace: wish.workspaceName });
    if (typeof workspaceId !== 'string' || typeof workspaceName !== 'string') return;
    this.#subjects.set(executionArn, { workspaceId, workspace: workspaceName });
  }

  #step({ type, state, details }: ExecutionEvent): string | undefined {
    if (type === 'PassStateExited' && state === 'Result') {
      const { outcome, failure } = read(details?.output);
      const message = (failure as { readonly message?: unknown } | null)?.message;
      return typeof message === 'string' ? `${String(outcome)}: ${message}` : String(outcome);
    }
    if (!/^(?:Task|Wait|Map)StateEntered$/.test(type) || state === undefined || UNTOLD.test(state)) return undefined;
    return state;
  }
}

/** The object in a JSON text; empty if it is none. */
export function read(json: unknown): Readonly<Record<string, unknown>> {
  if (typeof json !== 'string') return {};
  const value: unknown = JSON.parse(json);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
