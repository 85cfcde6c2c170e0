import type { Schema } from '../lambda/contract/api-schema.ts';
import { objection } from './check-value.ts';

/**
 * Every place where a JSON value is not as the API takes it, as `network.subnetIds[0]: found ..., wanted ...`; empty if it
 * is right. Judges as the API does, so that what is wrong is told before anything is sent.
 */
export function objections(value: unknown, schema: Schema, path = ''): readonly string[] {
  const types = [schema.type ?? []].flat();
  if (types.length > 0 && !types.some((type) => isOfType(value, type))) {
    return [told(path, shown(value), wantedOf(schema))];
  }
  if (Array.isArray(value)) return listObjections(value, schema, path);
  if (isObject(value)) return fieldObjections(value, schema, path);
  if (typeof value === 'string' || typeof value === 'number') {
    const found = objection(String(value), schema);
    return found === undefined ? [] : [`${path}: ${found}`];
  }
  return [];
}

function fieldObjections(value: Fields, schema: Schema, path: string): readonly string[] {
  const { properties = {}, required = [], additionalProperties } = schema;
  const known = new Map(Object.entries(properties));
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const unknown = ([name, one]: readonly [string, unknown]): readonly string[] => {
    if (typeof additionalProperties === 'object') return objections(one, additionalProperties, at(name));
    return additionalProperties === false
      ? [told(at(name), 'an unknown field', `one of ${[...known.keys()].join(', ')}`)]
      : [];
  };
  return [
    ...required
      .filter((name) => !Object.hasOwn(value, name))
      .map((name) => told(at(name), 'nothing', wantedOf(known.get(name) ?? {}))),
    ...formObjections(value, schema, path),
    ...Object.entries(value).flatMap(([name, one]) => {
      const field = known.get(name);
      return field === undefined ? unknown([name, one]) : objections(one, field, at(name));
    }),
  ];
}

/** Which names have to be there together. */
function formObjections(value: Fields, { oneOf, anyOf }: Schema, path: string): readonly string[] {
  const fits = (sets: Schema['oneOf'] = []): number =>
    sets.filter(({ required }) => required.every((name) => Object.hasOwn(value, name))).length;
  const inWords = (sets: Schema['oneOf'] = []): string => sets.map(({ required }) => required.join(' and ')).join('; ');
  const found = Object.keys(value).join(', ') || 'no field';
  return [
    ...(oneOf !== undefined && fits(oneOf) !== 1 ? [told(path, found, `one of: ${inWords(oneOf)}`)] : []),
    ...(anyOf !== undefined && fits(anyOf) === 0 ? [told(path, found, `at least one of: ${inWords(anyOf)}`)] : []),
  ];
}

function listObjections(value: readonly unknown[], schema: Schema, path: string): readonly string[] {
  const { items = {}, minItems = 0, maxItems = value.length, uniqueItems } = schema;
  const isTwice = uniqueItems === true && new Set(value.map((one) => JSON.stringify(one))).size < value.length;
  return [
    ...(value.length < minItems || value.length > maxItems
      ? [told(path, `${value.length} of them`, `${minItems} to ${schema.maxItems ?? 'many'}`)]
      : []),
    ...(isTwice ? [told(path, 'the same item twice', 'each item once')] : []),
    ...value.flatMap((one, index) => objections(one, items, `${path}[${index}]`)),
  ];
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const CHECKS: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  null: (value) => value === null,
  integer: Number.isInteger,
};

/** The other words of JSON Schema are those of typeof. */
const isOfType = (value: unknown, type: string): boolean => CHECKS[type]?.(value) ?? typeof value === type;

const told = (path: string, found: string, wanted: string): string =>
  `${path === '' ? 'the request' : path}: found ${found}, wanted ${wanted}`;

/** Lists and objects by their kind, since they may be long. */
const shown = (value: unknown): string => {
  if (value === null) return 'null';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
};

const NOUNS: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'a list',
  string: 'a text',
  boolean: 'true or false',
  integer: 'a whole number',
};

function wantedOf({ type, enum: words, description, oneOf }: Schema): string {
  if (words !== undefined) return words.join(' or ');
  const noun = [type ?? []].flat().map((one) => NOUNS[one] ?? one);
  const forms = oneOf === undefined ? '' : ` with ${oneOf.map(({ required }) => required.join(' and ')).join(', or ')}`;
  return `${noun.join(' or ')}${forms}${description === undefined ? '' : ` (${description})`}`;
}
