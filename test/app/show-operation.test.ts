import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { listOperations, type OperationQuery, showOperation } from '../../lambda/app/show-operation.ts';
import { FakeExecutions } from './fake-executions.ts';
import { FakeClock } from './fakes.ts';

let clock: FakeClock;
let executions: FakeExecutions;
beforeEach(() => {
  clock = new FakeClock();
  executions = new FakeExecutions(clock.now);
});

const TRIGGER = { kind: 'request' };
const child = (workspaceId: string, more: object = {}, step = 'Patch workspace') => ({
  ...{ input: { workspaceId, workspaceName: `ws-${workspaceId}`, ...more }, status: 'RUNNING', step },
});

describe('an operation', () => {
  test('is shown with what was asked for, without what started it', async () => {
    await executions.start('key-rollout', 'one', { bindingId: 'prod', dryRun: true, trigger: TRIGGER });
    expect(await showOperation('key-rollout.one', executions)).toEqual({
      ...{ id: 'key-rollout.one', kind: 'key-rollout', status: 'RUNNING', startedAt: '2026-05-20T20:00:00.000Z' },
      ...{ finishedAt: null, request: { bindingId: 'prod', dryRun: true } },
      ...{ progress: null, items: [], result: null, failure: null },
    });
  });

  test('that runs tells how far it is, and at most twenty of what is under way', async () => {
    await executions.start('secret-sync', 'one', { trigger: TRIGGER });
    const children = Array.from({ length: 25 }, (_, index) => child(String(index), { scope: 'app' }, 'Sync scope'));
    executions.advance('secret-sync', 'one', { total: 30, pending: 5, running: 25, succeeded: 0, failed: 0 }, children);
    const { items, progress } = await showOperation('secret-sync.one', executions);
    expect(progress).toMatchObject({ total: 30, running: 25 });
    expect(items).toHaveLength(20);
    expect(items[0]).toEqual({ item: 'ws-0 (0), scope app', status: 'RUNNING', step: 'Sync scope' });
  });

  test('names a workspace without a scope, and no step before the first one', async () => {
    await executions.start('key-rollout', 'one', { trigger: TRIGGER });
    const { step: _step, ...fresh } = child('2');
    executions.advance('key-rollout', 'one', { total: 1, pending: 0, running: 1, succeeded: 0, failed: 0 }, [fresh]);
    expect((await showOperation('key-rollout.one', executions)).items).toEqual([
      { item: 'ws-2 (2)', status: 'RUNNING', step: null },
    ]);
  });

  test.each([
    [{ provision: { workspaceName: 'analytics' } }, 'analytics'],
    [{ remove: { workspaceName: 'analytics', workspaceId: '7', networkId: null } }, 'analytics (7)'],
  ])('of a provisioning tells the step in which its one workspace is: %j', async (input, item) => {
    await executions.start('workspace-provisioning', 'one', { ...input, trigger: TRIGGER });
    const shown = () => showOperation('workspace-provisioning.one', executions);
    expect((await shown()).items).toEqual([{ item, status: 'RUNNING', step: null }]);
    executions.enter('workspace-provisioning', 'one', 'Check workspace');
    expect((await shown()).items).toEqual([{ item, status: 'RUNNING', step: 'Check workspace' }]);
    executions.end('workspace-provisioning', 'one', { status: 'SUCCEEDED', output: { ok: true } });
    expect((await shown()).items).toEqual([]);
  });

  test('that ended tells its output and nothing under way', async () => {
    await executions.start('key-rollout', 'one', { trigger: TRIGGER });
    clock.pass(5);
    executions.end('key-rollout', 'one', { status: 'SUCCEEDED', output: { ok: true } });
    expect(await showOperation('key-rollout.one', executions)).toMatchObject({
      ...{
        status: 'SUCCEEDED',
        finishedAt: '2026-05-20T20:05:00.000Z',
        result: { ok: true },
        failure: null,
        items: [],
      },
    });
  });

  test.each([
    ['key-rollout', 'Summarize'],
    ['secret-sync', 'Summarize sync'],
    ['workspace-provisioning', 'Summarize provisioning'],
  ] as const)('a %s that failed after its summary still tells it', async (kind, state) => {
    await executions.start(kind, 'one', { trigger: TRIGGER });
    executions.answer(kind, 'one', state, { ok: false });
    executions.end(kind, 'one', { status: 'FAILED', error: 'KeyRolloutIncomplete', cause: 'two workspaces failed' });
    expect(await showOperation(`${kind}.one`, executions)).toMatchObject({
      ...{ result: { ok: false }, failure: { name: 'KeyRolloutIncomplete', message: 'two workspaces failed' } },
    });
  });

  test.each([
    ['what a function threw', JSON.stringify({ errorMessage: 'no such key', trace: ['at x'] }), 'no such key'],
    ['plain words', 'the map failed', 'the map failed'],
    ['words that only look like it', '{"errorMessage" broken', '{"errorMessage" broken'],
    ['a message that is no text', '{"errorMessage":7}', '{"errorMessage":7}'],
  ])('tells the message of %s', async (_what, cause, message) => {
    await executions.start('key-rollout', 'one', { trigger: TRIGGER });
    executions.end('key-rollout', 'one', { status: 'FAILED', error: 'KeyNotFound', cause });
    expect((await showOperation('key-rollout.one', executions)).failure).toEqual({ name: 'KeyNotFound', message });
  });

  test('that timed out without a word is named by its status', async () => {
    await executions.start('key-rollout', 'one', { trigger: TRIGGER });
    executions.end('key-rollout', 'one', { status: 'TIMED_OUT' });
    expect((await showOperation('key-rollout.one', executions)).failure).toEqual({ name: 'TIMED_OUT', message: '' });
  });
});

describe('the list of operations', () => {
  const list = (query: Partial<OperationQuery> = {}) => listOperations({ limit: 20, ...query }, executions);
  const begin = async (kinds: readonly ('key-rollout' | 'secret-sync')[]): Promise<void> => {
    for (const [index, kind] of kinds.entries()) {
      clock.time += 1_000;
      await executions.start(kind, `n${index}`, { trigger: TRIGGER });
    }
  };

  test('tells heads only', async () => {
    await begin(['key-rollout']);
    expect((await list()).operations.map((one) => Object.keys(one).toSorted())).toEqual([
      ['finishedAt', 'id', 'kind', 'startedAt', 'status'],
    ]);
  });

  test('page by page holds every operation once, with any number of each kind and any limit', async () => {
    const kinds = fc.array(fc.constantFrom('key-rollout' as const, 'secret-sync' as const), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(kinds, fc.integer({ min: 1, max: 12 }), async (started, limit) => {
        executions = new FakeExecutions(clock.now);
        await begin(started);
        const seen: string[] = [];
        let next: string | null | undefined;
        do {
          const page = await list({ limit, ...(next != null && { next: decodeURIComponent(next) }) });
          const times = page.operations.map(({ startedAt }) => Date.parse(startedAt));
          expect(times).toEqual(times.toSorted((one, other) => other - one));
          seen.push(...page.operations.map(({ id }) => id));
          next = page.next;
        } while (next !== null);
        expect(seen.toSorted()).toEqual(started.map((kind, index) => `${kind}.n${index}`).toSorted());
      }),
      { seed: 20_260_520, numRuns: 60 },
    );
  });

  test('takes `next` as it was answered and as a query string decodes it', async () => {
    await begin(['key-rollout', 'key-rollout']);
    const { next } = await list({ limit: 1 });
    const pages = await Promise.all([next ?? '', decodeURIComponent(next ?? '')].map((one) => list({ next: one })));
    expect(pages.map(({ operations }) => operations.map(({ id }) => id))).toEqual([
      ['key-rollout.n0'],
      ['key-rollout.n0'],
    ]);
  });

  test.each([
    ...['', 'words', '%', '7', 'null', '[]', '{}', '["key-rollout"]', '{"other":"x"}', '{"key-rollout":7}'],
    ...['{"key-rollout":""}', '{"__proto__":"x"}', JSON.stringify({ 'secret-sync': 'x'.repeat(3_097) })],
  ])('refuses %.30j as `next`', async (next) => {
    await expect(list({ next })).rejects.toMatchObject({
      ...{ name: 'InputInvalid', errors: [{ path: 'query.next', wanted: 'what an earlier page answered as next' }] },
    });
  });
});
