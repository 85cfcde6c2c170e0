import { describe, expect, test } from '@jest/globals';
import { machine, outputOf, run, valueFor } from './run-machine.ts';

const failureOf = async (expression: string, input: unknown = {}) => {
  const { outcome } = await run(machine({ Only: { Type: 'Pass', Output: { v: `{% ${expression} %}` }, End: true } }), {
    input,
  });
  return outcome.status === 'FAILED' ? [outcome.error, outcome.cause] : outcome.status;
};

describe('expressions', () => {
  test.each([
    ['$partition([1..5], 2)', [[1, 2], [3, 4], [5]]],
    ['$partition([1, 2, 3], 2.9)', [[1, 2], [3]]],
    ['$range(0, 10, 5)', [0, 5, 10]],
    ['$range(3, 1, -1)', [3, 2, 1]],
    ['$range(-1.7, 1, 1)', [-1, 0, 1]],
    ['$range(4, 4, 1)', 4],
    ["$hash('abc', 'MD5')", '900150983cd24fb0d6963f7d28e17f72'],
    ["$hash('abc', 'SHA-1')", 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ['$random(7) = $random(7)', true],
    ['$random(7) = $random(8)', false],
    ['$random()', 0.5],
    ['$parse(\'{"a":[1]}\').a[0]', 1],
    ['$uuid()', '80808080-8080-4080-8080-808080808080'],
    ['$now()', '1970-01-01T00:00:00.000Z'],
    ["$now('[Y0001]')", '1970'],
    ['$millis()', 0],
  ])('%s', async (expression, value) => {
    expect(await valueFor(expression)).toEqual(value);
  });

  test('evaluates strings at any depth and leaves all other data alone', async () => {
    const Output = { deep: [{ at: ['{% $states.input.a %}', 2, null, ''] }], plain: 'a {% b', list: [] };
    const bare = { ...Output, plain: 'a' };
    expect(await outputOf(machine({ Only: { Type: 'Pass', Output: bare, End: true } }), { input: { a: 1 } })).toEqual({
      deep: [{ at: [1, 2, null, ''] }],
      plain: 'a',
      list: [],
    });
  });

  test('a null is a value, not nothing', async () => {
    expect(await valueFor('$states.input.bar', { bar: null })).toBeNull();
  });

  test('a sequence of one element collapses to a scalar unless it is wrapped', async () => {
    const input = {
      workspaces: [
        { id: 1, up: true },
        { id: 2, up: false },
      ],
    };
    expect(await valueFor('$states.input.workspaces[up].id', input)).toBe(1);
    expect(await valueFor('[$states.input.workspaces[up].id]', input)).toEqual([1]);
  });

  test('keys with a dash need quotes', async () => {
    expect(await valueFor('$states.input."key-id"', { 'key-id': 'k' })).toBe('k');
  });

  test.each([
    ['an undefined result', '$states.input.absent', 'returned nothing (undefined)'],
    ['a chunk size of zero', '$partition([1], 0)', 'returned nothing (undefined)'],
    ['a range without step', '$range(1, 3)', 'returned nothing (undefined)'],
    ['a type error', "1 + 'a'", 'must evaluate to a number'],
    ['an unknown hash', "$hash('a', 'md5')", "does not know the algorithm 'md5'"],
    ['text that is no JSON', "$parse('{')", 'JSON'],
    ['$error', "$error('no such binding')", 'no such binding'],
    ['a function as the result', 'function($x) { $x }', 'a function is not JSON'],
    ['more than 100 levels', Array(101).fill('1').join('+'), 'Stack overflow'],
  ])('%s is States.QueryEvaluationError and names the state and the field', async (_name, expression, told) => {
    const [error, cause] = await failureOf(expression);
    expect(error).toBe('States.QueryEvaluationError');
    expect(cause).toContain("An error occurred while executing the state 'Only' (entered at the event id #2).");
    expect(cause).toContain("'Output/v'");
    expect(cause).toContain(told);
  });

  test('a failed expression is recorded as EvaluationFailed', async () => {
    const { events } = await run(machine({ Only: { Type: 'Pass', Output: '{% $states.input.a %}', End: true } }));
    expect(events.map((each) => each.type)).toEqual([
      'ExecutionStarted',
      'PassStateEntered',
      'EvaluationFailed',
      'ExecutionFailed',
    ]);
    expect(events[2]?.details).toMatchObject({ location: 'Output', state: 'Only' });
  });

  test('the context object tells of the execution, the state and the machine', async () => {
    const output = await outputOf(
      machine({
        Wait: { Type: 'Wait', Seconds: 60, Next: 'Tell' },
        Tell: { Type: 'Pass', Output: '{% $states.context %}', End: true },
      }),
      { input: { a: 1 } },
    );
    expect(output).toEqual({
      Execution: {
        Id: 'arn:aws:states:us-west-2:111122223333:execution:rollout:run',
        Input: { a: 1 },
        Name: 'run',
        RoleArn: 'arn:aws:iam::111122223333:role/rollout',
        StartTime: '1970-01-01T00:00:00.000Z',
        RedriveCount: 0,
      },
      State: { EnteredTime: '1970-01-01T00:01:00.000Z', Name: 'Tell', RetryCount: 0 },
      StateMachine: { Id: 'arn:aws:states:us-west-2:111122223333:stateMachine:rollout', Name: 'rollout' },
    });
  });
});
