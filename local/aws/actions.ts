import { AwsError, unknownAction } from './service.ts';

/** A parsed request, as it comes over the wire: blobs in base64, times in seconds since the epoch. */
export type Request = Readonly<Record<string, unknown>>;

/** What a service can do: each action with the request fields it heeds. */
export type Actions = Readonly<Record<string, Action>>;

interface Action {
  /** Fields that are heeded, or that change nothing here. Any other field is refused by name. */
  readonly fields: readonly string[];
  readonly run: (request: Request) => unknown;
}

/**
 * Runs one action of a service. Throws AwsError: UnknownOperationException for an action that is not in the table,
 * ValidationException for a request field that the local run does not heed.
 */
export const perform = async (
  service: string,
  actions: Actions,
  action: string,
  request: Request,
): Promise<unknown> => {
  const known = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (known === undefined) throw unknownAction(service, action);
  const strange = Object.keys(request).filter((field) => request[field] !== undefined && !known.fields.includes(field));
  if (strange.length > 0) throw invalid(`the local run does not know ${strange.join(', ')} of ${service}:${action}`);
  return known.run(request);
};

/** The answer to a request that is wrong in itself. */
export const invalid = (message: string): AwsError => new AwsError('ValidationException', message);

/** A text that must be there. Throws ValidationException. */
export const text = (request: Request, field: string): string => {
  const value = optionalText(request, field);
  if (value === undefined || value === '') throw invalid(`${field} is wanted`);
  return value;
};

/** A text that may be absent. Throws ValidationException for anything else than text. */
export const optionalText = (request: Request, field: string): string | undefined => {
  const value = request[field];
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined;
  throw invalid(`${field} must be text`);
};

/** A whole number from `least` to `most`, or undefined. Throws ValidationException. */
export const optionalCount = (
  request: Request,
  field: string,
  { least, most }: { readonly least: number; readonly most: number },
): number | undefined => {
  const value = request[field];
  if (value === undefined || value === null) return undefined;
  const number = Number(value);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw invalid(`${field} is ${String(value)}; it must be a whole number from ${least} to ${most}`);
};

/** A list of objects; empty when the field is absent. Throws ValidationException. */
export const objects = (request: Request, field: string): readonly Request[] => {
  const value = request[field] ?? [];
  if (Array.isArray(value) && value.every(isRecord)) return value;
  throw invalid(`${field} must be a list of objects`);
};

/** True for a JSON object: neither null nor a list. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
