import type { MapState } from './definition.ts';
import { STATES_ERROR, StateFailure } from './failure.ts';
import { evaluate, type Visit, withinLimit } from './visit.ts';

/** One thing to iterate over. `key` is there when Items is an object. */
export interface Item {
  readonly index: number;
  readonly value: unknown;
  readonly key?: string;
}

/** The items of a Map: Items, or the state's input. Fails with States.QueryEvaluationError when they are no collection. */
export const readItems = async (visit: Visit<MapState>): Promise<readonly Item[]> => {
  const { state, input } = visit;
  const items = state.Items === undefined ? input : await evaluate(visit, state.Items, 'Items');
  if (Array.isArray(items)) return items.map((value: unknown, index) => ({ index, value }));
  if (typeof items !== 'object' || items === null) {
    const told = `The field 'Items' is ${JSON.stringify(items)}; an array or an object is wanted.`;
    throw new StateFailure(STATES_ERROR.queryEvaluationError, told, 'Items');
  }
  if (state.ItemSelector === undefined) {
    const told = 'The local run iterates over an object only with an ItemSelector that says what an item becomes.';
    throw new StateFailure(STATES_ERROR.runtime, told);
  }
  return Object.entries(items).map(([key, value], index) => ({ index, value, key }));
};

/** What the context object says of an item. */
export const itemContext = ({ index, value, key }: Item): Readonly<Record<string, unknown>> => ({
  Map: { Item: { Index: index, Value: value, ...(key !== undefined && { Key: key }) } },
});

/** What an iteration gets: the item, or what ItemSelector makes of it. */
export const itemInput = async (visit: Visit<MapState>, item: Item): Promise<unknown> => {
  const { state } = visit;
  if (state.ItemSelector === undefined) return item.value;
  const input = await evaluate(visit, state.ItemSelector, 'ItemSelector', { context: itemContext(item) });
  withinLimit(input, visit.name, 'selected an item');
  return input;
};
