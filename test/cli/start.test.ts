import { describe, expect, test } from '@jest/globals';
import { REQUEST_ID, refusal } from './answer.ts';
import type { ApiServer } from './api-server.ts';
import { eachServer } from './each-server.ts';
import { ROLLOUT_PLAN, SYNC_PLAN } from './examples.ts';
import { cells, dbsa } from './run-dbsa.ts';

let server: ApiServer;
eachServer((one) => {
  server = one;
});

const UUID = '00000000-0000-4000-8000-000000000000';
const FINISHED = { finishedAt: '2026-08-01T12:30:00.000Z' };
const SUCCEEDED = { status: 'SUCCEEDED', ...FINISHED };

/** A look at an operation that has a plan. */
const PLANNED = { progress: { total: 2, pending: 1, running: 1, succeeded: 0, failed: 0 } };

const idOf = (text: string): string => /(key-rollout|secret-sync)\.key-[0-9a-f]{8}/.exec(text)?.[0] ?? '';

describe('dbsa rollout start', () => {
  test('says how to watch what it started', async () => {
    const { code, out } = await dbsa(server, 'rollout start main');

    const id = idOf(out);
    expect(code).toBe(0);
    expect(out).toBe(`${id} RUNNING\nWatch it: npx dbsa operations watch ${id}\n`);
    expect(server.calls).toMatchObject([{ body: { bindingId: 'main' }, idempotencyKey: UUID }]);
  });

  test('with --json prints the operation', async () => {
    const { out } = await dbsa(server, 'rollout start main --json --idempotency-key mine');

    expect(JSON.parse(out)).toMatchObject({ kind: 'key-rollout', status: 'RUNNING', request: { bindingId: 'main' } });
    expect(server.calls[0]?.idempotencyKey).toBe('mine');
  });

  test.each([
    ['FAILED', { name: 'KeyRolloutIncomplete', message: '1 of 2 workspaces need attention\n- ws-a FAILED' }],
    ['TIMED_OUT', { name: 'TIMED_OUT', message: '' }],
    ['ABORTED', { name: 'ABORTED', message: 'cancelled by somebody' }],
  ])('with --wait ends with 1 if the operation ended %s', async (status, failure) => {
    server.operations.story = [{}, { status, failure, ...FINISHED }];
    const { code, out } = await dbsa(server, 'rollout start main --wait');

    expect(code).toBe(1);
    expect(out).toContain(`${status}: ${failure.name}\n`);
    for (const line of failure.message.split('\n')) expect(out).toContain(line);
  });

  test('tells every field that is wrong, and what is in the way', async () => {
    server.faults.push({
      fault: refusal(400, 'InputInvalid', 'body.bindingId: found "x", wanted another', {
        errors: [
          { path: 'body.bindingId', found: '"x"', wanted: 'another' },
          { path: 'body.dryRun', found: '1', wanted: 'true or false' },
        ],
      }),
    });
    server.faults.push({
      fault: refusal(409, 'WorkspaceLeased', 'another operation works on workspace 4711', {
        operation: '/v1/operations/key-rollout.other',
      }),
    });
    const invalid = await dbsa(server, 'rollout start main');
    const leased = await dbsa(server, 'rollout start main');

    expect([invalid.code, leased.code]).toEqual([3, 3]);
    expect(invalid.err).toContain(
      '\n  body.bindingId: found "x", wanted another\n  body.dryRun: found 1, wanted true or false\n',
    );
    expect(invalid.err).toContain(`  request id ${REQUEST_ID}\n`);
    expect(leased.err).toContain('in the way: key-rollout.other (npx dbsa operations watch key-rollout.other)');
    expect(leased.err).toContain('docs/runbook.md says what to do about WorkspaceLeased.');
  });

  test('an answer that was lost starts nothing twice', async () => {
    server.faults.push({ fault: 'break', after: true }, { fault: { status: 504, body: 'late' }, after: true });
    const { code, out } = await dbsa(server, 'rollout start main --json');

    expect(code).toBe(0);
    expect(server.operations.ids).toHaveLength(1);
    expect(server.operations.ids).toEqual([idOf(out)]);
    expect(server.calls.map(({ idempotencyKey }) => idempotencyKey)).toEqual([UUID, UUID, UUID]);
  });

  test('a start that nobody answers may have happened, and can be repeated', async () => {
    for (let index = 0; index < 4; index += 1) server.faults.push({ fault: 'break', after: true });
    const lost = await dbsa(server, 'rollout start main');
    const again = await dbsa(server, `rollout start main --idempotency-key ${UUID}`);

    expect([lost.code, again.code]).toEqual([4, 0]);
    expect(lost.err).toContain(`The same command with --idempotency-key ${UUID} starts nothing twice.`);
    expect(server.operations.ids).toHaveLength(1);
  });

  test('Ctrl-C before the answer says that it may have been started', async () => {
    const interrupt = new AbortController();
    server.faults.push({
      fault: () => {
        interrupt.abort();
        return { status: 202, body: {} };
      },
      after: true,
    });
    const { code, err } = await dbsa(server, 'rollout start main', { signal: interrupt.signal });

    expect([code, server.operations.ids.length]).toEqual([130, 1]);
    expect(err).toMatch(/^dbsa: interrupted\nIt may have been started: /);
  });

  test('Ctrl-C during a login that never ends is heeded', async () => {
    const interrupt = new AbortController();
    const { code, err } = await dbsa(server, 'rollout start main', {
      signal: interrupt.signal,
      aws: {
        credentials: () => () => {
          interrupt.abort();
          return new Promise(() => undefined);
        },
      },
    });

    expect([code, err, server.calls]).toEqual([130, 'dbsa: interrupted\n', []]);
  });

  test('a key of another request is refused', async () => {
    await dbsa(server, 'rollout start main --idempotency-key mine');
    const { code, err } = await dbsa(server, 'rollout start other --idempotency-key mine');

    expect(code).toBe(3);
    expect(err).toContain('IdempotencyKeyReused');
  });
});

describe('dbsa rollout plan', () => {
  test('waits and shows each workspace with action and reason', async () => {
    server.operations.story = [{}, { ...SUCCEEDED, result: { ...ROLLOUT_PLAN } }];
    const { code, out } = await dbsa(server, 'rollout plan main');

    // One of them is refused.
    expect(code).toBe(1);
    expect(server.calls[0]?.body).toEqual({ bindingId: 'main', dryRun: true });
    expect(cells(out.slice(out.indexOf(ROLLOUT_PLAN.headline)))).toEqual([
      [ROLLOUT_PLAN.headline],
      [`key ${ROLLOUT_PLAN.key.arn}, a new key configuration will be registered`],
      ['WORKSPACE', 'ID', 'ACTION', 'CHANGES', 'REASON'],
      Array.from({ length: 5 }, () => expect.stringMatching(/^-+$/)),
      ['analytics', '4711000000000001', 'roll-out', 'managed services key', 'changes managed services key'],
      ['science', '4711000000000002', 'refuse', '-', expect.stringMatching(/^WorkspaceNotRunning: .*while RUNNING$/)],
      ['warning: the key is disabled soon'],
    ]);
  });

  test('with --json prints one document when the plan is there', async () => {
    const plan = { ...ROLLOUT_PLAN, workspaces: ROLLOUT_PLAN.workspaces.filter(({ action }) => action !== 'refuse') };
    server.operations.story = [{}, PLANNED, { ...SUCCEEDED, result: plan }];
    const { code, out } = await dbsa(server, 'rollout plan main --json --wait');

    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ status: 'SUCCEEDED', result: plan });
  });
});

describe('dbsa rollout start --key', () => {
  test('asks for a key for exactly these workspaces', async () => {
    const key = 'alias/new';
    const words = `rollout start --key ${key} --workspace 1 --workspace 2 --use-case STORAGE --no-cluster-volumes`;
    const { code } = await dbsa(server, `${words} --compute require-stopped`);

    expect(code).toBe(0);
    expect(server.calls.map(({ body }) => body)).toEqual([
      {
        ...{ key, workspaces: ['1', '2'], useCases: ['STORAGE'] },
        ...{ reuseKeyForClusterVolumes: false, compute: 'require-stopped' },
      },
    ]);
  });
});

describe('dbsa workspaces patch', () => {
  test('asks for exactly the settings that are given', async () => {
    const { code, out } = await dbsa(server, 'workspaces patch 4711 --network n-2 --storage-key cmk-3');

    expect(code).toBe(0);
    expect(out).toContain('Watch it: npx dbsa operations watch key-rollout.');
    expect(server.calls).toMatchObject([
      {
        ...{ path: expect.stringMatching(/\/v1\/workspaces\/4711$/), idempotencyKey: UUID },
        body: { networkId: 'n-2', storageKeyConfigurationId: 'cmk-3' },
      },
    ]);
  });

  test('with --dry-run waits for the plan', async () => {
    const workspaces = ROLLOUT_PLAN.workspaces.slice(0, 1);
    const plan = {
      ...ROLLOUT_PLAN,
      workspaces,
      key: null,
      headline: 'workspace analytics (4711): changes credentials',
    };
    server.operations.story = [{}, { ...SUCCEEDED, result: plan }];
    const { code, out } = await dbsa(server, 'workspaces patch 4711 --credentials c-2 --dry-run');

    expect(code).toBe(0);
    expect(server.calls[0]?.body).toEqual({ credentialsId: 'c-2', dryRun: true });
    expect(out).toContain(plan.headline);
    expect(out).not.toContain('new key configuration');
  });
});

describe('dbsa secrets', () => {
  test('sync asks for exactly what the options say', async () => {
    const { code } = await dbsa(
      server,
      'secrets sync --binding etl --binding apps --workspace 4711 --scope team-a --secret prod/db --rewrite --confirm-deletes 50',
    );

    expect(code).toBe(0);
    expect(server.calls.map(({ body }) => body)).toEqual([
      {
        bindings: ['etl', 'apps'],
        workspaces: ['4711'],
        scopes: ['team-a'],
        secret: 'prod/db',
        rewrite: true,
        confirmDeletes: 50,
      },
    ]);
  });

  test('sync without options syncs everything', async () => {
    await dbsa(server, 'secrets sync');

    expect(server.calls[0]).toMatchObject({ operationId: 'startSecretSync', body: {} });
  });

  test('plan shows the scopes with counts, and the secrets', async () => {
    server.operations.story = [
      {},
      {
        ...{ status: 'FAILED', ...FINISHED, result: { ...SYNC_PLAN } },
        failure: { name: 'SecretSyncIncomplete', message: SYNC_PLAN.message },
      },
    ];
    const { code, out } = await dbsa(server, 'secrets plan --binding etl');

    expect(code).toBe(1);
    expect(server.calls[0]?.body).toEqual({ bindings: ['etl'], dryRun: true });
    const [head, ...rest] = cells(out.slice(out.indexOf('FAILED: ')));
    expect(head).toEqual(['FAILED: SecretSyncIncomplete']);
    expect(rest.filter(([first]) => !/^-+$/.test(first ?? ''))).toEqual([
      [SYNC_PLAN.headline],
      ['WORKSPACE', 'ID', 'SCOPE', 'SECRETS', 'FAILURE'],
      ['analytics', '4711000000000001', 'etl', '2 to write, 20 unchanged, 1 failed, 1 to delete', '-'],
      ['WORKSPACE', 'SCOPE', 'KEY', 'SECRET', 'WHAT', 'WHY'],
      ['analytics', 'etl', 'db', 'prod/db', 'failed', 'SecretTooLarge: 140 KB are too much'],
      ['analytics', 'etl', 'old', 'prod/old', 'to delete', 'nobody wants it'],
      ['analytics', 'etl', 'api', 'prod/api', 'to write', 'changed in AWS'],
      ['and 1 more, which the counts hold'],
      ['access to analytics/etl: group readers READ granted'],
      ['problem: workspace 4711000000000003: WorkspaceNotFound: workspace 4711000000000003 is not in the account'],
      ['warning: secret prod/x asks for scope y, which no binding allows'],
    ]);
  });
});
