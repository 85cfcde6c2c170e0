import type { ExecutionEvent } from '../local/console/story.ts';
import type { StepFunctions } from '../local/step-functions/step-functions.ts';

/** Stops executions from outside, as somebody in the console does, at a step and not at a time. */
export class Stopper {
  #left: number[] = [];
  readonly stopped: string[] = [];

  /** The next so many steps of any execution pass, then the one that makes the next step is stopped. */
  arm(afterSteps: number): void {
    this.#left.push(afterSteps);
  }

  disarm(): void {
    this.#left = [];
  }

  hear({ type, executionArn }: ExecutionEvent, stepFunctions: () => StepFunctions): void {
    if (!type.endsWith('StateEntered') || this.#left.length === 0) return;
    const due = this.#left.some((left) => left === 0);
    this.#left = this.#left.filter((left) => left > 0).map((left) => left - 1);
    if (!due) return;
    this.stopped.push(executionArn);
    // The state has to be entered first.
    setImmediate(() => {
      stepFunctions()
        .handle('StopExecution', { executionArn, error: 'Stopped', cause: 'stopped by hand' })
        .catch(() => undefined);
    });
  }
}
