import fc from 'fast-check';
import type { Schema } from '../../lambda/contract/api-schema.ts';
import type { ApiRequest } from './api-client.ts';

interface Reference {
  readonly $ref: string;
}

interface DescribedParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: Schema;
}

interface DescribedOperation {
  readonly operationId: string;
  readonly parameters?: readonly DescribedParameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Reference }>> };
  readonly responses: Readonly<Record<string, Reference | object>>;
}

/** As much of an OpenAPI document as requests are made of. */
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, object>>;
  };
}

/** A request with the operation that it was made from. */
export interface MadeRequest {
  readonly operation: DescribedOperation;
  readonly request: ApiRequest;
}

/** Values that lead further than random ones, by the name of a field or parameter. */
export type Known = Readonly<Record<string, readonly string[]>>;

/** Requests as the document describes them, and ones that are wrong in one or several places. */
export function requestsOf(document: OpenApiDocument, known: Known): fc.Arbitrary<MadeRequest> {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  return fc.oneof(...operations.map((one) => requestOf(one, document, known)));
}

function requestOf(
  {
    path,
    method,
    operation,
  }: { readonly path: string; readonly method: string; readonly operation: DescribedOperation },
  { components: { schemas } }: OpenApiDocument,
  known: Known,
): fc.Arbitrary<MadeRequest> {
  const { parameters = [], requestBody } = operation;
  const named = (place: DescribedParameter['in']) => parameters.filter((parameter) => parameter.in === place);
  const schema = schemas[requestBody?.content['application/json']?.schema.$ref.split('/').at(-1) ?? ''];
  return fc
    .record({
      ids: fc.record(recordOf(named('path'), known, PATH_TEXT)),
      query: fc.record(recordOf(named('query'), known, ANY_TEXT), { requiredKeys: [] }),
      extra: rarely(fc.dictionary(fc.stringMatching(/^[a-zA-Z.$[\]-]{1,12}$/), ANY_TEXT, { maxKeys: 2 })),
      headers: fc.record(recordOf(named('header'), known, HEADER_TEXT), { requiredKeys: [] }),
      type: schema === undefined ? fc.constant('application/json') : CONTENT_TYPE,
      body: schema === undefined ? rarely(BODY_TEXT) : bodyOf(schema, known),
    })
    .map(({ ids, query, extra, headers, type, body }) => ({
      operation,
      request: {
        method,
        path: path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(String(ids[name]))),
        query: present({ ...query, ...extra }),
        headers: { ...present(headers), ...(body !== undefined && { 'content-type': type }) },
        ...(body !== undefined && { body }),
      },
    }));
}

const ANY_TEXT = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.string({ unit: 'binary-ascii', maxLength: 30 }),
);
/** Of no segment that a path could go back by. */
const PATH_TEXT = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 90 }).filter((text) => !/^\.+$/.test(text));
const HEADER_TEXT = fc.stringMatching(/^[\x21-\x7e]([\x20-\x7e]{0,140}[\x21-\x7e])?$/);
const BODY_TEXT = fc.oneof(
  fc.json(),
  ANY_TEXT,
  fc.integer({ min: 1, max: 20_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
);
const CONTENT_TYPE = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom('application/json', 'application/json; charset=utf-8') },
  { weight: 1, arbitrary: HEADER_TEXT },
);

const present = (texts: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(texts).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])));

const rarely = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const recordOf = (
  parameters: readonly DescribedParameter[],
  known: Known,
  broken: fc.Arbitrary<string>,
): Record<string, fc.Arbitrary<string>> =>
  Object.fromEntries(
    parameters.map(({ name, schema }) => [
      name,
      fc.oneof({ weight: 4, arbitrary: right(schema, name, known).map(String) }, { weight: 1, arbitrary: broken }),
    ]),
  );

/** A right body, one with a wrong, missing or unknown field, or something else. */
export const bodyOf = (schema: Schema, known: Known): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 4, arbitrary: right(schema, '', known).map((body) => JSON.stringify(body)) },
    {
      weight: 4,
      arbitrary: fc
        .tuple(
          right(schema, '', known),
          fc.constantFrom(...Object.keys(schema.properties ?? {}), 'surprise'),
          fc.jsonValue(),
        )
        .map(([body, name, value]) => JSON.stringify({ ...(body as object), [name]: value })),
    },
    { weight: 1, arbitrary: BODY_TEXT },
  );

/** Values that the schema allows. */
function right(schema: Schema, name: string, known: Known): fc.Arbitrary<unknown> {
  const values = known[name] ?? [];
  const made = byType(schema, name, known);
  return values.length === 0 ? made : fc.oneof(made, fc.constantFrom(...values));
}

interface Sets {
  readonly wanted: readonly string[];
  /** Names that would make another set complete, too. */
  readonly without: readonly string[];
}

const requiredSets = ({ required = [], oneOf, anyOf }: Schema): readonly Sets[] => {
  const sets = oneOf ?? anyOf;
  if (sets === undefined) return [{ wanted: required, without: [] }];
  return sets.map((set) => ({
    wanted: [...required, ...set.required],
    without: oneOf === undefined ? [] : sets.filter((one) => one !== set).flatMap((one) => one.required),
  }));
};

const objectOf = (schema: Schema, { wanted, without }: Sets, known: Known): fc.Arbitrary<object> =>
  fc.record(
    Object.fromEntries(
      Object.entries(schema.properties ?? {})
        .filter(([field]) => !without.includes(field))
        .map(([field, one]) => [field, right(one, field, known)]),
    ),
    { requiredKeys: [...wanted] },
  );

function byType(schema: Schema, name: string, known: Known): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch ([schema.type].flat()[0]) {
    case 'object':
      return fc.oneof(...requiredSets(schema).map((sets) => objectOf(schema, sets, known)));
    case 'array':
      return fc.uniqueArray(right(schema.items ?? {}, name, known), {
        ...{ minLength: schema.minItems ?? 0, maxLength: Math.min(schema.maxItems ?? 3, 3) },
      });
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -1_000, max: schema.maximum ?? 1_000 });
    case 'boolean':
      return fc.boolean();
    case 'string':
      return schema.pattern === undefined
        ? fc.string({ minLength: schema.minLength ?? 0, maxLength: Math.min(schema.maxLength ?? 40, 40) })
        : fc
            .stringMatching(new RegExp(schema.pattern), { maxLength: schema.maxLength ?? 2_048 })
            .filter((text) => text.length >= (schema.minLength ?? 0));
    default:
      return fc.jsonValue();
  }
}
