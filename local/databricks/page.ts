import { Refusal } from './answer.ts';
import type { Switches } from './switches.ts';

interface Page<T> {
  readonly items: readonly T[];
  /** Fields to add to the answer: tokens of the neighbouring pages. */
  readonly tokens: Readonly<Record<string, string>>;
}

/**
 * One page of a list (`page_size` 1 to 100, default 20; `page_token` opaque). The last page has no token, or an empty
 * one by switch. Size out of range and a token that was not given out are refused.
 */
export const page = <T>(items: readonly T[], query: URLSearchParams, last: Switches['lastPageToken']): Page<T> => {
  const size = pageSize(query.get('page_size'));
  const from = offset(query.get('page_token'));
  const next = from + size < items.length ? token(from + size) : last === 'empty' ? '' : undefined;
  return {
    items: items.slice(from, from + size),
    tokens: {
      ...(next === undefined ? {} : { next_page_token: next }),
      ...(from > 0 ? { prev_page_token: token(Math.max(0, from - size)) } : {}),
    },
  };
};

const pageSize = (wanted: string | null): number => {
  if (wanted === null || wanted === '0') return 20;
  const size = Number(wanted);
  if (Number.isInteger(size) && size >= 1 && size <= 100) return size;
  throw new Refusal(400, 'INVALID_PARAMETER_VALUE', `page_size must be from 1 to 100, got ${wanted}`);
};

const MARK = 'from:';

const token = (from: number): string => Buffer.from(`${MARK}${from}`).toString('base64url');

const offset = (given: string | null): number => {
  if (given === null || given === '') return 0;
  const clear = Buffer.from(given, 'base64url').toString();
  const from = Number(clear.slice(MARK.length));
  if (clear.startsWith(MARK) && Number.isInteger(from) && from >= 0) return from;
  throw new Refusal(400, 'INVALID_PARAMETER_VALUE', 'Invalid page token');
};
