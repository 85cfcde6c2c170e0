import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Schema } from '../../lambda/contract/api-schema.ts';
import { WORKSPACE_REQUEST } from '../../lambda/contract/api-workspace-request.ts';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { diagnose } from '../../lambda/domain/diagnosis.ts';
import { workspace } from '../app/fakes.ts';
import { templateOfStage } from '../lib/stage-template.ts';
import { machineOf } from './machine-definitions.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(ROOT, 'docs/workspaces.md'), 'utf8');

const folder = mkdtempSync(join(tmpdir(), 'workspaces-page-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Rows of the table below a heading, by what stands in code marks at their beginning. */
function tableBelow(heading: string): ReadonlyMap<string, readonly string[]> {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const rows = [...(section.split('\n## ')[0] ?? '').matchAll(/^\| `([^`]+)`(.*)\|$/gm)];
  return new Map(rows.map(([, first = '', rest = '']) => [first, rest.split('|').map((cell) => cell.trim())]));
}

interface Field {
  readonly path: string;
  readonly schema: Schema;
  readonly isRequired: boolean;
}

/** Every field of a request, apart from ids; those of replacements are those of the request. */
const fieldsOf = ({ properties = {}, required = [] }: Schema, at = ''): readonly Field[] =>
  Object.entries(properties).flatMap(([name, schema]) => [
    ...(name === 'id' ? [] : [{ path: `${at}${name}`, schema, isRequired: required.includes(name) }]),
    ...(name === 'replacements' ? [] : fieldsOf(schema, `${at}${name}.`)),
  ]);

describe('the table of the request', () => {
  const fields = fieldsOf(WORKSPACE_REQUEST);
  const table = tableBelow('The request');

  test('has every field, and none that is gone', () => {
    expect([...table.keys()].toSorted()).toEqual(fields.map(({ path }) => path).toSorted());
  });

  test.each(fields)(
    'says of $path whether it is required, and its words and numbers',
    ({ path, schema, isRequired }) => {
      const [, holds = '', unlessGiven = ''] = table.get(path) ?? [];
      expect(unlessGiven === 'required').toBe(isRequired);
      for (const word of schema.enum ?? []) expect(holds).toContain(`\`${word}\``);
      if (schema.minItems !== schema.maxItems) expect(holds).toContain(`${schema.minItems} to ${schema.maxItems} `);
    },
  );
});

describe('the table of steps', () => {
  const machine = machineOf(templateOfStage(folder), 'WorkspaceProvisioning');
  const tasks = [...machine.states].flatMap(([name, { Type }]) => (Type === 'Task' ? [name] : []));

  test('has every step of the state machine, and none that is gone', () => {
    expect([...tableBelow('Its steps').keys()].toSorted()).toEqual(tasks.toSorted());
  });
});

describe('the table of what is told', () => {
  const finding = (type: string) => ({ type, message: 'no route' });
  const said = diagnose(
    workspace('7', { status: 'FAILED', statusMessage: 'The maximum number of addresses has been reached.' }),
    {
      ...{ id: 'net', name: 'net', vpcId: 'vpc', subnetIds: [], securityGroupIds: [], status: 'BROKEN' },
      errors: ['credentials', 'vpc', 'subnet', 'securityGroup', 'networkAcl'].map(finding),
      warnings: [finding('subnet')],
    },
  ).join('\n');
  const told = [...tableBelow('When it does not work').keys()];

  test.each(told)('%s is what a diagnosis says', (words) => {
    expect(said).toContain(words);
  });

  test('has every kind of error', () => {
    const errors = [...said.matchAll(/error with [^:]+/g)].map(([words]) => words);
    expect(errors).toHaveLength(5);
    expect(told).toEqual(expect.arrayContaining(errors));
  });
});

describe('the page', () => {
  test('shows requests that the API takes', () => {
    const blocks = [...page.matchAll(/^```json\n(.*?)^```/gms)].map(([, text = '']) => JSON.parse(text) as object);
    const validate = new Ajv2020({ strict: false }).compile(WORKSPACE_REQUEST);
    expect(blocks).toHaveLength(2);
    for (const request of blocks) expect([validate(request), validate.errors]).toEqual([true, null]);
  });

  test('names no failure that is gone', () => {
    const names = [...page.matchAll(/`([A-Z][a-z]+(?:[A-Z][a-z]+)+)`/g)].map(([, name = '']) => name);
    const outputs = ['WorkspaceRequest'];
    const known: readonly string[] = [...Object.values(FAILURE), ...outputs];
    expect(names.length).toBeGreaterThan(3);
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
  });

  test('has every section of another page that it points to', () => {
    const targets = [...page.matchAll(/\]\(((?:\.\.\/)?[A-Za-z]+\.md)#([a-z-]+)\)/g)];
    expect(targets.length).toBeGreaterThan(3);
    for (const [, file = '', section = ''] of targets) {
      const titles = [...readFileSync(join(ROOT, 'docs', file), 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
        title
          .toLowerCase()
          .replaceAll(/[^a-z0-9 -]/g, '')
          .replaceAll(' ', '-'),
      );
      expect(titles).toContain(section);
    }
  });
});
