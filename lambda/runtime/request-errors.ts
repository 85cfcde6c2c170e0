import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { FieldError } from '../contract/api-answers.ts';
import type { Schema } from '../contract/api-schema.ts';
import { wrong } from '../domain/parse.ts';

/** A request with more mistakes than these is told of the first ones. */
const MOST_ERRORS = 20;
const LONGEST_NAME = 80;
const UNKNOWN_FIELD = 'an unknown field';

/** Checks values against a schema and names every place that is wrong. */
export type Check = (value: unknown, at: string) => readonly FieldError[];

/** Compiles a schema once. */
export function checkOf(schema: Schema): Check {
  const validate: ValidateFunction = new Ajv({
    allErrors: true,
    verbose: true,
    strict: true,
    strictRequired: false,
  }).compile(schema);
  return (value, at) => {
    if (validate(value)) return [];
    const told = (validate.errors ?? []).filter(({ schemaPath }) => !/\/(?:one|any)Of\/\d+\//.test(schemaPath));
    const all = told.slice(0, MOST_ERRORS).map((error) => fieldError(error, at));
    return all.filter((one, index) => all.findIndex((other) => isSame(one, other)) === index);
  };
}

/** A value of another type is none of the words of an enum, either: that is one mistake. */
const isSame = (one: FieldError, other: FieldError): boolean => one.path === other.path && one.wanted === other.wanted;

/** Where a mistake is, for the log: without the name of an unknown field, which may be anything that was pasted there. */
export const placeOf = ({ path, found }: FieldError): string =>
  found === UNKNOWN_FIELD ? `${path.split('.')[0]}: ${found}` : path;

function fieldError(error: ErrorObject, at: string): FieldError {
  const path = `${at}${error.instancePath.replace(/\/(\d+)/g, '[$1]').replaceAll('/', '.')}`;
  const parent = error.parentSchema as Schema;
  const params = error.params as Readonly<Record<string, unknown>>;
  switch (error.keyword) {
    case 'additionalProperties': {
      const known = Object.keys(parent.properties ?? {}).join(', ');
      return {
        path: `${path}.${short(params.additionalProperty)}`,
        found: UNKNOWN_FIELD,
        wanted: known === '' ? 'nothing here' : `one of ${known}`,
      };
    }
    case 'required': {
      const name = String(params.missingProperty);
      return { path: `${path}.${name}`, found: 'nothing', wanted: wantedOf(parent.properties?.[name] ?? {}) };
    }
    case 'oneOf':
    case 'anyOf':
      return { path, found: namesOf(error.data), wanted: setsOf(error.keyword, parent) };
    case 'uniqueItems':
      return { path, found: 'the same item twice', wanted: 'each item once' };
    default:
      return { path, found: foundIn(error.data), wanted: wantedOf(parent) };
  }
}

/** How a value is shown: as everywhere in this product, and never at full length. */
const foundIn = (value: unknown): string => /: found (.*), wanted $/s.exec(wrong('', value, '').message)?.[1] ?? '';

const namesOf = (value: unknown): string =>
  typeof value === 'object' && value !== null ? Object.keys(value).map(short).join(', ') || 'no field' : foundIn(value);

const setsOf = (keyword: 'oneOf' | 'anyOf', { oneOf = [], anyOf = [] }: Schema): string => {
  const sets = [...oneOf, ...anyOf].map(({ required }) => required.join(' and '));
  return `${keyword === 'oneOf' ? 'one' : 'at least one'} of: ${sets.join('; ')}`;
};

function wantedOf({ description, enum: values, type, minItems, maxItems, minimum, maximum, pattern }: Schema): string {
  if (values !== undefined) return `one of ${values.join(', ')}`;
  const kind = String(type === 'array' ? `a list of ${minItems ?? 0} to ${maxItems ?? 'many'}` : type);
  const range = minimum === undefined ? '' : ` from ${minimum}${maximum === undefined ? '' : ` to ${maximum}`}`;
  const form = pattern === undefined ? '' : ` like ${pattern}`;
  return `${kind}${range}${form}${description === undefined ? '' : ` (${description})`}`;
}

const short = (name: unknown): string => {
  const text = String(name);
  return text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME - 3)}...` : text;
};
