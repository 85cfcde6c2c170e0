import type { MapRun, MapRunPlan, MapRuns, Outcome } from '../asl/map-run.ts';
import { uuidFrom } from '../asl/uuid.ts';
import type { Home } from '../aws/home.ts';
import type { LocalClock } from '../clock.ts';
import { executionArn, mapRunArn, stateMachineArn } from './arns.ts';
import type { ExecutionRecord, Launch } from './executions.ts';

/** One run of a Distributed Map, running or ended. Times are milliseconds since the epoch. */
export interface MapRunRecord {
  readonly arn: string;
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly plan: MapRunPlan;
  readonly startedAt: number;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly stoppedAt?: number;
  readonly children: readonly ExecutionRecord[];
}

/** How map runs start and stop their children. */
export interface Children {
  launch(launch: Launch): ExecutionRecord;
  stop(arn: string): void;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** All map runs of the account. */
export class MapRunRecords {
  readonly #home: Home;
  readonly #clock: LocalClock;
  readonly #random: () => number;
  readonly #records = new Map<string, MapRunRecord>();

  constructor(home: Home, clock: LocalClock, random: () => number) {
    this.#home = home;
    this.#clock = clock;
    this.#random = random;
  }

  find(arn: string): MapRunRecord | undefined {
    return this.#records.get(arn);
  }

  /** The runs that an execution has started, the latest first. */
  of(parentArn: string): readonly MapRunRecord[] {
    return [...this.#records.values()].filter((each) => each.executionArn === parentArn).reverse();
  }

  /** Lets the Distributed Maps of one execution run their items as executions of their own. */
  within(parent: ExecutionRecord, children: Children): MapRuns {
    return { start: (plan) => this.#start(parent, plan, children) };
  }

  #start(parent: ExecutionRecord, plan: MapRunPlan, children: Children): MapRun {
    const machine = `${parent.stateMachine.name}/${plan.label}`;
    const started: ExecutionRecord[] = [];
    const record: Mutable<MapRunRecord> = {
      arn: mapRunArn(this.#home, parent.stateMachine.name, plan.label, uuidFrom(this.#random)),
      executionArn: parent.arn,
      stateMachineArn: stateMachineArn(this.#home, machine),
      plan,
      startedAt: this.#clock.now(),
      status: 'RUNNING',
      children: started,
    };
    this.#records.set(record.arn, record);
    return {
      arn: record.arn,
      runChild: (processor, input, signal) => {
        const name = uuidFrom(this.#random);
        const child = children.launch({
          arn: executionArn(this.#home, machine, name),
          name,
          stateMachine: { arn: record.stateMachineArn, name: machine },
          roleArn: parent.roleArn,
          definition: processor,
          input: JSON.stringify(input),
          mapRunArn: record.arn,
        });
        started.push(child);
        return stoppedBy(signal, child, children);
      },
      end: (status) => {
        record.status = status;
        record.stoppedAt = this.#clock.now();
      },
    };
  }
}

const stoppedBy = async (signal: AbortSignal, child: ExecutionRecord, children: Children): Promise<Outcome> => {
  const stop = (): void => children.stop(child.arn);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await child.ended;
  } finally {
    signal.removeEventListener('abort', stop);
  }
};
