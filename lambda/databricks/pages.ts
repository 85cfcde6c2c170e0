import { FAILURE } from '../contract/failures.ts';
import { AutomationError } from '../domain/failure.ts';
import type { Field } from './field.ts';
import type { DatabricksCall, DatabricksHttp } from './http.ts';

export interface PagedList {
  readonly path: string;
  readonly query?: DatabricksCall['query'];
  /** Member that holds the items; Databricks leaves it out where there are none. */
  readonly list: string;
}

const PAGE_SIZE = '100';

/** 100,000 items: more than Databricks lets a workspace have of anything that is listed here. */
const MOST_PAGES = 1_000;

/**
 * All items of a list that comes in pages. A token that is missing or empty ends it. A token that came before,
 * and more than a thousand pages, fail with DatabricksAnswerUnreadable: going on would never end, stopping would hide
 * items.
 */
export const readPages = async (http: DatabricksHttp, { path, query, list }: PagedList): Promise<readonly Field[]> => {
  const items: Field[] = [];
  const seen = new Set<string>();
  for (let token = ''; ; ) {
    const page = token === '' ? {} : { page_token: token };
    const answer = await http.request({
      method: 'GET',
      path,
      query: { ...query, page_size: PAGE_SIZE, ...page },
      answer: 'answer',
    });
    // One by one: a call takes no more arguments than its stack holds.
    for (const item of answer.at(list).optional((field) => field.items()) ?? []) items.push(item);
    token = answer.at('next_page_token').optional((field) => field.text()) ?? '';
    if (token === '') return items;
    if (seen.has(token)) throw endless(path, 'a token that came before, wanted a new one');
    seen.add(token);
    if (seen.size >= MOST_PAGES) throw endless(path, `a token on page ${MOST_PAGES}, wanted an end`);
  }
};

const endless = (path: string, found: string): AutomationError =>
  new AutomationError(FAILURE.databricksAnswerUnreadable, `GET ${path}: answer.next_page_token: found ${found}`);
