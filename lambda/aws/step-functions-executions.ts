import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  DescribeMapRunCommand,
  type ExecutionListItem,
  type ExecutionStatus,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  ListMapRunsCommand,
  type MapRunItemCounts,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type {
  Execution,
  ExecutionHead,
  ExecutionList,
  ExecutionPage,
  Executions,
  Fields,
  RunningChild,
} from '../app/operation-ports.ts';
import { OPERATION_KINDS, type OperationKind, type OperationProgress } from '../contract/api-answers.ts';
import { FAILURE } from '../contract/failures.ts';
import { AutomationError } from '../domain/failure.ts';
import { executionName, type OperationId } from '../domain/operation-id.ts';
import { pageUnknown } from '../domain/problem.ts';
import { errorName } from './error-name.ts';
import { unlessBusy } from './unless-busy.ts';

/** Events that are read from the end of a history to find a state: 65 tries of one state make 195. */
const MOST_EVENTS = 200;

/** Executions of the stage's state machines. `machines` holds their ARNs; a kind that the stage does not have is absent. */
export class StepFunctionsExecutions implements Executions {
  readonly #sfn: SFNClient;
  readonly #machines: Readonly<Partial<Record<OperationKind, string>>>;

  constructor(sfn: SFNClient, machines: Readonly<Partial<Record<OperationKind, string>>>) {
    this.#sfn = sfn;
    this.#machines = machines;
  }

  async start(kind: OperationKind, name: string, input: object): Promise<void> {
    const stateMachineArn = this.#machines[kind];
    if (stateMachineArn === undefined) {
      throw new AutomationError(FAILURE.bindingUnknown, `this stage has nothing that starts an operation ${kind}`);
    }
    try {
      await ask(() =>
        this.#sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) })),
      );
    } catch (error) {
      if (errorName(error) !== 'ExecutionAlreadyExists') throw error;
    }
  }

  async describe(kind: OperationKind, name: string): Promise<Execution | undefined> {
    const executionArn = this.#arn(kind, name);
    if (executionArn === undefined) return undefined;
    try {
      const found = await ask(() => this.#sfn.send(new DescribeExecutionCommand({ executionArn })));
      return executionOf(kind, found);
    } catch (error) {
      if (errorName(error) === 'ExecutionDoesNotExist') return undefined;
      throw error;
    }
  }

  idOf(executionArn: string): OperationId | undefined {
    const machineOf = (arn: string): string | undefined => arn.split(':')[6];
    const found = OPERATION_KINDS.find((kind) => {
      const machine = this.#machines[kind];
      return machine !== undefined && machineOf(machine) === machineOf(executionArn);
    });
    return found === undefined ? undefined : { kind: found, name: executionName(executionArn) };
  }

  async list(kind: OperationKind, { status, limit, next }: ExecutionPage): Promise<ExecutionList> {
    const stateMachineArn = this.#machines[kind];
    if (stateMachineArn === undefined) return { executions: [] };
    try {
      const page = await ask(() =>
        this.#sfn.send(
          new ListExecutionsCommand({
            stateMachineArn,
            maxResults: limit,
            ...(status !== undefined && { statusFilter: status as ExecutionStatus }),
            ...(next !== undefined && { nextToken: next }),
          }),
        ),
      );
      return {
        executions: (page.executions ?? []).map((one) => headOf(kind, one)),
        ...(page.nextToken !== undefined && { next: page.nextToken }),
      };
    } catch (error) {
      if (errorName(error) !== 'InvalidToken') throw error;
      throw pageUnknown('what a page of the last 24 hours answered as next');
    }
  }

  async stop(kind: OperationKind, name: string, cause: string): Promise<void> {
    const executionArn = this.#arn(kind, name);
    if (executionArn === undefined) return;
    await ask(() => this.#sfn.send(new StopExecutionCommand({ executionArn, error: 'Cancelled', cause })));
  }

  async progress({ arn }: Execution): Promise<OperationProgress | undefined> {
    const counts = await Promise.all(
      (await this.#mapRuns(arn)).map(async (mapRunArn) => {
        const run = await ask(() => this.#sfn.send(new DescribeMapRunCommand({ mapRunArn })));
        return run.itemCounts;
      }),
    );
    if (counts.length === 0) return undefined;
    const sum = (...names: readonly (keyof MapRunItemCounts)[]): number =>
      counts.reduce((all, each) => all + names.reduce((own, name) => own + (each?.[name] ?? 0), 0), 0);
    return {
      total: sum('total'),
      pending: sum('pending'),
      running: sum('running'),
      succeeded: sum('succeeded'),
      failed: sum('failed', 'timedOut', 'aborted'),
    };
  }

  async running({ arn }: Execution, most: number): Promise<readonly RunningChild[]> {
    const pages = await Promise.all(
      (await this.#mapRuns(arn)).map((mapRunArn) =>
        ask(() => this.#sfn.send(new ListExecutionsCommand({ mapRunArn, statusFilter: 'RUNNING', maxResults: most }))),
      ),
    );
    const children = pages.flatMap(({ executions = [] }) => executions).slice(0, most);
    return await Promise.all(children.map(({ executionArn }) => this.#child(executionArn ?? '')));
  }

  async step({ arn }: Execution): Promise<string | undefined> {
    return stepIn(await this.#lastEvents(arn, MOST_EVENTS));
  }

  async answerOf({ arn }: Execution, state: string): Promise<Fields | undefined> {
    const events = await this.#lastEvents(arn, MOST_EVENTS);
    const exited = events.find(({ stateExitedEventDetails: details }) => details?.name === state);
    const output = exited?.stateExitedEventDetails?.output;
    return output === undefined ? undefined : fields(output);
  }

  async #child(executionArn: string): Promise<RunningChild> {
    const [{ input, status }, events] = await Promise.all([
      ask(() => this.#sfn.send(new DescribeExecutionCommand({ executionArn }))),
      this.#lastEvents(executionArn, 20),
    ]);
    const step = stepIn(events);
    return { input: fields(input), status: status ?? 'RUNNING', ...(step !== undefined && { step }) };
  }

  /** The newest first. */
  async #lastEvents(executionArn: string, maxResults: number): Promise<readonly HistoryEvent[]> {
    const command = new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults });
    return (await ask(() => this.#sfn.send(command))).events ?? [];
  }

  async #mapRuns(executionArn: string): Promise<readonly string[]> {
    const { mapRuns = [] } = await ask(() => this.#sfn.send(new ListMapRunsCommand({ executionArn, maxResults: 20 })));
    return mapRuns.flatMap(({ mapRunArn }) => mapRunArn ?? []);
  }

  #arn(kind: OperationKind, name: string): string | undefined {
    const machine = this.#machines[kind];
    return machine === undefined ? undefined : `${machine.replace(':stateMachine:', ':execution:')}:${name}`;
  }
}

/** The state that was entered last, in events of which the newest comes first. */
const stepIn = (events: readonly HistoryEvent[]): string | undefined =>
  events.find(({ stateEnteredEventDetails: details }) => details !== undefined)?.stateEnteredEventDetails?.name;

function headOf(kind: OperationKind, found: ExecutionListItem | DescribeExecutionCommandOutput): ExecutionHead {
  const { executionArn = '', status = 'RUNNING', startDate, stopDate } = found;
  return {
    kind,
    name: executionName(executionArn),
    arn: executionArn,
    status,
    startedAt: startDate?.getTime() ?? 0,
    ...(stopDate !== undefined && { endedAt: stopDate.getTime() }),
  };
}

const executionOf = (kind: OperationKind, found: DescribeExecutionCommandOutput): Execution => ({
  ...headOf(kind, found),
  input: fields(found.input),
  ...(found.output !== undefined && { output: fields(found.output) }),
  ...(found.error !== undefined && { error: found.error }),
  ...(found.cause !== undefined && { cause: found.cause }),
});

function fields(json: string | undefined): Fields {
  const value: unknown = JSON.parse(json ?? '{}');
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

const BUSY: ReadonlySet<string> = new Set(['ThrottlingException', 'TooManyRequestsException', 'ServiceUnavailable']);

const ask = <T>(call: () => Promise<T>): Promise<T> =>
  unlessBusy(BUSY, 'Step Functions is too busy to answer; ask again in a moment', call);
