import type { BusEvent } from './aws/service.ts';

/** How an execution of a state machine ended. */
export interface Ended {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly status: string;
  readonly output: unknown;
  readonly error: string | undefined;
  readonly cause: string | undefined;
}

const ENDED: ReadonlySet<unknown> = new Set(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']);

/** Ends of executions, kept until somebody asks; children of maps are not told. */
export class EndedExecutions {
  readonly #known = new Map<string, Ended>();
  #untold: Ended[] = [];
  #waiting: (() => void)[] = [];

  tell({ detail }: BusEvent): void {
    const { executionArn, stateMachineArn, status, output, error, cause } = detail as Readonly<
      Record<string, string | null>
    >;
    if (!ENDED.has(status) || typeof executionArn !== 'string' || typeof stateMachineArn !== 'string') return;
    if (stateMachineArn.includes('/')) return;
    const ended: Ended = {
      executionArn,
      stateMachineArn,
      status: String(status),
      output: typeof output === 'string' ? JSON.parse(output) : undefined,
      error: error ?? undefined,
      cause: cause ?? undefined,
    };
    this.#known.set(executionArn, ended);
    this.#untold.push(ended);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async next(): Promise<Ended> {
    for (;;) {
      const ended = this.#untold.shift();
      if (ended !== undefined) return ended;
      await this.#change();
    }
  }

  /** The next end of an execution of one state machine; those of others stay untold. */
  async nextOf(stateMachineArn: string | undefined): Promise<Ended> {
    for (;;) {
      const ended = this.#untold.find((one) => one.stateMachineArn === stateMachineArn);
      if (ended !== undefined) {
        this.#untold = this.#untold.filter((one) => one !== ended);
        return ended;
      }
      await this.#change();
    }
  }

  /** What has ended so far is not told any more. */
  forget(): void {
    this.#untold = [];
  }

  async of(executionArn: string): Promise<Ended> {
    for (;;) {
      const ended = this.#known.get(executionArn);
      if (ended !== undefined) {
        this.#untold = this.#untold.filter((one) => one !== ended);
        return ended;
      }
      await this.#change();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
