import type { ExecutionEvent } from './story.ts';

export interface Measured {
  readonly transitions: number;
  /** Real time. */
  readonly seconds: number;
}

/** Counts state transitions and real time until it is read. */
export class Meter {
  #transitions = 0;
  #began: number | undefined;

  /** Begins now; without it, what is noted first begins. */
  start(): void {
    this.#transitions = 0;
    this.#began = performance.now();
  }

  note({ type }: ExecutionEvent): void {
    this.#began ??= performance.now();
    if (type.endsWith('StateEntered')) this.#transitions += 1;
  }

  /** What was measured; begins anew. */
  read(): Measured {
    const seconds = this.#began === undefined ? 0 : (performance.now() - this.#began) / 1000;
    const measured = { transitions: this.#transitions, seconds };
    this.#transitions = 0;
    this.#began = undefined;
    return measured;
  }
}
