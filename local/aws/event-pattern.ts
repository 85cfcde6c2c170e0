import { isRecord } from './actions.ts';
import { type ValueMatcher, valueMatcher } from './event-pattern-values.ts';

/** Says whether an event matches. */
export type EventMatcher = (event: unknown) => boolean;

/**
 * Reads an event pattern. Throws InvalidEventPattern, naming the path, for everything that EventBridge or the local run
 * does not know; nothing in a pattern is skipped. Written from "Comparison operators for use in event patterns" in the
 * EventBridge User Guide.
 */
export const compilePattern = (pattern: unknown): EventMatcher => {
  if (!isRecord(pattern) || Object.keys(pattern).length === 0) {
    throw new InvalidEventPattern('', 'a pattern must be an object with at least one field');
  }
  return objectMatcher(pattern, '');
};

/** A pattern that cannot be read. */
class InvalidEventPattern extends Error {
  override readonly name = 'InvalidEventPattern';

  constructor(path: string, message: string) {
    super(`${path === '' ? '/' : path}: ${message}`);
  }
}

const objectMatcher = (pattern: Readonly<Record<string, unknown>>, path: string): EventMatcher => {
  const fields = Object.entries(pattern).map(([name, wanted]) =>
    name === '$or' ? anyOf(wanted, `${path}/$or`) : fieldMatcher(name, wanted, `${path}/${name}`),
  );
  return (event) => fields.every((matches) => matches(event));
};

/** `$or`: at least one of several patterns for the object in which it stands. */
const anyOf = (wanted: unknown, path: string): EventMatcher => {
  if (!Array.isArray(wanted) || wanted.length < 2 || !wanted.every(isRecord)) {
    throw new InvalidEventPattern(path, 'must be a list of at least two objects');
  }
  const choices = wanted.map((each, index) => objectMatcher(each, `${path}/${index}`));
  return (event) => choices.some((matches) => matches(event));
};

const fieldMatcher = (name: string, wanted: unknown, path: string): EventMatcher => {
  if (Array.isArray(wanted)) {
    const matches = leafMatcher(wanted, path);
    return (event) => matches(valueAt(event, name));
  }
  if (!isRecord(wanted) || Object.keys(wanted).length === 0) {
    throw new InvalidEventPattern(path, 'must be an object with at least one field or a list of values');
  }
  const matches = objectMatcher(wanted, path);
  // A list of objects matches by any one of its objects, and that one must match in every field.
  return (event) => {
    const value = valueAt(event, name);
    return Array.isArray(value) ? value.some(matches) : matches(value);
  };
};

const valueAt = (event: unknown, name: string): unknown =>
  isRecord(event) && Object.hasOwn(event, name) ? event[name] : undefined;

/** A list in a pattern: any of its values may match any of the values in the event. */
const leafMatcher = (wanted: readonly unknown[], path: string): ((value: unknown) => boolean) => {
  if (wanted.length === 0) throw new InvalidEventPattern(path, 'an empty list matches nothing');
  const matchers: readonly ValueMatcher[] = wanted.map((each, index) => {
    const matcher = valueMatcher(each);
    if (typeof matcher === 'string') throw new InvalidEventPattern(`${path}/${index}`, matcher);
    return matcher;
  });
  return (value) => {
    const values = leaves(value);
    return matchers.some((matcher) =>
      matcher.kind === 'presence' ? values.length > 0 === matcher.wanted : values.some(matcher.matches),
    );
  };
};

/** The plain values in a field; objects are not plain, so that `exists` is false for them ("Exists matching"). */
const leaves = (value: unknown): readonly unknown[] => {
  if (value === undefined || isRecord(value)) return [];
  return Array.isArray(value) ? value.flatMap(leaves) : [value];
};
