import { createRequire } from 'node:module';
import { expressionIn } from '../asl/expression.ts';
import { isObject } from '../asl/place.ts';

interface Verdict {
  readonly isValid: boolean;
  readonly errorsText: (separator: string) => string;
}

/** The package has no types of its own. */
const validate: (
  definition: unknown,
  options: { readonly checkPaths: boolean; readonly checkArn: boolean },
) => Verdict = createRequire(import.meta.url)('asl-validator');

/**
 * Data and prose, which the interpreter has checked already. asl-validator 4.0.0 refuses some of what AWS takes there:
 * empty strings, arrays as Output, expressions of more than one line, a Condition that is a plain boolean.
 */
const LEFT_OUT = new Set(['Arguments', 'Assign', 'Cause', 'Comment', 'Error', 'ItemSelector', 'Output']);

const structureOf = (value: unknown): unknown => {
  if (expressionIn(value) !== undefined) return '{% true %}';
  if (Array.isArray(value)) return value.map(structureOf);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => {
      if (key === 'States' && isObject(each)) return [[key, statesOf(each)]];
      if (LEFT_OUT.has(key)) return [];
      return [[key, key === 'Condition' ? '{% true %}' : structureOf(each)]];
    }),
  );
};

/** State names are keys too, and a state may be called Output. */
const statesOf = (states: Readonly<Record<string, unknown>>): unknown =>
  Object.fromEntries(Object.entries(states).map(([name, state]) => [name, structureOf(state)]));

/** What asl-validator finds in the structure of a definition: its transitions, names, fields and ends. */
export const structureProblems = (definition: unknown): readonly string[] => {
  const verdict = validate(structureOf(definition), { checkPaths: true, checkArn: false });
  return verdict.isValid ? [] : [`asl-validator: ${verdict.errorsText('; ')}`];
};
