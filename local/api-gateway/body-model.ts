import ajvDraft04 from 'ajv-draft-04';
import { isRecord } from '../aws/actions.ts';
import { AwsError } from '../aws/service.ts';
import { modelMessages } from './model-messages.ts';

/** Checks a body and answers what is wrong with it; an empty list means that it adheres to the model. */
export type BodyModel = (body: string) => readonly string[];

/**
 * Keywords of draft 4 without `default` and `exclusiveMinimum`, which are "not supported by API Gateway" ("Important
 * notes for REST APIs"). ajv-draft-04 itself heeds keywords of later drafts, too.
 */
const KEYWORDS = new Set([
  ...['$schema', 'id', '$ref', 'title', 'description', 'type', 'enum', 'format', 'definitions', 'allOf', 'anyOf'],
  ...['oneOf', 'not', 'properties', 'patternProperties', 'additionalProperties', 'required', 'dependencies'],
  ...['maxProperties', 'minProperties', 'items', 'additionalItems', 'maxItems', 'minItems', 'uniqueItems'],
  ...['maxLength', 'minLength', 'pattern', 'maximum', 'exclusiveMaximum', 'minimum', 'multipleOf'],
]);

/** What is told about a body that is no JSON, an empty one included; seen in public reports, not documented. */
const NO_JSON = 'Unknown error parsing request body';

/**
 * Makes a check of a model's schema. Throws AwsError for what API Gateway does not support and for what the local run
 * does not know: keywords outside of draft 4, formats, references to other documents or models.
 */
export const compileModel = (name: string, schema: unknown): BodyModel => {
  if (!isRecord(schema)) throw refused(name, 'the schema must be an object');
  requireKnown(name, schema);
  const validate = compile(name, schema);
  return (body) => {
    const parsed = parse(body);
    if (parsed === undefined) return [NO_JSON];
    return validate(parsed.value) ? [] : modelMessages(validate.errors ?? []);
  };
};

const compile = (name: string, schema: Readonly<Record<string, unknown>>) => {
  // Patterns are ECMA 262 of draft 4's time, without the flag u; a regular expression with it refuses what that allows.
  const ajv = new ajvDraft04.default({
    ...{ strict: true, strictTypes: false, strictTuples: false, strictRequired: false },
    ...{ allErrors: true, verbose: true, unicodeRegExp: false, logger: false },
  });
  try {
    return ajv.compile(schema);
  } catch (cause) {
    throw refused(name, cause instanceof Error ? cause.message : String(cause));
  }
};

const refused = (name: string, why: string): AwsError =>
  new AwsError('BadRequestException', `the model ${name} cannot be used: ${why}`);

const parse = (body: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(body) };
  } catch {
    return undefined;
  }
};

/** Keywords whose value holds schemas by a name that is not a keyword. */
const NAMED = ['properties', 'patternProperties', 'definitions', 'dependencies'];
const NESTED = ['items', 'additionalItems', 'additionalProperties', 'not', 'allOf', 'anyOf', 'oneOf'];

const requireKnown = (name: string, schema: unknown): void => {
  if (!isRecord(schema)) return;
  const strange = Object.keys(schema).filter((keyword) => !KEYWORDS.has(keyword));
  if (strange.length > 0) throw refused(name, `API Gateway does not support ${strange.join(', ')}`);
  const named = NAMED.flatMap((keyword) => (isRecord(schema[keyword]) ? Object.values(schema[keyword]) : []));
  const nested = NESTED.flatMap((keyword) => [schema[keyword]].flat());
  for (const each of [...named, ...nested]) requireKnown(name, each);
};
