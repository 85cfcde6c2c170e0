import { describe, expect, test } from '@jest/globals';
import type { Operation } from '../../lambda/contract/api-answers.ts';
import type { ApiServer } from './api-server.ts';
import { eachServer } from './each-server.ts';
import {
  FAILED_SUMMARY,
  PROVISIONING_PLAN,
  PROVISIONING_SUMMARY,
  REFUSED_PLAN,
  WORKSPACE_BODY,
} from './provisioning-examples.ts';
import { cells, dbsa } from './run-dbsa.ts';

let server: ApiServer;
eachServer((one) => {
  server = one;
});

const UUID = '00000000-0000-4000-8000-000000000000';
const SUCCEEDED = { status: 'SUCCEEDED', finishedAt: '2026-08-01T12:30:00.000Z' };
const REQUEST = JSON.stringify(WORKSPACE_BODY);
const files = { 'workspace.json': REQUEST, '-': REQUEST };

const idOf = (text: string): string => /workspace-provisioning\.key-[0-9a-f]{8}/.exec(text)?.[0] ?? '';
const create = (options: string, texts: Readonly<Record<string, string>> = files) =>
  dbsa(server, `workspaces create ${options}`, { files: texts });

describe('dbsa workspaces create', () => {
  test('sends what the file holds, and says how to watch it', async () => {
    const { code, out, err } = await create('-f workspace.json');

    const id = idOf(out);
    expect([code, err]).toEqual([0, '']);
    expect(out).toBe(`${id} RUNNING\nWatch it: npx dbsa operations watch ${id}\n`);
    expect(server.calls).toMatchObject([
      { operationId: 'createWorkspace', body: WORKSPACE_BODY, idempotencyKey: UUID },
    ]);
  });

  test.each(['-f -', '--file -', '--file=-', '-f-'])('%s reads standard input', async (option) => {
    const { code } = await create(`${option} --idempotency-key mine`, { '-': `\uFEFF${REQUEST}\n` });

    expect(code).toBe(0);
    expect(server.calls).toMatchObject([{ body: WORKSPACE_BODY, idempotencyKey: 'mine' }]);
  });

  test('with --dry-run waits for the plan and shows it', async () => {
    server.operations.story = [{}, { ...SUCCEEDED, result: { ...PROVISIONING_PLAN } }];
    const { code, out } = await create('-f workspace.json --dry-run');

    expect(code).toBe(0);
    expect(cells(out).slice(2)).toEqual([
      ['workspace analytics will be created; 1 of 2 configurations to create'],
      ['CONFIGURATION', 'WHAT', 'ID', 'NAME'],
      Array.from({ length: 4 }, () => expect.stringMatching(/^-+$/)),
      ['credentials', 'create', '-', 'analytics-credentials'],
      ['storage', 'use', 'storage-1', 'root'],
      ['warning: the key policy names a role that is not there'],
    ]);
    expect(server.calls[0]?.body).toEqual({ ...WORKSPACE_BODY, dryRun: true });
  });

  test('of a file with dryRun is a dry run, too, and with --json is the operation with its plan', async () => {
    server.operations.story = [{}, { ...SUCCEEDED, result: { ...PROVISIONING_PLAN } }];
    const dry = JSON.stringify({ ...WORKSPACE_BODY, dryRun: true });
    const { code, out } = await create('-f dry.json --json', { 'dry.json': dry });

    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ kind: 'workspace-provisioning', result: PROVISIONING_PLAN });
  });

  test('of a plan with problems ends with 1', async () => {
    server.operations.story = [{ ...SUCCEEDED, result: { ...REFUSED_PLAN } }];
    const { code, out } = await create('-f workspace.json --dry-run');

    expect(code).toBe(1);
    expect(out).toContain(`\n${REFUSED_PLAN.headline}\n`);
    expect(out).toContain(`\nproblem: ${REFUSED_PLAN.problems[0]}\n`);
  });

  test('with --wait shows where the workspace is and what it is made of', async () => {
    server.operations.story = [{}, {}, { ...SUCCEEDED, result: { ...PROVISIONING_SUMMARY } }];
    const { code, out } = await create('-f workspace.json --wait');

    expect(code).toBe(0);
    expect(out.slice(out.indexOf('\n\n') + 2).split('\n')).toEqual([
      'workspace analytics (4711000000000003) is created and running',
      '  id                     4711000000000003',
      '  url                    https://acme-analytics.cloud.databricks.com',
      '  status                 RUNNING',
      '  managed services key   cmk-1',
      '  credentials            credentials-1',
      '  storage configuration  storage-1',
      "created credential configuration 'analytics-credentials'",
      '',
    ]);
  });

  test('with --wait and --json prints one line for each change', async () => {
    server.operations.story = [{}, { ...SUCCEEDED, result: { ...PROVISIONING_SUMMARY } }];
    const { out } = await create('-f workspace.json --wait --json');

    const lines = out.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as Operation).status)).toEqual(['RUNNING', 'SUCCEEDED']);
  });

  test('with --wait ends with 1 if the workspace failed, with what is wrong and what to try', async () => {
    const message = `${FAILED_SUMMARY.headline}\nand so on`;
    const failure = { name: 'ProvisioningIncomplete', message };
    server.operations.story = [{ ...SUCCEEDED, status: 'FAILED', failure, result: { ...FAILED_SUMMARY } }];
    const { code, out } = await create('-f workspace.json --wait');

    expect(code).toBe(1);
    expect(out).toContain('FAILED: ProvisioningIncomplete\nworkspace analytics (4711000000000003) is not running\n');
    expect(out).toContain('\nWorkspaceFailed: workspace analytics (4711000000000003) could not be set up\n');
    expect(out).toContain(`\n${FAILED_SUMMARY.diagnosis[0]}\n  - ${FAILED_SUMMARY.diagnosis[1]}\n`);
    expect(out).not.toContain('and so on');
  });

  test('of an operation that was refused before it began shows every line of its failure', async () => {
    const failure = { name: 'ProvisioningRefused', message: 'it cannot be provisioned: 2 problems\n- one\n- two' };
    server.operations.story = [{ ...SUCCEEDED, status: 'FAILED', failure }];
    const { code, out } = await create('-f workspace.json --wait');

    expect(code).toBe(1);
    expect(out).toContain('FAILED: ProvisioningRefused\n  it cannot be provisioned: 2 problems\n  - one\n  - two\n');
  });
});

describe('a file that is not a request ends with 2, and nothing is sent', () => {
  test.each([
    ['nothing.json', "--file: nothing.json cannot be read: ENOENT: no such file or directory, open 'nothing.json'"],
    ['empty.json', 'empty.json: found nothing, wanted a JSON object'],
    ['broken.json', 'broken.json: found no JSON ('],
    ['list.json', 'the request: found a list, wanted an object'],
    ['-', 'standard input: found nothing, wanted a JSON object'],
  ])('%s', async (file, wanted) => {
    const texts = { 'empty.json': ' \n', 'broken.json': '{"workspaceName": ', 'list.json': '[]', '-': '' };
    const { code, out, err } = await create(`-f ${file}`, texts);

    expect([code, out, server.calls]).toEqual([2, '', []]);
    expect(err).toContain(wanted);
  });

  test('every wrong place is named at once', async () => {
    const wrong = {
      ...WORKSPACE_BODY,
      deploymentName: '-acme',
      credentials: { id: 'credentials-1', roleArn: WORKSPACE_BODY.credentials.roleArn },
      storage: undefined,
      network: { vpcId: 7, subnetIds: ['subnet-0123456789abcdef0', 'elsewhere'], securityGroupIds: [] },
      customTags: { team: 1 },
      replacements: { storageKey: {} },
      dryrun: true,
    };
    const { code, err } = await create('-f w.json', { 'w.json': JSON.stringify(wrong) });

    expect(code).toBe(2);
    expect(err.split('\n')).toEqual([
      'dbsa: w.json is not a request that the API takes',
      expect.stringMatching(/^ {6}storage: found nothing, wanted an object with id, or bucket/),
      expect.stringMatching(/^ {6}deploymentName: found "-acme", wanted First part of its host name/),
      '      customTags.team: found 1, wanted a text (Value)',
      '      credentials: found id, roleArn, wanted one of: id; roleArn',
      '      network.vpcId: found 7, wanted a text (VPC)',
      expect.stringMatching(/^ {6}network\.subnetIds\[1\]: found "elsewhere", wanted .*subnet-/),
      '      network.securityGroupIds: found 0 of them, wanted 1 to 5',
      '      replacements.storageKey: found no field, wanted one of: id; key',
      expect.stringMatching(/^ {6}dryrun: found an unknown field, wanted one of workspaceName, region/),
      'docs/workspaces.md tells every field of a request.',
      '',
    ]);
    expect(server.calls).toEqual([]);
  });

  test('no file is asked for', async () => {
    const { code, err } = await create('--wait');

    expect(code).toBe(2);
    expect(err).toContain('--file: found nothing, wanted the request as a JSON file; - reads standard input');
  });
});
