import type { HistoryEvent } from '../../../local/asl/history.ts';
import type { BusEvent } from '../../../local/aws/service.ts';
import { LocalClock } from '../../../local/clock.ts';
import { StepFunctions } from '../../../local/step-functions/step-functions.ts';
import type { TaskTargets } from '../../../local/step-functions/task-targets.ts';

/** Numbers that differ from one another and are the same in every run. */
const counting = (): (() => number) => {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
};

export const machineArn = (name: string): string => `arn:aws:states:us-west-2:111122223333:stateMachine:${name}`;

const NO_TARGETS: TaskTargets = {
  invokeLambda: () => Promise.reject(new Error('no Lambda is expected')),
  callAws: () => Promise.reject(new Error('no service is expected')),
};

interface Around {
  /** A clock whose real time stands still, so that only jumps move it. */
  readonly clock?: LocalClock;
  /** Hears of every event as it happens. */
  readonly hear?: (event: HistoryEvent & { readonly executionArn: string }) => void;
}

/** Step Functions in an account of its own, on a clock whose real time stands still. */
export const account = (
  targets: Partial<TaskTargets> = {},
  { clock = new LocalClock(() => 0), hear = () => undefined }: Around = {},
) => {
  const history: (HistoryEvent & { readonly executionArn: string })[] = [];
  const bus: BusEvent[] = [];
  const service = new StepFunctions({
    home: { account: '111122223333', region: 'us-west-2', partition: 'aws' },
    clock,
    random: counting(),
    targets: { ...NO_TARGETS, ...targets },
    onHistory: (event) => {
      history.push(event);
      hear(event);
    },
    onStatusChange: (event) => bus.push(event),
  });
  const add = (name: string, definition: unknown): string => {
    const arn = machineArn(name);
    const roleArn = 'arn:aws:iam::111122223333:role/rollout';
    service.addStateMachine({ name, arn, definition, roleArn, type: 'STANDARD' });
    return arn;
  };
  const call = (action: string, input: Readonly<Record<string, unknown>> = {}) =>
    service.handle(action, input) as Promise<Readonly<Record<string, unknown>>>;
  const start = async (stateMachineArn: string, more: object = {}): Promise<string> =>
    String((await call('StartExecution', { stateMachineArn, ...more })).executionArn);
  /** Waits until the execution has ended and answers its description. */
  const ended = async (executionArn: string) => {
    for (;;) {
      const described = await call('DescribeExecution', { executionArn });
      if (described.status !== 'RUNNING') return described;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const runOnce = async (definition: unknown, input: unknown = {}) =>
    ended(await start(add('once', definition), { input: JSON.stringify(input) }));
  return { service, clock, history, bus, add, call, start, ended, runOnce };
};

/** An account in which somebody is at work, so that waits last. */
export const busyAccount = () => {
  const made = account();
  made.clock.enter();
  return made;
};
