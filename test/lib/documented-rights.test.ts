import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { rightsIn } from './rights.ts';
import { templateOfStage } from './stage-template.ts';

const folder = mkdtempSync(join(tmpdir(), 'documented-rights-'));
afterAll(() => rmSync(folder, { recursive: true }));

const page = readFileSync(join(import.meta.dirname, '../../docs/security.md'), 'utf8');

/** `ROLE: ACTION on RESOURCE`, one for each action of a row of the table. */
const documented = [...page.matchAll(/^\| `(\w+)` +\| (.+?) +\| `(.+?)` +\|$/gm)].flatMap(
  ([, role, actions = '', resource]) => actions.split(', ').map((action) => `${role}: ${action} on ${resource}`),
);

/** What the page says of every role at once: its own log group, traces, and the delivery of logs of state machines. */
const ofEveryRole = (role: string): RegExp =>
  new RegExp(
    `^(logs:(CreateLogStream|PutLogEvents) on \\{${role}Logs\\}|xray:Put\\w+ on \\*|(logs:\\w+|xray:GetSampling\\w+) on \\*)$`,
  );

const granted = Object.entries(rightsIn(templateOfStage(join(folder, 'example')))).flatMap(([name, rights]) => {
  const role = name.replace(/Role$/, '');
  return rights
    .map((right) => right.replace(/^Allow /, ''))
    .filter((right) => !ofEveryRole(role).test(right))
    .map((right) => `${role}: ${right}`);
});

describe('docs/security.md', () => {
  test('lists every right of the example stage, and none that is gone', () => {
    expect(documented.toSorted()).toEqual(granted.toSorted());
  });
});
