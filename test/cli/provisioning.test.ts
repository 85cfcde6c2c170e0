import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ApiServer } from './api-server.ts';
import { DIAGNOSIS, PROVISIONING_PLAN, PROVISIONING_SUMMARY } from './examples.ts';
import { CREDENTIALS, cells, dbsa } from './run-dbsa.ts';

let server: ApiServer;
beforeEach(async () => {
  server = await new ApiServer(CREDENTIALS).start();
});
afterEach(async () => {
  await server.close();
  expect(server.complaints).toEqual([]);
});

const REQUEST = { workspaceName: 'science', credentials: { id: 'c-1' }, storage: { bucket: 'science-root' } };
const files = { 'request.json': JSON.stringify(REQUEST), 'list.json': '[]', 'text.txt': 'science' };
const ENDED = { status: 'SUCCEEDED', finishedAt: '2026-08-01T12:30:00.000Z' };

describe('dbsa workspaces create', () => {
  test.each(['-f', '--file'])('sends the request of %s, and shows what became of it', async (option) => {
    server.operations.story = [{}, { ...ENDED, result: { ...PROVISIONING_SUMMARY } }];
    const { code, out } = await dbsa(server, `workspaces create ${option} request.json --wait`, { files });

    expect(code).toBe(0);
    expect(server.calls[0]?.body).toEqual(REQUEST);
    for (const words of [PROVISIONING_SUMMARY.headline, 'https://acme-science', 'science-storage']) {
      expect(out).toContain(words);
    }
  });

  test('with --dry-run shows what would be made and what is in the way', async () => {
    server.operations.story = [{}, { ...ENDED, result: { ...PROVISIONING_PLAN } }];
    const { code, out } = await dbsa(server, 'workspaces create -f request.json --dry-run', { files });

    expect(code).toBe(0);
    expect(server.calls[0]?.body).toEqual({ ...REQUEST, dryRun: true });
    expect(cells(out.slice(out.indexOf(PROVISIONING_PLAN.headline)))).toEqual([
      [PROVISIONING_PLAN.headline],
      ['PART', 'ACTION', 'ID', 'NAME'],
      Array.from({ length: 4 }, () => expect.stringMatching(/^-+$/)),
      ['credentials', 'use', 'c-1', 'cross-account'],
      ['storage', 'create', '-', 'science-storage'],
      [`problem: ${PROVISIONING_PLAN.problems[0]}`],
    ]);
  });

  test.each([
    ['nowhere.json', 'found no file'],
    ['list.json', 'found something else'],
    ['text.txt', 'found something else'],
  ])('of %s sends nothing and says so', async (path, words) => {
    const { code, err } = await dbsa(server, `workspaces create -f ${path}`, { files });

    expect(code).toBe(2);
    expect(err).toContain(words);
    expect(server.calls).toEqual([]);
  });
});

describe('dbsa workspaces diagnose', () => {
  test('shows each piece of advice on a line', async () => {
    const { code, out } = await dbsa(server, 'workspaces diagnose 4711000000000002');

    expect([code, out]).toEqual([0, `${DIAGNOSIS.advice.join('\n')}\n`]);
  });
});

describe('dbsa workspaces delete', () => {
  test('asks for it under the name', async () => {
    const { code, out } = await dbsa(server, 'workspaces delete 4711 --name science --delete-network');

    expect(code).toBe(0);
    expect(out).toContain('Watch it: npx dbsa operations watch workspace-provisioning.');
    expect(server.calls).toMatchObject([{ query: { workspaceName: 'science', network: 'delete' } }]);
  });

  test('without the name sends nothing', async () => {
    const { code, err } = await dbsa(server, 'workspaces delete 4711');

    expect(code).toBe(2);
    expect(err).toContain('--name');
    expect(server.calls).toEqual([]);
  });
});
