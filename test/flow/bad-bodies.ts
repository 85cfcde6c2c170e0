import type { Schema } from '../../lambda/contract/api-schema.ts';

/** A value that a schema refuses, and where. */
export interface BadValue {
  readonly what: string;
  readonly value: unknown;
  readonly path: string;
}

/** One wrong body for each rule of a schema that a body of one field alone can break. */
export function badBodies(schema: Schema): readonly BadValue[] {
  const { properties = {}, required = [] } = schema;
  return [
    ...['text', 7, true, null, [], [{}]].map((value) => ({
      ...{ what: `${JSON.stringify(value)} instead of an object`, value, path: 'body' },
    })),
    { what: 'an unknown field', value: { surprise: 1 }, path: 'body.surprise' },
    { what: 'a field of the prototype', value: JSON.parse('{"__proto__":{"x":1}}'), path: 'body.__proto__' },
    { what: 'the constructor', value: { constructor: {} }, path: 'body.constructor' },
    ...required.map((name) => ({ what: `no ${name}`, value: {}, path: `body.${name}` })),
    ...Object.entries(properties).flatMap(([name, property]) =>
      badValues(property).map(({ what, value, path }) => ({
        ...{ what: `${name}: ${what}`, value: { [name]: value }, path: `body.${name}${path}` },
      })),
    ),
  ];
}

function badValues(schema: Schema): readonly BadValue[] {
  const here = (what: string, value: unknown): BadValue => ({ what, value, path: '' });
  return [
    // Of an object, the field is what is wrong.
    { ...here('an object', { a: 1 }), path: schema.type === 'object' ? '.a' : '' },
    ...(schema.type === 'array' ? [] : [here('nested lists', nested(50))]),
    ...([schema.type].flat().includes('null') ? [] : [here('null', null)]),
    ...(schema.enum === undefined ? [] : [here('none of the words', 'SOMETHING_ELSE')]),
    ...byType(schema).map(([what, value]) => here(what, value)),
    ...(schema.items === undefined
      ? []
      : badValues(schema.items).map(({ what, value, path }) => ({
          ...{ what: `an item that is ${what}`, value: [value], path: `[0]${path}` },
        }))),
  ];
}

function byType({
  type,
  maxLength,
  pattern,
  minItems,
  maxItems,
  minimum,
  maximum,
}: Schema): readonly [string, unknown][] {
  switch (type) {
    case 'string':
      return [
        ['a number', 7],
        ...(maxLength === undefined && pattern === undefined
          ? []
          : ([
              ['empty', ''],
              ['much too long', 'a'.repeat(5_000)],
              ['of characters that break lines', 'a\r\nb\u0000\u202e'],
            ] as const satisfies readonly [string, unknown][])),
      ];
    case 'boolean':
      return [
        ['a word', 'true'],
        ['a number', 1],
      ];
    case 'integer':
      return [
        ['a text', '1'],
        ['a fraction', 1.5],
        ...(minimum === undefined ? [] : ([['too little', minimum - 1]] as [string, unknown][])),
        ...(maximum === undefined ? [] : ([['too much', maximum + 1]] as [string, unknown][])),
      ];
    case 'array':
      return [
        ['a text', 'one'],
        ...(minItems === undefined ? [] : ([['empty', []]] as [string, unknown][])),
        ...(maxItems === undefined
          ? []
          : ([['too many', Array.from({ length: maxItems + 1 }, (_, index) => `a${index}`)]] as [string, unknown][])),
      ];
    default:
      return [];
  }
}

/** A list in a list, and so on. */
function nested(depth: number): unknown {
  let value: unknown = [];
  for (let level = 1; level < depth; level += 1) value = [value];
  return value;
}

/** Bodies that are no JSON objects as texts. */
export const BAD_TEXTS: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['blanks', ' \r\n\t '],
  ['text that is no JSON', '{"bindingId": managed}'],
  ['JSON that ends too early', '{"bindingId":"man'],
  ['JSON after a byte order mark', '\ufeff{}'],
  ['two values', '{}{}'],
  ['a list in ten thousand lists', '['.repeat(10_000) + ']'.repeat(10_000)],
  ['ten thousand lists without an end', '['.repeat(10_000)],
  ['an object in ten thousand objects', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
];
