import type {
  Execution,
  ExecutionList,
  ExecutionPage,
  Executions,
  Fields,
  RunningChild,
} from '../../lambda/app/operation-ports.ts';
import { OPERATION_KINDS, type OperationKind, type OperationProgress } from '../../lambda/contract/api-answers.ts';
import type { OperationId } from '../../lambda/domain/operation-id.ts';

interface Kept {
  execution: Execution;
  progress?: OperationProgress;
  children: readonly RunningChild[];
  readonly answers: Map<string, Fields>;
  step?: string;
}

/** Remembers executions as Step Functions does: a name is taken for ever, what ended does not change. */
export class FakeExecutions implements Executions {
  /** Names in the order in which they were started. */
  readonly started: string[] = [];
  readonly #kept = new Map<string, Kept>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  idOf(executionArn: string): OperationId | undefined {
    const kind = OPERATION_KINDS.find((one) => executionArn.split(':').at(-2) === one);
    return kind === undefined ? undefined : { kind, name: executionArn.split(':').at(-1) ?? '' };
  }

  async start(kind: OperationKind, name: string, input: object): Promise<void> {
    const id = `${kind}.${name}`;
    if (this.#kept.has(id)) return;
    this.started.push(name);
    const arn = arnOf(kind, name);
    const execution: Execution = {
      ...{ kind, name, arn, status: 'RUNNING', startedAt: this.#now() },
      input: JSON.parse(JSON.stringify(input)) as Fields,
    };
    this.#kept.set(id, { execution, children: [], answers: new Map() });
  }

  async describe(kind: OperationKind, name: string): Promise<Execution | undefined> {
    return this.#kept.get(`${kind}.${name}`)?.execution;
  }

  async list(kind: OperationKind, { status, limit, next }: ExecutionPage): Promise<ExecutionList> {
    const all = [...this.#kept.values()]
      .map(({ execution }) => execution)
      .filter((one) => one.kind === kind && (status ?? one.status) === one.status)
      .toReversed();
    const from = Number(next ?? 0);
    const end = from + limit;
    return {
      executions: all.slice(from, end).map(({ input: _input, output: _output, ...head }) => head),
      ...(end < all.length && { next: String(end) }),
    };
  }

  async stop(kind: OperationKind, name: string, cause: string): Promise<void> {
    const { execution } = this.#find(kind, name);
    if (execution.status === 'RUNNING') this.end(kind, name, { status: 'ABORTED', error: 'Cancelled', cause });
  }

  async progress({ kind, name }: Execution): Promise<OperationProgress | undefined> {
    return this.#find(kind, name).progress;
  }

  async running({ kind, name }: Execution, most: number): Promise<readonly RunningChild[]> {
    return this.#find(kind, name).children.slice(0, most);
  }

  async step({ kind, name }: Execution): Promise<string | undefined> {
    return this.#find(kind, name).step;
  }

  async answerOf({ kind, name }: Execution, state: string): Promise<Fields | undefined> {
    return this.#find(kind, name).answers.get(state);
  }

  /** How an execution ends. */
  end(kind: OperationKind, name: string, change: Partial<Execution>): void {
    const kept = this.#find(kind, name);
    kept.execution = { ...kept.execution, endedAt: this.#now(), ...change };
    kept.children = [];
  }

  /** The state in which an execution is. */
  enter(kind: OperationKind, name: string, step: string): void {
    this.#find(kind, name).step = step;
  }

  /** What a state of an execution answers. */
  answer(kind: OperationKind, name: string, state: string, output: object): void {
    this.#find(kind, name).answers.set(state, output as Fields);
  }

  /** How far the map of an execution is. */
  advance(kind: OperationKind, name: string, progress: OperationProgress, children: readonly RunningChild[]): void {
    const kept = this.#find(kind, name);
    kept.progress = progress;
    kept.children = children;
  }

  #find(kind: OperationKind, name: string): Kept {
    const kept = this.#kept.get(`${kind}.${name}`);
    if (kept === undefined) throw new Error(`no execution ${kind}.${name}`);
    return kept;
  }
}

export const arnOf = (kind: OperationKind, name: string): string =>
  `arn:aws:states:us-west-2:111122223333:execution:${kind}:${name}`;
