import { isRecord } from '../aws/actions.ts';

/** What ajv says of one violation, with `verbose`. */
interface Violation {
  readonly keyword: string;
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly schema?: unknown;
  readonly data?: unknown;
  readonly message?: string;
}

/**
 * What is wrong with a body in the words of API Gateway, as `$context.error.validationErrorString` holds them. They are
 * not documented; these are known from public reports. What is not here comes in ajv's words.
 */
export const modelMessages = (violations: readonly Violation[]): readonly string[] => {
  const told = new Set<string>();
  for (const violation of violations) told.add(messageOf(violation, violations));
  return [...told];
};

const messageOf = (violation: Violation, all: readonly Violation[]): string => {
  const message = Object.hasOwn(MESSAGES, violation.keyword) ? MESSAGES[violation.keyword] : undefined;
  return message?.(violation, all) ?? `${violation.instancePath} ${violation.message}`.trim();
};

type Message = (violation: Violation, all: readonly Violation[]) => string;

const json = (value: unknown): string => JSON.stringify(value);

const length = (data: unknown): number => {
  if (typeof data === 'string') return [...data].length;
  if (Array.isArray(data)) return data.length;
  return isRecord(data) ? Object.keys(data).length : 0;
};

/** ajv tells each property by itself, API Gateway all those of an object at once. */
const together = (violation: Violation, all: readonly Violation[], parameter: string): string => {
  const { keyword, instancePath, schemaPath } = violation;
  const same = all.filter(
    (each) => each.keyword === keyword && each.instancePath === instancePath && each.schemaPath === schemaPath,
  );
  return json(same.map((each) => String(each.params[parameter])).toSorted());
};

const typeOf = (data: unknown): string => {
  if (data === null) return 'null';
  if (Array.isArray(data)) return 'array';
  if (typeof data === 'number') return Number.isInteger(data) ? 'integer' : 'number';
  return typeof data;
};

/** A number may be an integer, too. */
const allowedTypes = (schema: unknown): readonly unknown[] =>
  [schema].flat().flatMap((type) => (type === 'number' ? ['integer', 'number'] : [type]));

const MESSAGES: Readonly<Record<string, Message>> = {
  additionalProperties: (violation, all) =>
    `object instance has properties which are not allowed by the schema: ${together(violation, all, 'additionalProperty')}`,
  anyOf: ({ schema }) => `instance failed to match at least one required schema among ${[schema].flat().length}`,
  enum: ({ data, schema }) => `instance value (${json(data)}) not found in enum (possible values: ${json(schema)})`,
  maximum: ({ data, schema }) =>
    `numeric instance is greater than the required maximum (maximum: ${schema}, found: ${data})`,
  maxItems: ({ data, schema }) =>
    `array is too long: must have at most ${schema} elements but instance has ${length(data)} elements`,
  maxLength: ({ data, schema }) =>
    `string ${json(data)} is too long (length: ${length(data)}, maximum allowed: ${schema})`,
  minimum: ({ data, schema }) =>
    `numeric instance is lower than the required minimum (minimum: ${schema}, found: ${data})`,
  minItems: ({ data, schema }) =>
    `array is too short: must have at least ${schema} elements but instance has ${length(data)} elements`,
  minLength: ({ data, schema }) =>
    `string ${json(data)} is too short (length: ${length(data)}, required minimum: ${schema})`,
  oneOf: ({ params, schema }) => {
    const matched = Array.isArray(params.passingSchemas) ? params.passingSchemas.length : 0;
    return `instance failed to match exactly one schema (matched ${matched} out of ${[schema].flat().length})`;
  },
  pattern: ({ data, schema }) => `ECMA 262 regex ${json(schema)} does not match input string ${json(data)}`,
  required: (violation, all) =>
    `object has missing required properties (${together(violation, all, 'missingProperty')})`,
  type: ({ data, schema }) =>
    `instance type (${typeOf(data)}) does not match any allowed primitive type (allowed: ${json(allowedTypes(schema))})`,
  uniqueItems: () => 'array must not contain duplicate elements',
};
