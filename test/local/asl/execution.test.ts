import { describe, expect, test } from '@jest/globals';
import { ExecutionStopped, TaskFailure } from '../../../local/asl/failure.ts';
import { MOST_EVENTS } from '../../../local/asl/history.ts';
import { busyClock, machine, run } from './run-machine.ts';

const task = (more: object = {}) => machine({ Work: { Type: 'Task', Resource: 'r', End: true, ...more } });
const failing = (error: string, cause?: string) => () => Promise.reject(new TaskFailure(error, cause));

describe('an execution', () => {
  test('that is stopped ends at once, and no Catch hears of it', async () => {
    const stop = new AbortController();
    const { outcome, events } = await run(
      task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Work' }], Retry: [{ ErrorEquals: ['States.ALL'] }] }),
      {
        signal: stop.signal,
        invoke: () => {
          stop.abort(new ExecutionStopped('Operator', 'enough'));
          return new Promise(() => undefined);
        },
      },
    );
    expect(outcome).toEqual({ status: 'ABORTED', error: 'Operator', cause: 'enough' });
    expect(events.map((each) => each.type).slice(-2)).toEqual(['TaskStateAborted', 'ExecutionAborted']);
  });

  test('that is stopped while it waits ends without waiting', async () => {
    const stop = new AbortController();
    const { outcome, events, took } = await run(machine({ Rest: { Type: 'Wait', Seconds: 99, End: true } }), {
      signal: stop.signal,
      onHistory: ({ type }) => {
        if (type === 'WaitStateEntered') setImmediate(() => stop.abort(new ExecutionStopped()));
      },
      // Somebody else at work keeps time from jumping past the wait.
      clock: busyClock(),
    });
    expect({ outcome, took }).toEqual({
      outcome: { status: 'ABORTED', error: undefined, cause: undefined },
      took: 0,
    });
    expect(events.at(-2)?.type).toBe('WaitStateAborted');
  });

  test('that outlives the TimeoutSeconds of its machine is TIMED_OUT, and no Catch hears of it', async () => {
    const slow = machine({ Rest: { Type: 'Wait', Seconds: 99, End: true } }, { TimeoutSeconds: 30 });
    const { outcome, took, events } = await run(slow);
    expect({ outcome, took }).toEqual({ outcome: { status: 'TIMED_OUT' }, took: 30_000 });
    expect(events.at(-1)?.type).toBe('ExecutionTimedOut');
  });

  test('that loops for ever comes to the limit on events', async () => {
    const { outcome, events } = await run(machine({ Round: { Type: 'Pass', Next: 'Round' } }));
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(events).toHaveLength(MOST_EVENTS);
  });

  test('numbers its events without gaps and chains each to the one before', async () => {
    const { events } = await run(machine({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Succeed' } }));
    expect(events.map(({ id, previousEventId, type }) => [id, previousEventId, type])).toEqual([
      [1, 0, 'ExecutionStarted'],
      [2, 0, 'PassStateEntered'],
      [3, 2, 'PassStateExited'],
      [4, 3, 'SucceedStateEntered'],
      [5, 4, 'SucceedStateExited'],
      [6, 5, 'ExecutionSucceeded'],
    ]);
  });

  test('that fails ends with ExecutionFailed and the error', async () => {
    const { events } = await run(task(), { invoke: failing('WorkspaceBusy', 'it runs') });
    expect(events.at(-1)).toMatchObject({
      type: 'ExecutionFailed',
      details: { error: 'WorkspaceBusy', cause: 'it runs' },
    });
  });
});
