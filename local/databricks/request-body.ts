import { Refusal } from './answer.ts';

/** A request body as the parts read it: a JSON object. */
export type Body = Readonly<Record<string, unknown>>;

/** The body as a JSON object; an empty one is `{}`. The content type is not asked for: the curl examples send none. */
export const parseBody = (text: string): Body => {
  if (text.trim() === '') return {};
  const value = parsed(text);
  if (!isObject(value))
    throw new Refusal(400, 'MALFORMED_REQUEST', 'Could not parse request object: expected an object');
  return value;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, 'MALFORMED_REQUEST', 'Could not parse request object: invalid JSON');
  }
};

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Refuses a field that the call does not have. The real service may pass over it; a judge must not. */
export const onlyKnown = (body: Body, known: readonly string[]): void => {
  const unknown = Object.keys(body).filter((field) => !known.includes(field));
  if (unknown.length > 0) throw new Refusal(400, 'MALFORMED_REQUEST', `Unknown parameters: ${unknown.join(', ')}`);
};

/** Refuses with the text observed on the account API. */
export const required = (body: Body, fields: readonly string[]): void => {
  const missing = fields.filter((field) => body[field] === undefined || body[field] === null);
  if (missing.length > 0) {
    throw new Refusal(400, 'MALFORMED_REQUEST', `Missing required parameters: ${missing.join(', ')}`);
  }
};

/** A string, or nothing when the field is absent. */
export const optionalText = (body: Body, field: string): string | undefined => {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw invalid(field, 'a string');
  return value;
};

/** A string that must be there. */
export const text = (body: Body, field: string): string => {
  required(body, [field]);
  return optionalText(body, field) ?? '';
};

/** A boolean, or nothing when the field is absent. */
export const optionalFlag = (body: Body, field: string): boolean | undefined => {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'boolean') throw invalid(field, 'a boolean');
  return value;
};

/** A whole number within the limits, or nothing when the field is absent. */
export const optionalCount = (body: Body, field: string, least: number, most: number): number | undefined => {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    throw invalid(field, `a whole number from ${least} to ${most}`);
  }
  return value;
};

/** An object, or nothing when the field is absent. */
export const optionalObject = (body: Body, field: string): Body | undefined => {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw invalid(field, 'an object');
  return value;
};

/** An object that must be there. */
export const objectOf = (body: Body, field: string): Body => {
  required(body, [field]);
  return optionalObject(body, field) ?? {};
};

/** A list of strings, or nothing when the field is absent. */
export const optionalTexts = (body: Body, field: string): readonly string[] | undefined => {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || !value.every((part) => typeof part === 'string')) {
    throw invalid(field, 'a list of strings');
  }
  return value;
};

/** Tags: an object of strings, or nothing when the field is absent. */
export const optionalTags = (body: Body, field: string): Readonly<Record<string, string>> | undefined => {
  const tags = optionalObject(body, field);
  if (tags === undefined) return undefined;
  if (!Object.values(tags).every((tag) => typeof tag === 'string')) throw invalid(field, 'an object of strings');
  return tags as Readonly<Record<string, string>>;
};

const invalid = (field: string, wanted: string): Refusal =>
  new Refusal(400, 'INVALID_PARAMETER_VALUE', `Parameter ${field} must be ${wanted}`);
