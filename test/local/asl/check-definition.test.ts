import { describe, expect, test } from '@jest/globals';
import { checkDefinition, InvalidDefinition } from '../../../local/asl/check-definition.ts';
import { machine } from './run-machine.ts';

const problemsOf = (definition: unknown): readonly string[] => {
  try {
    checkDefinition(definition);
    return [];
  } catch (error) {
    if (error instanceof InvalidDefinition) return error.problems;
    throw error;
  }
};

const pass = (more: object) => machine({ Only: { Type: 'Pass', End: true, ...more } });
const task = (more: object) => machine({ Only: { Type: 'Task', Resource: 'r', End: true, ...more } });
const map = (more: object, inner: object = {}, config?: object) =>
  machine({
    Outer: { Type: 'Pass', Assign: { x: 1 }, Next: 'Each' },
    Each: {
      Type: 'Map',
      ItemProcessor: {
        ...(config && { ProcessorConfig: config }),
        StartAt: 'Inner',
        States: { Inner: { Type: 'Pass', End: true, ...inner } },
      },
      End: true,
      ...more,
    },
  });
const DISTRIBUTED = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' };

describe('a definition is refused with the place and the name of', () => {
  test.each<[string, unknown, string]>([
    ['a missing query language', { StartAt: 'A', States: { A: { Type: 'Succeed' } } }, '/: QueryLanguage is missing'],
    ['another query language', { ...pass({}), QueryLanguage: 'JSONPath' }, '/QueryLanguage: "JSONPath" is not JSONata'],
    ['a state in JSONPath', pass({ QueryLanguage: 'JSONPath' }), '/States/Only/QueryLanguage'],
    ['InputPath', pass({ InputPath: '$' }), "the field 'InputPath' is JSONPath"],
    ['Parameters', task({ Parameters: {} }), "the field 'Parameters' is JSONPath"],
    ['ResultSelector', task({ ResultSelector: {} }), "the field 'ResultSelector' is JSONPath"],
    ['Result', pass({ Result: 1 }), "the field 'Result' is JSONPath"],
    [
      'SecondsPath',
      machine({ Only: { Type: 'Wait', Seconds: 1, SecondsPath: '$.s', End: true } }),
      "'SecondsPath' is JSONPath",
    ],
    ['a key of JSONPath', pass({ Output: { 'a.$': '$.b' } }), "the key 'a.$' is JSONPath"],
    ['an unknown field', task({ Retries: [] }), "/States/Only: the field 'Retries' is not known here"],
    ['a field of another type', pass({ TimeoutSeconds: 1 }), "the field 'TimeoutSeconds' is not known here"],
    ['a field that every object inherits', task({ toString: 1 }), "the field 'toString' is not known here"],
    ['a target that every object inherits', pass({ End: undefined, Next: 'toString' }), "there is no state 'toString'"],
    ['a heartbeat', task({ HeartbeatSeconds: 5 }), "the field 'HeartbeatSeconds' is not known here"],
    ['ItemBatcher', map({ ItemBatcher: { MaxItemsPerBatch: 2 } }), "the field 'ItemBatcher' is not known here"],
    ['an unknown state type', pass({ Type: 'Activity' }), 'the state type "Activity" is not known'],
    ['a missing target', pass({ End: undefined, Next: 'Nowhere' }), "there is no state 'Nowhere'"],
    ['a missing start', { ...pass({}), StartAt: 'Nowhere' }, "/StartAt: there is no state 'Nowhere'"],
    ['a state without a way on', machine({ Only: { Type: 'Pass' } }), 'one of Next and End is wanted'],
    ['a broken expression', pass({ Output: '{% 1 + %}' }), '/States/Only/Output: '],
    ['half an expression', pass({ Output: '{% 1 + 1' }), 'half an expression'],
    ['$eval', pass({ Output: "{% $eval('1') %}" }), 'the function $eval does not exist'],
    ['an unknown function', pass({ Output: '{% $format(1) %}' }), '$format is no function'],
    ['an unknown variable', pass({ Output: '{% $x %}' }), '$x is no function, and no variable'],
    ['a bare name', pass({ Output: '{% phone %}' }), "reference to 'phone' at the top level"],
    ['the root', pass({ Output: '{% $$ %}' }), "reference to '$$' is not supported"],
    ['an unknown part of $states', pass({ Output: '{% $states.output %}' }), '$states.output holds nothing here'],
    ['a result where there is none', task({ Arguments: '{% $states.result %}' }), '$states.result holds nothing here'],
    ['an error outside Catch', task({ Output: '{% $states.errorOutput %}' }), '$states.errorOutput holds nothing here'],
    ['a task token', task({ Arguments: '{% $states.context.Task.Token %}' }), '$states.context.Task is not known'],
    ['an unknown error', task({ Retry: [{ ErrorEquals: ['States.Oops'] }] }), "no error 'States.Oops'"],
    ['States.ALL in company', task({ Retry: [{ ErrorEquals: ['States.ALL', 'E'] }] }), 'must stand alone'],
    [
      'States.ALL before others',
      task({ Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['E'] }] }),
      'must come last',
    ],
    [
      'a cap below the interval',
      task({ Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 9, MaxDelaySeconds: 9 }] }),
      'greater than',
    ],
    ['the reserved variable', pass({ Assign: { states: 1 } }), "the variable name 'states' is reserved"],
    ['an outer name assigned inside', map({}, { Assign: { x: 2 } }), "the variable 'x' exists in an outer scope"],
    [
      'an inner variable outside',
      map({ Output: '{% $y %}' }, { Assign: { y: 2 } }),
      '$y is no function, and no variable',
    ],
    [
      'an outer variable in a Distributed Map',
      map({}, { Output: '{% $x %}' }, DISTRIBUTED),
      '$x is no function, and no variable',
    ],
    ['EXPRESS children', map({}, {}, { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' }), '"EXPRESS" is not STANDARD'],
    [
      'tolerance in an inline Map',
      map({ ToleratedFailureCount: 1 }),
      "only a Distributed Map has 'ToleratedFailureCount'",
    ],
    [
      'the same state name twice',
      map({}, {}, undefined) &&
        machine({
          Inner: { Type: 'Pass', Next: 'Each' },
          Each: {
            Type: 'Map',
            ItemProcessor: { StartAt: 'Inner', States: { Inner: { Type: 'Pass', End: true } } },
            End: true,
          },
        }),
      'another state has this name',
    ],
  ])('%s', (_name, definition, told) => {
    expect(problemsOf(JSON.parse(JSON.stringify(definition)))).toEqual([expect.stringContaining(told)]);
  });

  test('everything that is wrong, at once', () => {
    expect(problemsOf(pass({ Foo: 1, Bar: 2, Output: '{% $x %}' }))).toHaveLength(3);
  });
});

describe('a definition is taken with', () => {
  test.each<[string, unknown]>([
    ['an outer variable in an inline Map', map({}, { Output: '{% $x %}' })],
    [
      'an outer variable in the ItemSelector of a Distributed Map',
      map({ ItemSelector: { x: '{% $x %}' } }, {}, DISTRIBUTED),
    ],
    ['the same variable name inside a Distributed Map', map({}, { Assign: { x: 2 } }, DISTRIBUTED)],
    [
      'names in predicates, sorts, groups and transforms',
      pass({
        Output: '{% ($a := $states.input.list[on = true]^(>rank){kind: rank}; $a ~> |$|{"b": c}|) %}',
      }),
    ],
    [
      'functions it defines itself',
      pass({ Output: '{% ($twice := function($n) { $n * 2 }; $map([1, 2], $twice)) %}' }),
    ],
    ['focus and index', pass({ Output: '{% $states.input.a@$b#$i.{"i": $i, "b": $b.c} %}' })],
    [
      'a result in Output and an error in Catch',
      task({
        Output: '{% $states.result %}',
        Catch: [{ ErrorEquals: ['E'], Next: 'Only', Output: '{% $states.errorOutput.Error %}' }],
      }),
    ],
    ['expressions over several lines', pass({ Output: '{%\n $states.input.a\n%}' })],
  ])('%s', (_name, definition) => {
    expect(problemsOf(definition)).toEqual([]);
  });

  test('resources that the caller knows, and no others', () => {
    const known = (resource: string) => (resource === 'r' ? undefined : `${resource} is not known`);
    expect(() => checkDefinition(task({}), known)).not.toThrow();
    expect(() => checkDefinition(task({ Resource: 'q' }), known)).toThrow('/States/Only/Resource: q is not known');
  });
});
