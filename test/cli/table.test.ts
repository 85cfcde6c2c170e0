import { describe, expect, test } from '@jest/globals';
import { facts, plain, shortTime, table } from '../../cli/table.ts';

describe('table', () => {
  test('makes columns as wide as their widest cell, and leaves no spaces at the end', () => {
    const rows = [
      ['a', 'long cell', ''],
      ['much longer', 'b', 'c'],
    ];

    expect(table(['X', 'Y', 'LAST'], rows)).toEqual([
      'X            Y          LAST',
      '-----------  ---------  ----',
      'a            long cell  -',
      'much longer  b          c',
    ]);
  });

  test('counts characters, not code units', () => {
    expect(table(['A', 'B'], [['😀é', 'x']])).toEqual(['A   B', '--  -', '😀é  x']);
  });
});

test('facts stand in one column', () => {
  expect(
    facts([
      ['id', '1'],
      ['longer', ''],
    ]),
  ).toEqual(['  id      1', '  longer  -']);
});

test('control characters never reach the terminal', () => {
  expect(plain('a\u001b[31m\u0007\u009bb\nc')).toBe('a [31m b c');
});

test('times are short, and what is no time is left as it is', () => {
  expect([shortTime('2026-08-01T12:03:11.123Z'), shortTime('soon'), shortTime(null)]).toEqual([
    '2026-08-01 12:03:11Z',
    'soon',
    '',
  ]);
});
