import { invalid, optionalText, type Request } from '../aws/actions.ts';
import { AwsError } from '../aws/service.ts';

/** A boolean that may be there. */
export const flag = (request: Request, key: string, otherwise: boolean): boolean => {
  const value = request[key] ?? otherwise;
  if (typeof value === 'boolean') return value;
  throw invalid(`the field '${key}' must be a boolean`);
};

/** One page of a list, and the token of the next one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: { readonly nextToken?: string };
}

/**
 * Cuts a page by `maxResults` (0 means the usual 100, at most 1,000) and `nextToken`, which names the last item of the
 * page before, so that what is added meanwhile does not shift it. Throws InvalidToken for a token that names nothing.
 */
export const pageOf = <T>(list: readonly T[], request: Request, keyOf: (item: T) => string): Page<T> => {
  const asked = request.maxResults ?? 0;
  if (typeof asked !== 'number' || !Number.isInteger(asked) || asked < 0 || asked > 1_000) {
    throw invalid("the field 'maxResults' must be a number from 0 to 1000");
  }
  const token = optionalText(request, 'nextToken');
  const after = token === undefined ? -1 : list.findIndex((item) => tokenOf(keyOf(item)) === token);
  if (token !== undefined && after === -1) throw new AwsError('InvalidToken', `Invalid Token: '${token}'`);
  const items = list.slice(after + 1, after + 1 + (asked === 0 ? 100 : asked));
  const last = items.at(-1);
  const more = last !== undefined && after + 1 + items.length < list.length;
  return { items, next: more ? { nextToken: tokenOf(keyOf(last)) } : {} };
};

const tokenOf = (key: string): string => Buffer.from(key).toString('base64url');
