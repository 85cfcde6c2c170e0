import type { StateMachineDefinition } from '../asl/definition.ts';
import { execute } from '../asl/execute.ts';
import { ExecutionStopped } from '../asl/failure.ts';
import type { HistoryEvent } from '../asl/history.ts';
import type { MapRuns, Outcome } from '../asl/map-run.ts';
import type { Invoke } from '../asl/visit.ts';
import type { LocalClock } from '../clock.ts';

/** What is needed to start an execution. */
export interface Launch {
  readonly arn: string;
  readonly name: string;
  /** For the child of a Distributed Map the ARN ends in `machine/label`. */
  readonly stateMachine: { readonly arn: string; readonly name: string };
  readonly roleArn: string;
  readonly definition: StateMachineDefinition;
  /** JSON text, as it was given. */
  readonly input: string;
  readonly mapRunArn?: string;
}

/** One execution, running or ended. Times are milliseconds since the epoch on the local clock. */
export interface ExecutionRecord extends Launch {
  readonly startedAt: number;
  readonly history: readonly HistoryEvent[];
  /** Settles when the execution has ended; it never rejects. */
  readonly ended: Promise<Outcome>;
  /** Absent while it runs. */
  readonly outcome?: Outcome;
  readonly stoppedAt?: number;
}

/** The execution's status as the API names it. */
export const statusOf = (record: ExecutionRecord): Outcome['status'] | 'RUNNING' => record.outcome?.status ?? 'RUNNING';

/** What executions run on and tell. */
export interface ExecutionWorld {
  readonly clock: LocalClock;
  readonly random: () => number;
  readonly invoke: Invoke;
  readonly mapRunsOf: (record: ExecutionRecord) => MapRuns;
  readonly onHistory: (event: HistoryEvent & { readonly executionArn: string }) => void;
  /** Called when an execution starts and when it has ended. */
  readonly onStatus: (record: ExecutionRecord) => void;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** All executions of the account, in the order they were started. */
export class Executions {
  readonly #world: ExecutionWorld;
  readonly #records = new Map<string, ExecutionRecord>();
  readonly #stops = new Map<string, AbortController>();

  constructor(world: ExecutionWorld) {
    this.#world = world;
  }

  /** The execution with this ARN. */
  find(arn: string): ExecutionRecord | undefined {
    return this.#records.get(arn);
  }

  /** The latest first. */
  all(): readonly ExecutionRecord[] {
    return [...this.#records.values()].reverse();
  }

  /** Starts an execution and answers at once. It replaces an older one with the same ARN. */
  launch(launch: Launch): ExecutionRecord {
    const { clock, random, invoke, mapRunsOf, onHistory, onStatus } = this.#world;
    const stop = new AbortController();
    const history: HistoryEvent[] = [];
    const ended = Promise.withResolvers<Outcome>();
    const record: Mutable<ExecutionRecord> = { ...launch, startedAt: clock.now(), history, ended: ended.promise };
    this.#records.delete(launch.arn);
    this.#records.set(launch.arn, record);
    this.#stops.set(launch.arn, stop);
    const run = execute(
      {
        definition: launch.definition,
        input: JSON.parse(launch.input),
        execution: { arn: launch.arn, name: launch.name, roleArn: launch.roleArn },
        stateMachine: launch.stateMachine,
        signal: stop.signal,
      },
      {
        clock,
        random,
        invoke,
        mapRuns: mapRunsOf(record),
        onHistory: (event) => {
          history.push(event);
          onHistory({ ...event, executionArn: launch.arn });
        },
      },
    );
    onStatus(record);
    const close = (outcome: Outcome): void => {
      record.outcome = outcome;
      record.stoppedAt = clock.now();
      this.#stops.delete(launch.arn);
      onStatus(record);
      ended.resolve(outcome);
    };
    run.then(close, (fault: unknown) => close({ status: 'FAILED', error: 'States.Runtime', cause: String(fault) }));
    return record;
  }

  /** Asks a running execution to end as ABORTED; one that has ended stays as it is. */
  stop(arn: string, error?: string, cause?: string): void {
    this.#stops.get(arn)?.abort(new ExecutionStopped(error, cause));
  }
}
