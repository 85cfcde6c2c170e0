import { isObject } from './request-body.ts';

/** What was sent to the control endpoint is not what it takes. */
export class ControlInputError extends Error {
  override readonly name = 'ControlInputError';
}

export interface Kind {
  readonly wanted: string;
  readonly accepts: (value: unknown) => boolean;
}

export type Fields<T> = { readonly [Name in keyof Required<T>]: Kind };

export const TEXT: Kind = { wanted: 'a string', accepts: (value) => typeof value === 'string' };
export const NUMBER: Kind = {
  wanted: 'a number from 0',
  accepts: (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
};
export const FLAG: Kind = { wanted: 'true or false', accepts: (value) => typeof value === 'boolean' };
export const TEXTS: Kind = {
  wanted: 'a list of strings',
  accepts: (value) => Array.isArray(value) && value.every(TEXT.accepts),
};
export const TAGS: Kind = {
  wanted: 'an object of strings',
  accepts: (value) => isObject(value) && Object.values(value).every(TEXT.accepts),
};
export const oneOf = (values: readonly string[]): Kind => ({
  wanted: `one of ${values.join(', ')}`,
  accepts: (value) => typeof value === 'string' && values.includes(value),
});

export const read = <T>(value: unknown, fields: Fields<T>, required: readonly (keyof T & string)[]): T => {
  if (!isObject(value)) throw new ControlInputError('expected a JSON object');
  const kinds: Readonly<Record<string, Kind>> = fields;
  for (const [name, part] of Object.entries(value)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined)
      throw new ControlInputError(`unknown field ${name}; known: ${Object.keys(kinds).join(', ')}`);
    if (!kind.accepts(part)) throw new ControlInputError(`${name} must be ${kind.wanted}`);
  }
  const missing = required.filter((name) => value[name] === undefined);
  if (missing.length > 0) throw new ControlInputError(`missing: ${missing.join(', ')}`);
  return value as T;
};
