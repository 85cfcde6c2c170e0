import { describe, expect, test } from '@jest/globals';
import { REQUEST_ID } from './answer.ts';
import type { ApiServer } from './api-server.ts';
import { eachServer } from './each-server.ts';
import { FAILING, KEY_CONFIGURATIONS, OPERATION, ROLLOUT_SUMMARY, SYNC_STATUS, WORKSPACES } from './examples.ts';
import { cells, dbsa } from './run-dbsa.ts';

let server: ApiServer;
eachServer((one) => {
  server = one;
});

const json = (text: string): unknown => JSON.parse(text);

describe('dbsa keys', () => {
  test('list shows a table', async () => {
    const { code, out, err } = await dbsa(server, 'keys list');

    expect([code, err]).toEqual([0, '']);
    expect(cells(out)).toEqual([
      ['ID', 'KEY', 'USE CASES', 'STATE', 'LAST ROTATED', 'USED BY'],
      Array.from({ length: 6 }, () => expect.stringMatching(/^-+$/)),
      ['cmk-1', 'alias/databricks', 'MANAGED_SERVICES,STORAGE', 'Enabled', '2026-07-30 10:00:00Z', 'analytics'],
      ['cmk-2', KEY_CONFIGURATIONS[1]?.keyArn, 'MANAGED_SERVICES', 'not visible', '-', '-'],
    ]);
  });

  test('list with --json prints what the API answered', async () => {
    const { code, out } = await dbsa(server, 'keys list --json');

    expect(code).toBe(0);
    expect(json(out)).toEqual({ keyConfigurations: KEY_CONFIGURATIONS });
  });

  test('list of nothing says so', async () => {
    server.keys.clear();

    expect((await dbsa(server, 'keys list')).out).toBe('No key configurations.\n');
  });

  test('show tells every fact of one', async () => {
    const { code, out } = await dbsa(server, 'keys show cmk-1');

    expect(code).toBe(0);
    expect(out.split('\n')).toEqual(
      expect.arrayContaining([
        'cmk-1',
        '  alias            alias/databricks',
        '  cluster volumes  encrypted too',
        '  used by          analytics (4711000000000001) for MANAGED_SERVICES',
      ]),
    );
    expect(json((await dbsa(server, 'keys show cmk-1 --json')).out)).toEqual(KEY_CONFIGURATIONS[0]);
  });

  test('show of one that is unknown is refused, with the request id', async () => {
    const { code, out, err } = await dbsa(server, 'keys show nothing');

    expect([code, out]).toEqual([3, '']);
    expect(err).toBe(
      [
        `dbsa: GET ${server.url}/v1/key-configurations/nothing answered 404 DatabricksNotFound: It cannot be done`,
        '  there is none of this id',
        `  request id ${REQUEST_ID}`,
        'docs/runbook.md says what to do about DatabricksNotFound.',
        '',
      ].join('\n'),
    );
  });

  test('a refusal with --json is a document, too', async () => {
    const { code, out, err } = await dbsa(server, 'keys show nothing --json');

    expect(code).toBe(3);
    expect(json(out)).toMatchObject({ status: 404, requestId: REQUEST_ID });
    expect(err).toContain('answered 404');
  });

  test('register registers once', async () => {
    const line = 'keys register --key alias/new --use-case MANAGED_SERVICES,STORAGE --no-cluster-volumes';
    const first = await dbsa(server, line);
    const second = await dbsa(server, line);

    expect([first.code, second.code]).toEqual([0, 0]);
    expect(first.out).toMatch(/^Registered:\ncmk-3\n/);
    expect(first.out).toContain('not encrypted with it');
    expect(second.out).toMatch(/^Nothing to do, it is registered already:\ncmk-3\n/);
    expect(server.calls.map(({ body }) => body)).toEqual([
      { key: 'alias/new', useCases: ['MANAGED_SERVICES', 'STORAGE'], reuseKeyForClusterVolumes: false },
      { key: 'alias/new', useCases: ['MANAGED_SERVICES', 'STORAGE'], reuseKeyForClusterVolumes: false },
    ]);
  });

  test('register takes use cases one by one, too, and leaves the default of volumes to the API', async () => {
    await dbsa(server, 'keys register --key alias/new --use-case STORAGE --use-case MANAGED_SERVICES --json');

    expect(server.calls[0]?.body).toEqual({ key: 'alias/new', useCases: ['STORAGE', 'MANAGED_SERVICES'] });
  });

  test('delete deletes', async () => {
    const { code, out } = await dbsa(server, 'keys delete cmk-2');

    expect([code, out]).toEqual([0, 'Key configuration cmk-2 is deleted. Its KMS key is not touched.\n']);
    expect([...server.keys.keys()]).toEqual(['cmk-1']);
  });

  test('delete with --json prints null: the API answers without a body', async () => {
    expect((await dbsa(server, 'keys delete cmk-2 --json')).out).toBe('null\n');
  });

  test('delete of one in use is refused', async () => {
    const { code, err } = await dbsa(server, 'keys delete cmk-1');

    expect(code).toBe(3);
    expect(err).toContain('key configuration cmk-1 is used by workspace analytics');
    expect(server.keys.size).toBe(2);
  });
});

describe('dbsa workspaces', () => {
  test('list shows who works on which, and no control characters of others', async () => {
    const { code, out } = await dbsa(server, 'workspaces list');

    expect(code).toBe(0);
    expect(out).toContain('key-rollout.main-1');
    expect(out).toContain('evil [2Jname');
    expect(out).not.toContain('\u001b');
    expect(json((await dbsa(server, 'workspaces list --json')).out)).toEqual({ workspaces: WORKSPACES });
  });

  test('show tells every fact of one', async () => {
    const { out } = await dbsa(server, 'workspaces show 4711000000000001');

    expect(out).toContain('analytics (4711000000000001)');
    expect(out).toContain('  secret bindings       etl, apps');
    expect(out).toContain('  worked on by          key-rollout.main-1, until 2026-08-01 13:00:00Z or longer');
    expect(out).toContain('  stopped compute       3 to run again');
  });

  test('show of one that is unknown is refused', async () => {
    expect((await dbsa(server, 'workspaces show 1')).code).toBe(3);
  });
});

describe('dbsa secrets status', () => {
  test('shows each scope with its counts or its failure', async () => {
    const { code, out } = await dbsa(server, 'secrets status');

    expect(code).toBe(0);
    expect(out).toContain('1 written, 23 unchanged');
    expect(out).toContain('never');
    expect(out).toContain('SecretScopeLimitReached: the workspace has 1000 scopes');
    expect(json((await dbsa(server, 'secrets status --json')).out)).toEqual(SYNC_STATUS);
  });
});

describe('dbsa operations', () => {
  test('list shows up to --limit of each kind, page after page', async () => {
    for (let index = 0; index < 250; index += 1) {
      const startedAt = new Date(Date.parse('2026-08-01T00:00:00Z') + index * 1000).toISOString();
      server.operations.add({ id: `key-rollout.r${index}`, startedAt });
      if (index < 30) server.operations.add({ id: `secret-sync.s${index}`, kind: 'secret-sync', startedAt });
    }
    const { code, out } = await dbsa(server, 'operations list --limit 130 --json');

    const { operations, next } = json(out) as { operations: { id: string; startedAt: string }[]; next: unknown };
    expect(code).toBe(0);
    expect(operations.filter(({ id }) => id.startsWith('key-rollout'))).toHaveLength(130);
    expect(operations.filter(({ id }) => id.startsWith('secret-sync'))).toHaveLength(30);
    expect(operations.map(({ startedAt }) => startedAt)).toEqual(
      operations
        .map(({ startedAt }) => startedAt)
        .toSorted()
        .toReversed(),
    );
    expect(next).toEqual(expect.any(String));
    expect(server.calls.map(({ query }) => query.limit)).toEqual(['100', '30']);
  });

  test('list narrows down by kind and status, and says where there are more', async () => {
    server.operations.add({ id: 'secret-sync.a', kind: 'secret-sync', status: 'FAILED' });
    server.operations.add({ id: 'secret-sync.b', kind: 'secret-sync', status: 'FAILED' });
    server.operations.add({ id: 'secret-sync.c', kind: 'secret-sync' });
    const { out } = await dbsa(server, 'operations list --kind secret-sync --status FAILED --limit 1');

    expect(out.split('\n').filter((line) => line.startsWith('secret-sync'))).toHaveLength(1);
    expect(out).toContain('There are older ones: --limit N shows more.');
    expect(server.calls).toHaveLength(1);
    expect(server.calls[0]?.query).toEqual({ kind: 'secret-sync', status: 'FAILED', limit: '1' });
  });

  test('list of nothing says so', async () => {
    expect((await dbsa(server, 'operations list')).out).toBe('No operations.\n');
  });

  test('show tells what is under way', async () => {
    server.operations.add({
      progress: { total: 3, pending: 1, running: 1, succeeded: 1, failed: 0 },
      items: [{ item: 'analytics (4711000000000001)', status: 'RUNNING', step: 'Stop compute' }],
    });
    const { code, out } = await dbsa(server, 'operations show key-rollout.main-1');

    expect(code).toBe(0);
    expect(out).toContain('  progress  1 of 3 ended, 1 under way');
    expect(out).toContain('analytics (4711000000000001)  RUNNING  Stop compute');
  });

  test('show of one that failed is all right, and tells why and what became of each workspace', async () => {
    server.operations.add({
      status: 'FAILED',
      finishedAt: '2026-08-01T12:30:00.000Z',
      failure: { name: 'KeyRolloutIncomplete', message: 'key rollout main is incomplete\n- analytics FAILED' },
      result: { ...ROLLOUT_SUMMARY, ok: false },
    });
    const { code, out } = await dbsa(server, 'operations show key-rollout.main-1');

    expect(code).toBe(0);
    expect(out).toContain('FAILED: KeyRolloutIncomplete\n  key rollout main is incomplete\n');
    expect(out).not.toContain('- analytics FAILED');
    expect(out).toContain('analytics  4711000000000001  ROLLED_OUT  2          28 written again  -');
  });

  test('show of a result in a form that is not known shows it as it came', async () => {
    server.operations.add({ status: 'SUCCEEDED', finishedAt: '2026-08-01T12:30:00.000Z', result: { restarted: 3 } });

    expect((await dbsa(server, 'operations show key-rollout.main-1')).out).toContain('{\n  "restarted": 3\n}\n');
  });

  test('cancel says what restarts the compute', async () => {
    server.operations.add({});
    server.operations.restart = 'key-rollout.restart-main-1';
    const { code, out } = await dbsa(server, 'operations cancel key-rollout.main-1');

    expect(code).toBe(0);
    expect(out).toBe(
      'key-rollout.main-1 ABORTED. What is done stays done.\n' +
        'key-rollout.restart-main-1 restarts the compute that was stopped: npx dbsa operations watch key-rollout.restart-main-1\n',
    );
  });

  test('cancel of one that has ended is refused', async () => {
    server.operations.add({ status: 'SUCCEEDED', finishedAt: OPERATION.startedAt });
    const { code, err } = await dbsa(server, 'operations cancel key-rollout.main-1 --json');

    expect(code).toBe(3);
    expect(err).toContain('operation key-rollout.main-1 has ended SUCCEEDED');
  });
});

describe('dbsa health', () => {
  test('ends with 0 if everything answers', async () => {
    const { code, out } = await dbsa(server, 'health');

    expect(code).toBe(0);
    expect(out).toContain('ok, version 0.1.0');
  });

  test('ends with 4 if something does not, without asking again', async () => {
    server.health = FAILING;
    const { code, out, slept } = await dbsa(server, 'health');

    expect([code, slept]).toEqual([4, []]);
    expect(out).toContain('no       DatabricksUnauthenticated: the client secret is wrong');
    expect(json((await dbsa(server, 'health --json')).out)).toEqual(FAILING);
  });
});

test('dbsa openapi prints the document', async () => {
  const { code, out } = await dbsa(server, 'openapi');

  expect(code).toBe(0);
  expect(json(out)).toEqual({ openapi: '3.1.0', paths: {} });
});
