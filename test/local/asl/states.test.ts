import { describe, expect, test } from '@jest/globals';
import { machine, outputOf, run } from './run-machine.ts';

const MINUTE = 60_000;
const task = (more: object = {}) => machine({ Work: { Type: 'Task', Resource: 'r', End: true, ...more } });

describe('Choice', () => {
  const choice = (more: object) =>
    machine({
      Choose: {
        Type: 'Choice',
        Choices: [
          { Condition: '{% $states.input.n = 1 %}', Next: 'Done', Output: 'one' },
          { Condition: '{% $states.input.n > 1 %}', Next: 'Done', Output: { many: '{% $states.input.n %}' } },
        ],
        ...more,
      },
      Done: { Type: 'Succeed' },
    });

  test('takes the first rule that is met, with its Output', async () => {
    expect(await outputOf(choice({}), { input: { n: 1 } })).toBe('one');
    expect(await outputOf(choice({}), { input: { n: 5 } })).toEqual({ many: 5 });
  });

  test('takes Default with the Output of the state', async () => {
    expect(await outputOf(choice({ Default: 'Done', Output: 'none' }), { input: { n: 0 } })).toBe('none');
  });

  test('without a match and without Default it fails with States.Runtime', async () => {
    const { outcome } = await run(choice({}), { input: { n: 0 } });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });

  test('a condition that is no boolean is States.QueryEvaluationError', async () => {
    const { outcome } = await run(choice({ Choices: [{ Condition: '{% 1 %}', Next: 'Done' }] }));
    expect(outcome).toMatchObject({ error: 'States.QueryEvaluationError' });
  });
});

describe('Wait', () => {
  test.each<[string, object, number]>([
    ['seconds', { Seconds: 1_200 }, 20 * MINUTE],
    ['seconds from an expression', { Seconds: '{% $states.input.s %}' }, 7_000],
    ['a point in time', { Timestamp: '1970-01-02T00:00:00Z' }, 24 * 60 * MINUTE],
    ['a point in time from an expression', { Timestamp: '{% $states.input.at %}' }, MINUTE],
    ['a point in time that has passed', { Timestamp: '1969-12-31T00:00:00Z' }, 0],
  ])('%s pass on the local clock', async (_name, more, took) => {
    const waiting = machine({ Rest: { Type: 'Wait', End: true, ...more } });
    const input = { s: 7, at: '1970-01-01T00:01:00Z' };
    expect(await run(waiting, { input })).toMatchObject({ outcome: { status: 'SUCCEEDED', output: input }, took });
  });

  test.each([{ Seconds: '{% 1.5 %}' }, { Seconds: "{% '7' %}" }, { Timestamp: "{% 'tomorrow' %}" }])(
    '%j is States.QueryEvaluationError',
    async (more) => {
      const { outcome } = await run(machine({ Rest: { Type: 'Wait', End: true, ...more } }));
      expect(outcome).toMatchObject({ error: 'States.QueryEvaluationError' });
    },
  );
});

describe('Fail', () => {
  test('ends with its Error and Cause, evaluated', async () => {
    const fail = machine({ End: { Type: 'Fail', Error: 'KeyIsGone', Cause: "{% 'key ' & $states.input.key %}" } });
    const { outcome } = await run(fail, { input: { key: 'k' } });
    expect(outcome).toEqual({ status: 'FAILED', error: 'KeyIsGone', cause: 'key k' });
  });
});

describe('variables', () => {
  test('Assign and Output both see the values from when the state was entered', async () => {
    const output = await outputOf(
      machine({
        First: { Type: 'Pass', Assign: { x: 1 }, Next: 'Second' },
        Second: { Type: 'Pass', Assign: { x: '{% $x + 1 %}', y: '{% $x %}' }, Output: '{% $x %}', Next: 'Third' },
        Third: { Type: 'Pass', Output: '{% [$states.input, $x, $y] %}', End: true },
      }),
    );
    expect(output).toEqual([1, 2, 1]);
  });

  test('an inner scope reads outer variables, and has its own for each branch', async () => {
    const branch = (name: string, value: number) => ({
      StartAt: name,
      States: {
        [name]: { Type: 'Pass', Assign: { own: value }, Next: `${name} told` },
        [`${name} told`]: { Type: 'Pass', Output: '{% [$outer, $own] %}', End: true },
      },
    });
    const output = await outputOf(
      machine({
        First: { Type: 'Pass', Assign: { outer: 1 }, Next: 'Both' },
        Both: { Type: 'Parallel', Branches: [branch('Left', 2), branch('Right', 3)], End: true },
      }),
    );
    expect(output).toEqual([
      [1, 2],
      [1, 3],
    ]);
  });
});

describe('Task', () => {
  test('gets Arguments, or else the input, and hands its result on', async () => {
    expect(await outputOf(task(), { input: { a: 1 } })).toEqual({ a: 1 });
    expect(
      await outputOf(task({ Arguments: { b: '{% $states.input.a %}' }, Output: '{% $states.result.b %}' }), {
        input: { a: 1 },
      }),
    ).toBe(1);
  });

  test('a fault without a name is States.Runtime, and nothing catches it', async () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Work' }];
    const { outcome } = await run(task({ Catch }), { invoke: () => Promise.reject(new TypeError('boom')) });
    expect(outcome).toEqual({ status: 'FAILED', error: 'States.Runtime', cause: 'the local run failed: boom' });
  });

  test('outlives its TimeoutSeconds as States.Timeout', async () => {
    const { outcome, took, events } = await run(task({ TimeoutSeconds: 90 }), {
      invoke: (_resource, _arguments, { away }) => away(new Promise(() => undefined)),
    });
    expect({ outcome, took }).toEqual({
      outcome: { status: 'FAILED', error: 'States.Timeout', cause: undefined },
      took: 90_000,
    });
    expect(events.map((each) => each.type)).toContain('TaskTimedOut');
  });

  test('a task that is quick enough leaves no trace of its time limit', async () => {
    const waiting = machine({
      Work: { Type: 'Task', Resource: 'r', TimeoutSeconds: 90, Next: 'Rest' },
      Rest: { Type: 'Wait', Seconds: 1, End: true },
    });
    expect(await run(waiting)).toMatchObject({ outcome: { status: 'SUCCEEDED' }, took: 1_000 });
  });

  test('tells its history as GetExecutionHistory names it', async () => {
    const lambda = 'arn:aws:lambda:us-west-2:111122223333:function:plan';
    const describeKey = 'arn:aws:states:::aws-sdk:kms:describeKey';
    const types = async (Resource: string) => (await run(task({ Resource }))).events.map((each) => each.type);
    expect(await types(describeKey)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    expect((await types(lambda)).slice(2, 5)).toEqual([
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
    ]);
    const { events } = await run(task({ Resource: describeKey }), { input: { KeyId: 'k' } });
    expect(events[2]?.details).toEqual({
      resourceType: 'aws-sdk:kms',
      resource: 'describeKey',
      region: 'us-west-2',
      parameters: '{"KeyId":"k"}',
    });
  });
});

describe('the 256 KiB that a state carries', () => {
  const long = (bytes: number) => 'x'.repeat(bytes - 2);

  test('are counted in bytes of JSON, at the limit and one past it', async () => {
    expect(await outputOf(task(), { invoke: async () => long(262_144) })).toHaveLength(262_142);
    const { outcome } = await run(task(), { invoke: async () => long(262_145) });
    expect(outcome).toMatchObject({ error: 'States.DataLimitExceeded' });
  });

  test('States.ALL does not catch States.DataLimitExceeded, its own name does', async () => {
    const caught = (name: string) =>
      machine({
        Work: {
          Type: 'Task',
          Resource: 'r',
          Catch: [{ ErrorEquals: [name], Next: 'Caught', Output: 'caught' }],
          End: true,
        },
        Caught: { Type: 'Succeed' },
      });
    const invoke = async () => long(262_145);
    expect((await run(caught('States.ALL'), { invoke })).outcome).toMatchObject({ error: 'States.DataLimitExceeded' });
    expect(await outputOf(caught('States.DataLimitExceeded'), { invoke })).toBe('caught');
  });
});
