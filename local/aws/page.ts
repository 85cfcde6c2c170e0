/** A part of a list, and where the next part begins. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Absent on the last page. */
  readonly next?: string;
}

/**
 * Cuts a list into pages. A marker is the position of the next item in base64, so that it tells nothing to a caller
 * who ought not to read it. Throws what `refuse` answers when the marker is not one of ours.
 */
export const pageOf = <T>(
  all: readonly T[],
  {
    marker,
    limit,
    refuse,
  }: { readonly marker?: string | undefined; readonly limit: number; readonly refuse: () => Error },
): Page<T> => {
  const start = marker === undefined ? 0 : Number(Buffer.from(marker, 'base64').toString().replace(/^at:/, ''));
  if (!Number.isInteger(start) || start < 0 || start > all.length) throw refuse();
  const end = start + limit;
  const items = all.slice(start, end);
  return end < all.length ? { items, next: Buffer.from(`at:${end}`).toString('base64') } : { items };
};
