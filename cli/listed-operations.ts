import type { OperationHead, OperationList } from '../lambda/contract/api-answers.ts';
import type { Api } from './api-client.ts';

/** The most that one page holds of each kind. */
const LARGEST_PAGE = 100;

export interface OperationSearch {
  readonly filter: Readonly<Record<string, string>>;
  /** At most so many of each kind. */
  readonly limit: number;
}

/** The newest operations, page after page until there are `limit` of a kind or no more. */
export async function listedOperations(api: Api, { filter, limit }: OperationSearch): Promise<OperationList> {
  const operations: OperationHead[] = [];
  let next: string | null = null;
  for (let left = limit; left > 0; left = limit - mostOfAKind(operations)) {
    const query: Readonly<Record<string, string>> = {
      ...filter,
      limit: String(Math.min(left, LARGEST_PAGE)),
      ...(next !== null && { next }),
    };
    const { body }: { readonly body: OperationList } = await api.call('listOperations', { query });
    operations.push(...body.operations);
    const isStuck = body.next === next || body.operations.length === 0;
    next = body.next;
    if (next === null || isStuck) break;
  }
  // Pages are sorted, and with two kinds the older page of one may be newer than the end of the other's.
  return { operations: operations.toSorted((one, other) => (one.startedAt < other.startedAt ? 1 : -1)), next };
}

const mostOfAKind = (operations: readonly OperationHead[]): number => {
  const counts = new Map<string, number>();
  for (const { kind } of operations) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return Math.max(0, ...counts.values());
};
