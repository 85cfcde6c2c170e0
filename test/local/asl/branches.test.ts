import { describe, expect, test } from '@jest/globals';
import { TaskFailure } from '../../../local/asl/failure.ts';
import type { Invoke } from '../../../local/asl/visit.ts';
import { machine, outputOf, run, unlessNegative } from './run-machine.ts';

const WORK = { StartAt: 'Work', States: { Work: { Type: 'Task', Resource: 'r', End: true } } };
const REST = {
  StartAt: 'Rest',
  States: { Rest: { Type: 'Wait', Seconds: '{% $states.input %}', End: true } },
};
const map = (more: object) => machine({ Each: { Type: 'Map', ItemProcessor: WORK, End: true, ...more } });

/** Answers after a turn, and remembers how many were at work at once. */
const counting = () => {
  const seen = { now: 0, most: 0 };
  const invoke: Invoke = async (_resource, item) => {
    seen.now += 1;
    seen.most = Math.max(seen.most, seen.now);
    await new Promise((resolve) => setImmediate(resolve));
    seen.now -= 1;
    return item;
  };
  return { seen, invoke };
};

describe('an inline Map', () => {
  test('takes its input when there are no Items, and answers in the order of the items', async () => {
    const slowFirst = machine({ Each: { Type: 'Map', ItemProcessor: REST, End: true } });
    expect(await run(slowFirst, { input: [300, 100, 200] })).toMatchObject({
      outcome: { output: [300, 100, 200] },
      took: 300_000,
    });
  });

  test('runs at most MaxConcurrency at once, so that waits add up', async () => {
    const oneByOne = machine({ Each: { Type: 'Map', MaxConcurrency: '{% 1 %}', ItemProcessor: REST, End: true } });
    expect((await run(oneByOne, { input: [300, 100, 200] })).took).toBe(600_000);
  });

  test.each([
    [undefined, 40],
    [0, 40],
    [3, 3],
    [50, 40],
  ])('with MaxConcurrency %s runs %s at once', async (MaxConcurrency, most) => {
    const { seen, invoke } = counting();
    const input = Array.from({ length: 60 }, (_, index) => index);
    expect(await outputOf(map(MaxConcurrency === undefined ? {} : { MaxConcurrency }), { input, invoke })).toEqual(
      input,
    );
    expect(seen.most).toBe(most);
  });

  test('ItemSelector sees the item, its place and the input of the Map', async () => {
    const selected = map({
      Items: '{% $states.input.list %}',
      ItemSelector: {
        at: '{% $states.context.Map.Item.Index %}',
        item: '{% $states.context.Map.Item.Value %}',
        all: '{% $count($states.input.list) %}',
      },
    });
    expect(await outputOf(selected, { input: { list: ['a', 'b'] } })).toEqual([
      { at: 0, item: 'a', all: 2 },
      { at: 1, item: 'b', all: 2 },
    ]);
  });

  test('iterates over an object with its keys, and only with an ItemSelector', async () => {
    const keyed = map({ ItemSelector: '{% $states.context.Map.Item.Key & $states.context.Map.Item.Value %}' });
    expect(await outputOf(keyed, { input: { a: 1, b: 2 } })).toEqual(['a1', 'b2']);
    expect((await run(map({}), { input: { a: 1 } })).outcome).toMatchObject({ error: 'States.Runtime' });
  });

  test('Items that are no collection are States.QueryEvaluationError', async () => {
    expect((await run(map({}), { input: 7 })).outcome).toMatchObject({ error: 'States.QueryEvaluationError' });
  });

  test('nothing to iterate over is an empty result', async () => {
    expect(await outputOf(map({}), { input: [] })).toEqual([]);
  });

  test('one item that fails stops its siblings and fails the Map with its own error', async () => {
    const started: unknown[] = [];
    const definition = machine({
      Each: {
        Type: 'Map',
        MaxConcurrency: 2,
        ItemProcessor: {
          StartAt: 'Rest',
          States: { Rest: { Type: 'Wait', Seconds: '{% $abs($states.input) %}', Next: 'Work' }, ...WORK.States },
        },
        End: true,
      },
    });
    const { outcome, took, events } = await run(definition, {
      input: [-60, 3_600, 1],
      invoke: (...call) => {
        started.push(call[1]);
        return unlessNegative(...call);
      },
    });
    expect(outcome).toEqual({ status: 'FAILED', error: 'IsNegative', cause: 'it is -60' });
    expect({ took, started }).toEqual({ took: 60_000, started: [-60] });
    const types = events.map((each) => each.type);
    expect(types).toEqual(
      expect.arrayContaining(['MapIterationFailed', 'MapIterationAborted', 'WaitStateAborted', 'MapStateFailed']),
    );
    expect(types.filter((type) => type === 'MapIterationStarted')).toHaveLength(2);
  });

  test('an item that catches its own failure fails alone', async () => {
    const guarded = {
      Type: 'Task',
      Resource: 'r',
      Catch: [{ ErrorEquals: ['IsNegative'], Next: 'Failed' }],
      End: true,
    };
    const definition = map({
      ItemProcessor: {
        StartAt: 'Work',
        States: { Work: guarded, Failed: { Type: 'Pass', Output: '{% $states.input.Error %}', End: true } },
      },
    });
    expect(await outputOf(definition, { input: [1, -1, 2], invoke: unlessNegative })).toEqual([1, 'IsNegative', 2]);
  });

  test('retries as a whole', async () => {
    let calls = 0;
    const definition = map({ Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 10 }] });
    const invoke: Invoke = async (_resource, item) => {
      calls += 1;
      if (calls === 1) throw new TaskFailure('E');
      return item;
    };
    expect(await run(definition, { input: [1], invoke })).toMatchObject({ outcome: { output: [1] }, took: 10_000 });
  });

  test('each iteration chains its own events', async () => {
    const { events } = await run(map({}), { input: [1, 2] });
    const started = events.find((each) => each.type === 'MapStateStarted');
    const iterations = events.filter((each) => each.type === 'MapIterationStarted');
    expect(iterations.map((each) => each.previousEventId)).toEqual([started?.id, started?.id]);
  });
});

describe('Parallel', () => {
  const both = (more: object = {}) =>
    machine({ Both: { Type: 'Parallel', Branches: [WORK, rest(100)], End: true, ...more } });
  const rest = (Seconds: number) => ({ StartAt: 'Rest', States: { Rest: { Type: 'Wait', Seconds, End: true } } });

  test('runs its branches at once on the same input, and answers in their order', async () => {
    expect(await run(both(), { input: 7 })).toMatchObject({ outcome: { output: [7, 7] }, took: 100_000 });
  });

  test('hands its Arguments to every branch', async () => {
    expect(await outputOf(both({ Arguments: { a: '{% $states.input %}' } }), { input: 7 })).toEqual([
      { a: 7 },
      { a: 7 },
    ]);
  });

  test('one branch that fails stops the others', async () => {
    expect(await run(both(), { input: -1, invoke: unlessNegative })).toMatchObject({
      outcome: { error: 'IsNegative' },
      took: 0,
    });
  });

  test('catches as a whole', async () => {
    const definition = both({ Catch: [{ ErrorEquals: ['IsNegative'], Next: 'Caught' }] });
    const States = { ...definition.States, Caught: { Type: 'Pass', Output: 'caught', End: true } };
    expect(await outputOf({ ...definition, States }, { input: -1, invoke: unlessNegative })).toBe('caught');
  });
});
