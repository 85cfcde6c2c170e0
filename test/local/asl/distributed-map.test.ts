import { describe, expect, test } from '@jest/globals';
import { machine, outputOf, run, unlessNegative } from './run-machine.ts';

const WORK = { StartAt: 'Work', States: { Work: { Type: 'Task', Resource: 'r', End: true } } };
const DISTRIBUTED = { ...WORK, ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } };
const map = (more: object) => machine({ Each: { Type: 'Map', ItemProcessor: WORK, End: true, ...more } });

describe('a Distributed Map', () => {
  const distributed = (more: object) => map({ ItemProcessor: DISTRIBUTED, ...more });
  const input = [1, -1, 2, -2];

  test('answers the results of the children that succeeded, in order, while failures are tolerated', async () => {
    const tolerant = distributed({ ToleratedFailurePercentage: 50 });
    expect(await outputOf(tolerant, { input, invoke: unlessNegative })).toEqual([1, 2]);
  });

  test.each<[string, object, boolean]>([
    ['no tolerance', {}, false],
    ['a percentage that is met', { ToleratedFailurePercentage: 50 }, true],
    ['a percentage that is exceeded', { ToleratedFailurePercentage: 49 }, false],
    ['a percentage from an expression', { ToleratedFailurePercentage: '{% 25 * 2 %}' }, true],
    ['all of them', { ToleratedFailurePercentage: 100 }, true],
    ['a count that is met', { ToleratedFailureCount: 2 }, true],
    ['a count that is exceeded', { ToleratedFailureCount: 1 }, false],
    [
      'a count that is met and a percentage that is exceeded',
      { ToleratedFailureCount: 2, ToleratedFailurePercentage: 10 },
      false,
    ],
  ])('with %s', async (_name, tolerance, succeeds) => {
    const { outcome } = await run(distributed(tolerance), { input, invoke: unlessNegative });
    expect(outcome).toMatchObject(
      succeeds ? { status: 'SUCCEEDED' } : { status: 'FAILED', error: 'States.ExceedToleratedFailureThreshold' },
    );
  });

  test('past the tolerance the children that still run are stopped', async () => {
    const rest = {
      ...DISTRIBUTED,
      StartAt: 'Rest',
      States: { Rest: { Type: 'Wait', Seconds: '{% $abs($states.input) %}', Next: 'Work' }, ...WORK.States },
    };
    const { outcome, took } = await run(distributed({ ItemProcessor: rest }), {
      input: [3_600, -60],
      invoke: unlessNegative,
    });
    expect({ status: outcome.status, took }).toEqual({ status: 'FAILED', took: 60_000 });
  });

  test('its children see no outer variable, only what ItemSelector hands them', async () => {
    const definition = machine({
      First: { Type: 'Pass', Assign: { x: 1 }, Next: 'Each' },
      Each: {
        Type: 'Map',
        Items: ['a'],
        ItemSelector: { x: '{% $x %}', item: '{% $states.context.Map.Item.Value %}' },
        ItemProcessor: {
          ...DISTRIBUTED,
          StartAt: 'Own',
          States: {
            Own: { Type: 'Pass', Assign: { x: '{% $states.input.x + 1 %}' }, Next: 'Tell' },
            Tell: { Type: 'Pass', Output: '{% [$states.input.item, $x] %}', End: true },
          },
        },
        Next: 'Last',
      },
      Last: { Type: 'Pass', Output: '{% [$states.input, $x] %}', End: true },
    });
    expect(await outputOf(definition)).toEqual([['a', 2], 1]);
  });

  test('tells the parent only of the map run, and its plan', async () => {
    const { events, plans } = await run(distributed({ Label: 'workspaces', MaxConcurrency: 2 }), { input: [1, 2] });
    expect(events.map((each) => each.type)).toEqual([
      'ExecutionStarted',
      'MapStateEntered',
      'MapRunStarted',
      'MapRunSucceeded',
      'MapStateExited',
      'ExecutionSucceeded',
    ]);
    expect(plans).toEqual([
      {
        stateName: 'Each',
        label: 'workspaces',
        itemCount: 2,
        maxConcurrency: 2,
        toleratedFailureCount: 0,
        toleratedFailurePercentage: 0,
      },
    ]);
  });
});
