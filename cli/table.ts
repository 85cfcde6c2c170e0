/** Text for one line of a terminal: names come from others, and control characters could move the cursor. */
export const plain = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ');

/** Text whose line feeds stay. */
export const plainLines = (text: string): readonly string[] => text.split(/\r?\n/).map(plain);

/** Rows under a head, columns as wide as their widest cell; the last column ends where its text ends. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const all = [head, ...rows].map((row) => row.map((cell) => plain(cell === '' ? '-' : cell)));
  const widths = head.map((_, column) => Math.max(...all.map((row) => lengthOf(row[column] ?? ''))));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - lengthOf(cell))))
      .join('  ')
      .trimEnd();
  const [top = '', ...others] = all.map(line);
  return [top, widths.map((width) => '-'.repeat(width)).join('  '), ...others];
}

/** One line for each fact, the values in one column. */
export function facts(pairs: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `  ${name.padEnd(width)}  ${plain(value === '' ? '-' : value)}`);
}

const lengthOf = (text: string): number => [...text].length;

/** `2026-08-01 12:03:11Z` of an ISO 8601 time; anything else as it is. */
export const shortTime = (time: string | null): string =>
  time === null ? '' : time.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/, '$1 $2Z');
