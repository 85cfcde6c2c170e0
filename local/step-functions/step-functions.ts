import type { HistoryEvent } from '../asl/history.ts';
import { uuidFrom } from '../asl/uuid.ts';
import { type Actions, invalid, optionalText, perform, type Request, text } from '../aws/actions.ts';
import type { Home } from '../aws/home.ts';
import { AwsError, type AwsService, type BusEvent } from '../aws/service.ts';
import type { LocalClock } from '../clock.ts';
import * as answer from './answers.ts';
import { checkArn, executionArn } from './arns.ts';
import { type ExecutionRecord, Executions, statusOf } from './executions.ts';
import { type MapRunRecord, MapRunRecords } from './map-run-records.ts';
import { flag, pageOf } from './requests.ts';
import { checkInput, checkName, sameStart } from './start-request.ts';
import { checkStateMachine, type NewStateMachine, type StateMachine } from './state-machines.ts';
import { statusChange } from './status-change.ts';
import { invokeResources } from './task-resources.ts';
import type { TaskTargets } from './task-targets.ts';

/** What the service is made from. `random` answers numbers from 0 up to but excluding 1. */
export interface StepFunctionsSettings {
  readonly home: Home;
  readonly clock: LocalClock;
  readonly random: () => number;
  readonly targets: TaskTargets;
  /** Called for every event of every execution, children of Distributed Maps included, as it happens. */
  readonly onHistory?: (event: HistoryEvent & { readonly executionArn: string }) => void;
  /** Called with the event for the default bus when an execution starts and when it has ended. */
  readonly onStatusChange?: (event: BusEvent) => void;
}

const STATUSES = new Set(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']);

/**
 * Step Functions (JSON 1.0, target prefix `AWSStepFunctions`), STANDARD machines with JSONata only. Written from the
 * API reference; actions and fields that are not here are refused by name.
 */
export class StepFunctions implements AwsService {
  readonly #home: Home;
  readonly #clock: LocalClock;
  readonly #random: () => number;
  readonly #machines = new Map<string, StateMachine>();
  readonly #executions: Executions;
  readonly #mapRuns: MapRunRecords;

  constructor(settings: StepFunctionsSettings) {
    const { home, clock, random, targets } = settings;
    this.#home = home;
    this.#clock = clock;
    this.#random = random;
    this.#mapRuns = new MapRunRecords(home, clock, random);
    const nesting = {
      start: (request: Request) => this.#start(request),
      stop: (record: ExecutionRecord) => this.#executions.stop(record.arn),
    };
    this.#executions = new Executions({
      clock,
      random,
      invoke: invokeResources({ home, targets, nesting, service: this }),
      mapRunsOf: (record) => this.#mapRuns.within(record, this.#executions),
      onHistory: settings.onHistory ?? (() => undefined),
      onStatus: (record) => settings.onStatusChange?.(statusChange(record, { home, now: clock.now(), random })),
    });
  }

  /**
   * Adds a state machine, or replaces the one with its ARN. Throws InvalidDefinition with everything that the local
   * run does not know or that is wrong.
   */
  addStateMachine(machine: NewStateMachine): void {
    this.#machines.set(machine.arn, checkStateMachine(machine, this.#clock.now()));
  }

  handle(action: string, input: Request): Promise<unknown> {
    return perform('states', this.#actions, action, input);
  }

  readonly #actions: Actions = {
    ListStateMachines: {
      fields: ['maxResults', 'nextToken'],
      run: (request) => {
        const { items, next } = pageOf([...this.#machines.values()], request, (machine) => machine.arn);
        return { stateMachines: items.map(answer.stateMachineItem), ...next };
      },
    },
    DescribeStateMachine: {
      fields: ['stateMachineArn'],
      run: (request) => answer.describeStateMachine(this.#machine(text(request, 'stateMachineArn'))),
    },
    StartExecution: {
      fields: ['stateMachineArn', 'name', 'input', 'traceHeader'],
      run: (request) => {
        const record = this.#start(request);
        return { executionArn: record.arn, startDate: answer.seconds(record.startedAt) };
      },
    },
    DescribeExecution: {
      fields: ['executionArn'],
      run: (request) => answer.describeExecution(this.#execution(text(request, 'executionArn'))),
    },
    StopExecution: {
      fields: ['executionArn', 'error', 'cause'],
      run: (request) => this.#stop(request),
    },
    ListExecutions: {
      fields: ['stateMachineArn', 'mapRunArn', 'statusFilter', 'maxResults', 'nextToken'],
      run: (request) => {
        const { items, next } = pageOf(this.#listed(request), request, (record) => record.arn);
        return { executions: items.map(answer.executionItem), ...next };
      },
    },
    GetExecutionHistory: {
      fields: ['executionArn', 'reverseOrder', 'includeExecutionData', 'maxResults', 'nextToken'],
      run: (request) => {
        const { history } = this.#execution(text(request, 'executionArn'));
        const events = flag(request, 'reverseOrder', false) ? history.toReversed() : history;
        const withData = flag(request, 'includeExecutionData', true);
        const { items, next } = pageOf(events, request, (event) => String(event.id));
        return { events: items.map((event) => answer.historyEvent(event, withData)), ...next };
      },
    },
    ListMapRuns: {
      fields: ['executionArn', 'maxResults', 'nextToken'],
      run: (request) => {
        const { arn } = this.#execution(text(request, 'executionArn'));
        const { items, next } = pageOf(this.#mapRuns.of(arn), request, (run) => run.arn);
        return { mapRuns: items.map(answer.mapRunItem), ...next };
      },
    },
    DescribeMapRun: {
      fields: ['mapRunArn'],
      run: (request) => answer.describeMapRun(this.#mapRun(text(request, 'mapRunArn'))),
    },
  };

  #machine(arn: string): StateMachine {
    const machine = this.#machines.get(checkArn(arn, 'stateMachine'));
    if (machine !== undefined) return machine;
    throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  }

  #execution(arn: string): ExecutionRecord {
    const record = this.#executions.find(checkArn(arn, 'execution'));
    if (record !== undefined) return record;
    throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  }

  #mapRun(arn: string): MapRunRecord {
    const run = this.#mapRuns.find(checkArn(arn, 'mapRun'));
    if (run !== undefined) return run;
    throw new AwsError('ResourceNotFound', `Map Run Does Not Exist: '${arn}'`);
  }

  #start(request: Request): ExecutionRecord {
    const machine = this.#machine(text(request, 'stateMachineArn'));
    const name = checkName(optionalText(request, 'name') ?? uuidFrom(this.#random));
    const input = checkInput(optionalText(request, 'input') ?? '{}');
    const arn = executionArn(this.#home, machine.name, name);
    const earlier = this.#executions.find(arn);
    if (sameStart(earlier, input, this.#clock.now())) return earlier;
    const { definition, roleArn } = machine;
    const stateMachine = { arn: machine.arn, name: machine.name };
    return this.#executions.launch({ arn, name, stateMachine, roleArn, definition, input });
  }

  async #stop(request: Request): Promise<unknown> {
    const record = this.#execution(text(request, 'executionArn'));
    this.#executions.stop(record.arn, optionalText(request, 'error'), optionalText(request, 'cause'));
    await record.ended;
    return { stopDate: answer.seconds(record.stoppedAt ?? this.#clock.now()) };
  }

  #listed(request: Request): readonly ExecutionRecord[] {
    const [machineArn, runArn, status] = ['stateMachineArn', 'mapRunArn', 'statusFilter'].map((key) =>
      optionalText(request, key),
    );
    if ((machineArn === undefined) === (runArn === undefined)) {
      throw invalid('one of stateMachineArn and mapRunArn is wanted');
    }
    if (status !== undefined && !STATUSES.has(status)) throw invalid(`there is no status '${status}'`);
    const own =
      machineArn === undefined
        ? this.#mapRun(runArn ?? '').children.toReversed()
        : this.#executions.all().filter((each) => each.stateMachine.arn === this.#machine(machineArn).arn);
    return own.filter((each) => status === undefined || statusOf(each) === status);
  }
}
