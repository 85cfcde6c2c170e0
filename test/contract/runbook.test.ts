import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { FAILURE } from '../../lambda/contract/failures.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const runbook = read('docs/runbook.md');

/** Rows of its tables, by the name in their first column. */
const rows = new Map(
  [...runbook.matchAll(/^\| `(\w+)` +\|(.+)\|(.+)\|$/gm)].map(([, name = '', meaning = '', advice = '']) => [
    name,
    { meaning: meaning.trim(), advice: advice.trim() },
  ]),
);

describe('the runbook', () => {
  test.each(Object.values(FAILURE))('says what %s means and what to do', (name) => {
    expect(rows.get(name)?.meaning).toMatch(/\w{3}/);
    expect(rows.get(name)?.advice).toMatch(/\w{3}/);
  });

  test('knows no failure that there is not', () => {
    const told = [...runbook.matchAll(/^\| `([A-Z][a-z]\w+)` /gm)].map(([, name]) => name);

    expect(told.filter((name) => ![...Object.values<unknown>(FAILURE), 'NotReached'].includes(name))).toEqual([]);
  });

  test('has every section that it is pointed to', () => {
    const sections = new Set([...runbook.matchAll(/^## (.+)$/gm)].map(([, title]) => title));
    const targets = [...`${runbook}${read('lib/observability/alarms.ts')}`.matchAll(/(?:\]\(|runbook\.md)#([a-z-]+)/g)];

    expect(targets.length).toBeGreaterThan(8);
    for (const [, target] of targets) expect(sections).toContain(target);
  });
});
