import type { Schema } from '../lambda/contract/api-schema.ts';

/**
 * Where an answer is not of the agreed shape, in words; undefined if it is. Fields and words that are new are let through,
 * so that a newer API can be asked by an older command line.
 */
export function misfit(value: unknown, schema: Schema, path = 'the answer'): string | undefined {
  const types = [schema.type ?? []].flat() as readonly string[];
  const found = typeOf(value);
  if (types.length > 0 && !types.some((type) => type === found || (type === 'integer' && Number.isInteger(value)))) {
    return `${path}: found ${found}, wanted ${types.join(' or ')}`;
  }
  if (Array.isArray(value))
    return first(value.map((item, index) => misfit(item, schema.items ?? {}, `${path}[${index}]`)));
  return typeof value === 'object' && value !== null ? misfitFields(value, schema, path) : undefined;
}

function misfitFields(value: object, { properties = {}, required = [] }: Schema, path: string): string | undefined {
  const fields = new Map(Object.entries(value));
  const absent = required.find((name) => !fields.has(name));
  if (absent !== undefined) return `${path}.${absent}: found nothing`;
  return first(
    Object.entries(properties).map(([name, schema]) =>
      fields.has(name) ? misfit(fields.get(name), schema, `${path}.${name}`) : undefined,
    ),
  );
}

const first = (misfits: readonly (string | undefined)[]): string | undefined =>
  misfits.find((one) => one !== undefined);

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
