import { STATES_ERROR, StateFailure } from './failure.ts';

/** One event of an execution's history; names and details are those of GetExecutionHistory. */
export interface HistoryEvent {
  /** From 1 upwards without gaps. */
  readonly id: number;
  /** The event before it on the same line of states; 0 at the start. Each branch has a line of its own. */
  readonly previousEventId: number;
  /** Milliseconds since the epoch, on the local clock. */
  readonly timestamp: number;
  readonly type: string;
  /** The state that it belongs to; absent for events of the execution itself. */
  readonly state?: string;
  /** The fields of the API's `...EventDetails`; inputs and outputs are JSON text. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** AWS ends an execution that reaches this many events (service quotas). */
export const MOST_EVENTS = 25_000;

/** One line of events: the execution's own, or that of a branch or iteration. */
export interface Line {
  /** Records an event and answers its id. */
  add(type: string, details?: Readonly<Record<string, unknown>>, state?: string): number;
  /** A branch of this line, starting where this line is now. */
  fork(): Line;
}

/**
 * The history of one execution. Every event is handed to `tell` at once. Fails with States.Runtime once the limit on
 * events is reached, so that a loop without end comes to one.
 */
export const startHistory = (now: () => number, tell: (event: HistoryEvent) => void): Line => {
  let count = 0;
  const line = (start: number): Line => {
    let previousEventId = start;
    return {
      add: (type, details, state) => {
        if (count >= MOST_EVENTS - 1 && !type.startsWith('Execution')) {
          const told = `The execution reached the maximum number of history events (${MOST_EVENTS}).`;
          throw new StateFailure(STATES_ERROR.runtime, told);
        }
        count += 1;
        const id = count;
        tell({
          id,
          previousEventId,
          timestamp: now(),
          type,
          ...(state !== undefined && { state }),
          ...(details !== undefined && { details }),
        });
        // On AWS the first state's event points to 0, not to ExecutionStarted.
        if (type !== 'ExecutionStarted') previousEventId = id;
        return id;
      },
      fork: () => line(previousEventId),
    };
  };
  return line(0);
};
