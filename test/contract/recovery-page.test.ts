import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { FAILURE } from '../../lambda/contract/failures.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const page = read('docs/recovery.md');

/** Every row of its tables: what was lost, and the cell that says in which tests that was tried. */
const rows = [...page.matchAll(/^\| (.+) \|$/gm)]
  .map(([, cells = '']) => cells.split(' | ').map((cell) => cell.trim()))
  .filter(([lost = '']) => lost !== 'lost' && !/^-+$/.test(lost))
  .map((cells) => ({ lost: cells[0] ?? '', cells, tests: cells[3] ?? '' }));

const named = rows.flatMap(({ lost, tests }) =>
  tests.startsWith('none: ')
    ? []
    : tests.split('<br>').map((one) => {
        const [, file = '', name = ''] = /^`([a-z-]+)`: (.+)$/.exec(one) ?? [];
        return { lost, one, file, name };
      }),
);

const TITLE = String.raw`'((?:[^'\\]|\\.)+)'`;
/** A block begins a line; a test may have its table between its name and its title. Skipped ones do not count. */
const BLOCK_OR_TEST = new RegExp(
  `^describe\\(${TITLE}|^ *test\\(\\s*${TITLE}|^ *(?:test\\.each\\b[^\\n]*|\\](?: as const)?)\\)\\(\\s*${TITLE}`,
  'gm',
);

/** Names of the tests in a file, as Jest shows them: that of the block, then their own. */
function testsIn(source: string): ReadonlySet<string> {
  const names = new Set<string>();
  let block = '';
  for (const [line, ofBlock, ...titles] of source.matchAll(BLOCK_OR_TEST)) {
    if (ofBlock !== undefined) block = `${ofBlock} `;
    const title = titles.find((one) => one !== undefined);
    if (title !== undefined) names.add(`${line.startsWith(' ') ? block : ''}${title}`);
  }
  return names;
}

describe('the page of recovery', () => {
  test('has rows, each with four cells', () => {
    expect(rows.length).toBeGreaterThan(25);
    for (const { lost, cells } of rows) expect([lost, cells.length]).toEqual([lost, 4]);
  });

  test.each(rows)('names tests for the loss of $lost, or says why there are none', ({ tests }) => {
    expect(tests).toMatch(/^(none: .{10}|`[a-z-]+`: )/);
  });

  test.each(named)('names a test that there is: $one', ({ file, name }) => {
    expect([...testsIn(read(`test/flow/${file}.test.ts`))]).toContain(name);
  });

  test('names no failure that is gone', () => {
    const names = [...page.matchAll(/`([A-Z][a-z]+(?:[A-Z][a-z]+)+)`/g)].map(([, name = '']) => name);
    const outputs = ['TopicArn', 'StateTableName', 'EvidenceTableName'];
    const known: readonly string[] = [...Object.values(FAILURE), ...outputs];
    expect(names.length).toBeGreaterThan(4);
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
  });

  test.each(['runbook', 'workspaces'])('points to sections of %s.md that there are', (file) => {
    const sections = [...read(`docs/${file}.md`).matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
      title.toLowerCase().replaceAll(' ', '-'),
    );
    const targets = [...page.matchAll(new RegExp(`\\(${file}\\.md#([a-z-]+)\\)`, 'g'))].map(([, target]) => target);
    expect(targets.length).toBeGreaterThan(0);
    expect(sections).toEqual(expect.arrayContaining(targets));
  });
});

describe('the names of tests in a file', () => {
  test('are those of block and test, also of tables, and not those of skipped ones', () => {
    const source = [
      "test('alone', () => {});",
      "describe('a thing', () => {",
      "  test('is there', () => {});",
      "  test.skip('is skipped', () => {});",
      "  test.each(['a', 'b'] as const)('is %s', () => {});",
      '  test.each([',
      "    ['x', (one: string) => one],",
      '  ] as const)(',
      "    'is one of %s',",
      '    () => {},',
      '  );',
      '});',
    ].join('\n');
    expect([...testsIn(source)]).toEqual(['alone', 'a thing is there', 'a thing is %s', 'a thing is one of %s']);
  });
});
