import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const PROJECT = join(import.meta.dirname, '..', '..');

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const start = (words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Run> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['local/start.ts', ...words], {
      cwd: PROJECT,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    child.on('error', reject).on('close', (code) => resolve({ code, out, err }));
  });

/** Scopes in which so many secrets each were left alone, at three calls each. */
const unchanged = (...counts: readonly number[]): readonly object[] =>
  counts.map((UNCHANGED) => ({ counts: { SYNCED: 0, UNCHANGED, FAILED: 0 }, calls: 3 }));

describe('npm start', () => {
  test('--once --json tells one object per line: ready, syncs and progress, result', async () => {
    const { code, out, err } = await start(['--once', '--json']);
    expect([code, err]).toEqual([0, '']);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    expect(lines[0]).toMatchObject({
      event: 'ready',
      awsEndpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      databricks: {
        accountHost: expect.any(String),
        accountId: expect.any(String),
        clientId: expect.any(String),
        clientSecret: expect.any(String),
        workspaces: [
          { workspaceId: expect.any(String), host: expect.any(String) },
          expect.anything(),
          expect.anything(),
        ],
        control: expect.any(String),
      },
    });
    expect(new Set(lines.slice(1, -1).map(({ event }) => event))).toEqual(new Set(['sync', 'progress']));
    const ANALYTICS = { workspaceId: '4711000000000001', scope: 'analytics' };
    expect(lines.filter(({ event }) => event === 'sync')).toMatchObject([
      { ok: true, scopes: [{ ...ANALYTICS, counts: { SYNCED: 24 } }, expect.anything(), { counts: { SYNCED: 4 } }] },
      { ok: true, calls: 4, scopes: [{ counts: { SYNCED: 1 } }, { counts: { SYNCED: 1 } }] },
      { ok: true, scopes: [{ ...ANALYTICS, counts: { SYNCED: 1, UNCHANGED: 23 } }, ...unchanged(24, 4)] },
      { ok: true, calls: 10, scopes: unchanged(24, 24, 4) },
    ]);
    expect(lines.at(-1)).toMatchObject({
      event: 'result',
      ok: true,
      objections: [],
      workspaces: [
        {
          workspaceId: '4711000000000001',
          outcome: 'ROLLED_OUT',
          keyConfigurationId: expect.any(String),
          calls: expect.any(Number),
          secrets: { rewritten: 28, failure: null },
        },
        { workspaceId: '4711000000000002', outcome: 'ROLLED_OUT', secrets: { rewritten: 24 } },
        { workspaceId: '9007199254740993', outcome: 'ROLLED_OUT', secrets: null },
      ],
    });
  });

  test('--scenario provisioning shows a workspace from the request to its secrets, and that asking again makes nothing', async () => {
    const { code, out, err } = await start(['--scenario', 'provisioning', '--once', '--json']);
    expect([code, err]).toEqual([0, '']);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    expect(lines[0]).toMatchObject({ event: 'ready', databricks: { workspaces: [] } });
    const plan = lines.find(({ event }) => event === 'plan');
    expect(plan).toMatchObject({ ok: true, problems: [], configurations: { length: 5 }, objections: [] });
    const run = [
      ...['Plan provisioning', 'Ensure configurations', 'Create workspace', 'Check workspace', 'Sync its secrets'],
      ...['Summarize provisioning', 'Notify'],
    ];
    expect(lines.flatMap(({ event, workspace, step }) => (event === 'progress' ? [[workspace, step]] : []))).toEqual(
      ['Plan provisioning', ...run, ...run].map((step) => ['science', step]),
    );
    expect(lines.at(-1)).toMatchObject({
      event: 'result',
      ok: true,
      objections: [],
      made: { length: 3 },
      workspaces: [{ workspaceName: 'science', outcome: 'CREATED', status: 'RUNNING', secrets: 28, failure: null }],
    });
  });

  test('a scenario that it does not have ends with what was wanted', async () => {
    const { code, err } = await start(['--once', '--scenario=deletion']);
    expect(code).toBe(2);
    expect(err).toContain('--scenario: found deletion, wanted rollout or provisioning');
  });

  test('words that it does not know end with what was wanted', async () => {
    const { code, err } = await start(['--onec']);
    expect(code).toBe(2);
    expect(err).toContain('found --onec, wanted --once, --json or --help, or --scenario NAME');
  });

  test('an endpoint of real AWS is refused', async () => {
    const { code, err } = await start(['--once'], { AWS_ENDPOINT_URL: 'https://kms.us-west-2.amazonaws.com' });
    expect(code).toBe(2);
    expect(err).toContain('the local run never talks to AWS');
  });
});
