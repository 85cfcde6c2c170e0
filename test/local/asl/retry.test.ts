import { describe, expect, test } from '@jest/globals';
import { answersTo, TaskFailure } from '../../../local/asl/failure.ts';
import { retryDelayMs } from '../../../local/asl/retry.ts';
import { machine, outputOf, run } from './run-machine.ts';

const E = ['E'];
const task = (more: object) => machine({ Work: { Type: 'Task', Resource: 'r', End: true, ...more } });

/** Fails with these errors, one after the other, then succeeds. */
const failingWith = (...errors: readonly string[]) => {
  const left = [...errors];
  return async () => {
    const error = left.shift();
    if (error !== undefined) throw new TaskFailure(error, `told ${error}`);
    return 'done';
  };
};

describe('the delay before a retry', () => {
  test.each<[string, object, readonly number[]]>([
    ['1 s, doubling, when nothing is said', {}, [1_000, 2_000, 4_000, 8_000]],
    ['an interval of its own', { IntervalSeconds: 30 }, [30_000, 60_000, 120_000]],
    ['a rate of its own', { IntervalSeconds: 10, BackoffRate: 1.2 }, [10_000, 12_000, 14_400, 17_280]],
    ['the same each time', { IntervalSeconds: 5, BackoffRate: 1 }, [5_000, 5_000, 5_000]],
    ['a cap', { IntervalSeconds: 3, MaxDelaySeconds: 10 }, [3_000, 6_000, 10_000, 10_000]],
    [
      'FULL jitter of a capped delay',
      { IntervalSeconds: 3, MaxDelaySeconds: 10, JitterStrategy: 'FULL' },
      [750, 1_500, 2_500],
    ],
  ])('%s', (_name, retrier, delays) => {
    const random = () => 0.25;
    expect(delays.map((_, used) => retryDelayMs({ ErrorEquals: E, ...retrier }, used, random))).toEqual(delays);
  });
});

describe('Retry on the clock', () => {
  test.each<[string, object, readonly string[], number, string]>([
    ['three retries when nothing is said', {}, ['E', 'E', 'E'], 7_000, 'SUCCEEDED'],
    ['and no fourth', {}, ['E', 'E', 'E', 'E'], 7_000, 'FAILED'],
    ['none with MaxAttempts 0', { MaxAttempts: 0 }, ['E'], 0, 'FAILED'],
    [
      'up to the cap',
      { IntervalSeconds: 60, MaxDelaySeconds: 90, MaxAttempts: 4 },
      ['E', 'E', 'E', 'E'],
      330_000,
      'SUCCEEDED',
    ],
    ['with half the delay when the jitter draws 0.5', { JitterStrategy: 'FULL' }, ['E', 'E'], 1_500, 'SUCCEEDED'],
    ['not for another error', {}, ['F'], 0, 'FAILED'],
  ])('%s', async (_name, retrier, errors, took, status) => {
    const { outcome, took: elapsed } = await run(task({ Retry: [{ ErrorEquals: E, ...retrier }] }), {
      invoke: failingWith(...errors),
    });
    expect({ status: outcome.status, elapsed }).toEqual({ status, elapsed: took });
  });

  test('each retrier counts for itself, and RetryCount counts them all', async () => {
    const seen: unknown[] = [];
    const work = failingWith('E', 'F', 'E');
    const { outcome, took } = await run(
      task({
        Arguments: '{% $states.context.State.RetryCount %}',
        Retry: [
          { ErrorEquals: ['E'], IntervalSeconds: 1, MaxAttempts: 2 },
          { ErrorEquals: ['F'], IntervalSeconds: 100, MaxAttempts: 1 },
        ],
      }),
      {
        invoke: async (_resource, taskArguments) => {
          seen.push(taskArguments);
          return work();
        },
      },
    );
    expect({ status: outcome.status, took, seen }).toEqual({ status: 'SUCCEEDED', took: 103_000, seen: [0, 1, 2, 3] });
  });

  test('comes before Catch, which gets the last error', async () => {
    const definition = machine({
      Work: {
        Type: 'Task',
        Resource: 'r',
        Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1 }],
        Catch: [
          { ErrorEquals: ['F'], Next: 'Caught', Output: 'wrong' },
          {
            ErrorEquals: ['States.ALL'],
            Assign: { name: '{% $states.errorOutput.Error %}' },
            Output: { why: '{% $states.errorOutput.Cause %}', was: '{% $states.input %}' },
            Next: 'Caught',
          },
        ],
        End: true,
      },
      Caught: { Type: 'Pass', Output: '{% $merge([$states.input, {"name": $name}]) %}', End: true },
    });
    const output = await outputOf(definition, { input: 'in', invoke: failingWith('E', 'E') });
    expect(output).toEqual({ why: 'told E', was: 'in', name: 'E' });
  });

  test('a catcher without Output hands the error on', async () => {
    const definition = machine({
      Work: { Type: 'Task', Resource: 'r', Catch: [{ ErrorEquals: E, Next: 'Caught' }], End: true },
      Caught: { Type: 'Succeed' },
    });
    expect(await outputOf(definition, { invoke: failingWith('E') })).toEqual({ Error: 'E', Cause: 'told E' });
  });

  test('an expression that fails in a Task can be caught, and its cause names the state', async () => {
    const definition = machine({
      Work: {
        Type: 'Task',
        Resource: 'r',
        Output: '{% $states.result.absent %}',
        Catch: [
          { ErrorEquals: ['States.QueryEvaluationError'], Next: 'Caught', Output: '{% $states.errorOutput.Cause %}' },
        ],
        End: true,
      },
      Caught: { Type: 'Succeed' },
    });
    expect(await outputOf(definition)).toMatch(
      /^An error occurred while executing the state 'Work' \(entered at the event id #2\)\. /,
    );
  });
});

describe('which errors an ErrorEquals answers to', () => {
  test.each<[string, string, boolean]>([
    ['E', 'E', true],
    ['E', 'F', false],
    ['States.ALL', 'E', true],
    ['States.ALL', 'States.Timeout', true],
    ['States.ALL', 'States.Runtime', false],
    ['States.ALL', 'States.DataLimitExceeded', false],
    ['States.TaskFailed', 'E', true],
    ['States.TaskFailed', 'States.QueryEvaluationError', true],
    ['States.TaskFailed', 'States.Timeout', false],
    ['States.TaskFailed', 'States.Runtime', false],
    ['States.Timeout', 'States.Timeout', true],
    ['States.Timeout', 'States.HeartbeatTimeout', true],
    ['States.Runtime', 'States.Runtime', false],
  ])('%s and %s: %s', (name, error, answers) => {
    expect(answersTo([name], error)).toBe(answers);
  });
});
