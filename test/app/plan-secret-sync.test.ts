import { beforeEach, describe, expect, test } from '@jest/globals';
import { type PlanSyncPorts, planSecretSync } from '../../lambda/app/plan-secret-sync.ts';
import type { Starter } from '../../lambda/app/ports.ts';
import { startSecretSync } from '../../lambda/app/start-secret-sync.ts';
import { summarizeSecretSync } from '../../lambda/app/summarize-secret-sync.ts';
import type { SecretBinding } from '../../lambda/contract/secret-bindings.ts';
import type { ScopeResult, SyncPlan, SyncRequest } from '../../lambda/contract/secret-sync.ts';
import { FakeSource } from './fake-secret-source.ts';
import { bindings, FakeClock, FakeEvidence, FakeWorkspaces, workspace } from './fakes.ts';
import {
  arnOf,
  CREDENTIAL_SECRET,
  FakeHosts,
  FakeLedger,
  FakeRecords,
  FakeRewrites,
  secretBinding,
} from './secret-fakes.ts';

const TAGGED = secretBinding({
  id: 'tagged',
  workspaces: ['1'],
  select: { kind: 'tags', scopes: ['team-*'], namePrefixes: ['teams/'], exclude: [] },
});

let source: FakeSource;
let ledger: FakeLedger;
let records: FakeRecords;
let hosts: FakeHosts;
let rewrites: FakeRewrites;
let workspaces: FakeWorkspaces;
let asked = 0;
beforeEach(() => {
  source = new FakeSource();
  ledger = new FakeLedger();
  records = new FakeRecords();
  hosts = new FakeHosts();
  rewrites = new FakeRewrites();
  workspaces = new FakeWorkspaces(workspace('1'), workspace('2'), workspace('3', { region: 'eu-west-1' }));
  asked = 0;
  const list = workspaces.list.bind(workspaces);
  workspaces.list = async () => {
    asked += 1;
    return list();
  };
});

const ports = (...list: readonly SecretBinding[]): PlanSyncPorts => ({
  ...{ source, ledger, records, hosts, rewrites, workspaces },
  bindings: { ...bindings(), secretBindings: list, credentialSecret: CREDENTIAL_SECRET },
  region: 'us-west-2',
  calls: () => asked,
});
const plan = (request: SyncRequest, ...list: readonly SecretBinding[]) =>
  planSecretSync({ request, syncId: 'sync' }, ports(...list));
const places = ({ scopes }: SyncPlan): readonly string[] =>
  scopes.map(({ workspaceId, scope }) => `${workspaceId}/${scope}`);
const written = (name: string, scope: string) =>
  ledger.write(
    { workspaceId: '1', scope },
    {
      ...{ key: name, secretArn: arnOf(name), secretName: name, member: null, versionId: 'v1', bindingId: 'app' },
      ...{ updatedAt: 1, rewriteId: null, goneSince: null, revision: 0 },
    },
  );

describe('the plan of a sync', () => {
  test('of everything looks at each scope of each workspace once, with every binding that reaches it', async () => {
    const two = secretBinding({
      id: 'two',
      workspaces: 'all',
      select: { kind: 'scopes', scopes: ['APP', 'b'], include: [], exclude: [] },
    });
    const planned = await plan({}, secretBinding(), two);
    expect(places(planned)).toEqual(['1/APP', '1/b', '2/APP', '2/b']);
    expect(planned.scopes[0]).toMatchObject({ bindingIds: ['app', 'two'], secrets: null, deploymentName: 'dbc-1' });
    expect(planned.calls).toBe(1);
  });

  test('takes in scopes that tags name, and those that tags named before', async () => {
    source.put('teams/a', 'v', { 'databricks:scope': 'team-a' });
    source.put('teams/b', 'v', { 'databricks:scope': 'finance' });
    records.noted.push({ workspaceId: '1', scope: 'team-old', bindingIds: ['tagged'] } as unknown as ScopeResult);
    const planned = await plan({}, TAGGED);
    expect(places(planned)).toEqual(['1/team-a', '1/team-old']);
    expect(planned.warnings).toEqual([expect.stringContaining('names finance')]);
  });

  test('is narrowed by bindings, workspaces and scopes', async () => {
    const other = secretBinding({
      id: 'other',
      workspaces: ['1', '2'],
      select: { kind: 'scopes', scopes: ['x', 'y'], include: [], exclude: [] },
    });
    expect(
      places(await plan({ bindings: ['other'], workspaces: ['2'], scopes: ['X'] }, secretBinding(), other)),
    ).toEqual(['2/x']);
    await expect(plan({ bindings: ['nonsense'] }, other)).rejects.toMatchObject({
      name: 'BindingUnknown',
      message: expect.stringContaining('other'),
    });
  });

  test('names a workspace that is gone, and goes on with the others', async () => {
    const planned = await plan({}, secretBinding({ workspaces: ['9', '1'] }));
    expect(places(planned)).toEqual(['1/app']);
    expect(planned.problems).toMatchObject([{ workspaceId: '9', failure: { name: 'WorkspaceNotFound' } }]);
  });

  describe('with a binding for all workspaces', () => {
    const all = secretBinding({ workspaces: 'all' });
    const tagged = secretBinding({ ...TAGGED, workspaces: 'all' });
    const tags = (ids: string) => ({ 'databricks:scope': 'team-a', 'databricks:workspaces': ids });

    test('reaches those of its Region alone, also with what it remembers of them', async () => {
      source.put('app/a', 'v');
      expect(places(await plan({}, all))).toEqual(['1/app', '2/app']);
      asked = 0;
      expect(places(await plan({ secret: arnOf('app/a') }, all))).toEqual(['1/app', '2/app']);
      expect(asked).toBe(0);
    });

    test.each([
      ['of another Region', '3'],
      ['that does not exist', '404'],
      ['of a form of its own', '../3 ２'],
    ])('does not follow a tag to a workspace %s, says so, and goes on', async (_what, ids) => {
      source.put('teams/a', 'v', tags(`1 ${ids}`));
      for (const request of [{}, { secret: arnOf('teams/a') }]) {
        const planned = await plan(request, tagged);
        expect(places(planned)).toEqual(['1/team-a']);
        expect(planned.problems).toEqual([]);
        expect(planned.warnings.length).toBeGreaterThan(0);
        expect(planned.warnings.join()).toContain('secret teams/a: its tag databricks:workspaces ');
      }
    });

    test('brings nothing into a workspace elsewhere that another binding names', async () => {
      const other = secretBinding({ id: 'other', workspaces: ['3'] });
      const { scopes } = await plan({}, all, other);
      expect(scopes.map(({ workspaceId, bindingIds }) => [workspaceId, bindingIds])).toEqual([
        ['1', ['app']],
        ['2', ['app']],
        ['3', ['other']],
      ]);
    });
  });

  test('of one secret asks no one where workspaces answer, once that is known', async () => {
    source.put('app/a', 'v');
    await plan({}, secretBinding());
    asked = 0;
    const planned = await plan({ secret: arnOf('app/a') }, secretBinding());
    expect(planned).toMatchObject({ calls: 0, scopes: [{ scope: 'app', secrets: [arnOf('app/a')], rewriteId: null }] });
  });

  test('of one secret looks where it is wanted and where it was written', async () => {
    source.put('app/a', 'v');
    await written('app/a', 'app');
    source.secrets.delete('app/a');
    expect(places(await plan({ secret: arnOf('app/a') }, secretBinding()))).toEqual(['1/app']);
    expect(places(await plan({ secret: arnOf('elsewhere') }, secretBinding()))).toEqual([]);
    expect((await plan({ secret: 'a-name' }, secretBinding())).warnings).toEqual([expect.stringContaining('a-name')]);
  });

  test('never looks at the credentials of this product', async () => {
    source.put(CREDENTIAL_SECRET, 'never');
    const binding = secretBinding({
      select: { kind: 'scopes', scopes: ['app'], include: [{ by: 'name-prefix', prefix: 'databricks' }], exclude: [] },
    });
    expect(places(await plan({ secret: CREDENTIAL_SECRET }, binding))).toEqual([]);
  });

  test('writes again what a key rollout owes, or what is asked for', async () => {
    rewrites.reasons.set('1', { rewriteId: 'rollout', leaving: null });
    const planned = await plan({ rewrite: true }, secretBinding({ workspaces: ['1', '2'] }));
    expect(planned.scopes.map(({ rewriteId }) => rewriteId)).toEqual(['rollout', 'sync']);
    expect((await plan({}, secretBinding({ workspaces: ['2'] }))).scopes[0]?.rewriteId).toBeNull();
  });

  test('writes nothing again for a rollout that failed half-way until the workspace has left the key before', async () => {
    const binding = secretBinding({ workspaces: ['1'] });
    rewrites.reasons.set('1', { rewriteId: 'rollout', leaving: 'old' });
    workspaces.set('1', { managedServicesKeyId: 'old' });
    expect((await plan({}, binding)).scopes[0]?.rewriteId).toBeNull();
    workspaces.set('1', { managedServicesKeyId: 'new' });
    expect((await plan({}, binding)).scopes[0]?.rewriteId).toBe('rollout');
  });

  test('of more scopes than one state holds takes those that waited longest, and leaves the others to the next', async () => {
    const scopes = Array.from({ length: 202 }, (_, index) => `s${index}`);
    const select = { kind: 'scopes', scopes, include: [], exclude: [] } as const;
    const binding = secretBinding({ select, workspaces: ['1'] });
    const note = (scope: string) =>
      records.noted.push({ workspaceId: '1', scope, bindingIds: [binding.id] } as unknown as ScopeResult);
    note('S0');
    note('s1');
    for (const scope of scopes.slice(3)) note(scope);

    const first = await plan({}, binding);

    expect(first.scopes).toHaveLength(200);
    expect(first.scopes.slice(0, 3).map(({ scope }) => scope)).toEqual(['s0', 's2', 's1']);
    expect(first.scopes.map(({ scope }) => scope)).not.toContain('s201');
    expect(first).toMatchObject({ postponed: ['1'], warnings: [expect.stringContaining('200 of 202 scopes')] });
    expect(await plan({ scopes: scopes.slice(0, 200) }, binding)).toMatchObject({ postponed: [], warnings: [] });
  });
});

describe('the front door', () => {
  const started = new Map<string, SyncRequest>();
  const syncs: Starter<SyncRequest> = {
    start: async (name, request) => {
      if (started.has(name)) return { kind: 'exists', status: 'RUNNING' };
      started.set(name, request);
      return { kind: 'started' };
    },
  };
  const home = { partition: 'aws', account: '111122223333', region: 'us-west-2' };
  const door = (event: unknown, ...list: readonly SecretBinding[]) =>
    startSecretSync(event, { ...ports(...list), home, syncs, clock: () => Date.parse('2026-05-06T17:00:00Z') });
  const label = (name: string, change = {}) => ({
    source: 'aws.secretsmanager',
    'detail-type': 'Secret Label Updated',
    account: home.account,
    region: home.region,
    id: 'one',
    time: '2026-05-06T16:43:48Z',
    resources: [arnOf(name)],
    detail: { name, labelUpdated: 'AWSCURRENT', versionId: 'v1' },
    ...change,
  });
  beforeEach(() => started.clear());

  test('starts one sync of the secret that changed, however often its event arrives', async () => {
    const first = await door(label('app/a'), secretBinding());
    const second = await door(label('app/a', { id: 'two' }), secretBinding());
    expect(first.started).toBe(second.known);
    expect([...started.values()]).toMatchObject([{ secret: arnOf('app/a'), trigger: { kind: 'secret-changed' } }]);
  });

  test('starts a sync of everything for a firing of the schedule that is replayed, once a minute', async () => {
    const firing = { trigger: { kind: 'schedule' } };
    const first = await door(firing, secretBinding());
    expect((await door(firing, secretBinding())).known).toBe(first.started);
    expect([...started]).toEqual([[expect.stringMatching(/^scheduled-[a-z0-9]+$/), firing]]);
  });

  test('drops what no binding means, and its own credentials', async () => {
    const all = secretBinding({
      select: { kind: 'scopes', scopes: ['app'], include: [{ by: 'name-prefix', prefix: 'd' }], exclude: [] },
    });
    expect(await door(label('other/a'), secretBinding())).toMatchObject({
      ignored: expect.stringContaining('other/a'),
    });
    expect(await door(label(CREDENTIAL_SECRET), all)).toMatchObject({ ignored: expect.any(String) });
    expect(started.size).toBe(0);
  });

  test('asks for tags where only they can tell, and lets events through that take tags away', async () => {
    const byTag = secretBinding({
      select: { kind: 'scopes', scopes: ['app'], include: [{ by: 'tag', key: 'sync', value: 'yes' }], exclude: [] },
    });
    source.put('x', 'v');
    expect(await door(label('x'), byTag)).toMatchObject({ ignored: expect.any(String) });
    source.put('y', 'v', { sync: 'yes' });
    expect(await door(label('y'), byTag)).toMatchObject({ started: expect.any(String) });
    const untagged = label('x', {
      'detail-type': 'AWS API Call via CloudTrail',
      detail: {
        eventName: 'UntagResource',
        requestParameters: { secretId: 'x' },
        responseElements: { arn: arnOf('x') },
      },
    });
    expect(await door(untagged, byTag)).toMatchObject({ started: expect.any(String) });
  });
});

describe('the summary', () => {
  const evidence = new FakeEvidence();
  const clock = new FakeClock();
  const result = (scope: string, change: Partial<ScopeResult> = {}): ScopeResult => ({
    ...{ workspaceId: '1', workspaceName: 'one', scope, bindingIds: ['app'], created: false, failure: null, calls: 3 },
    counts: { SYNCED: 0, UNCHANGED: 5, SKIPPED: 0, FAILED: 0, DRIFTED: 0, PRUNED: 0 },
    ...{ rewritten: 0, secrets: [], access: { granted: [], removed: [], others: [], failures: [] } },
    ...change,
  });
  const counts = (change: Partial<ScopeResult['counts']>) => ({ ...result('a').counts, UNCHANGED: 0, ...change });
  const summary = async (request: SyncRequest, results: readonly ScopeResult[], ...list: readonly SecretBinding[]) => {
    const input = {
      request,
      plan: await plan(request, ...list),
      syncId: 'sync',
      startedAt: '2026-01-01T00:00:00Z',
      results,
    };
    return summarizeSecretSync(input, { evidence, rewrites, clock: clock.now });
  };
  const twoScopes = secretBinding({ select: { kind: 'scopes', scopes: ['a', 'b'], include: [], exclude: [] } });
  beforeEach(() => {
    evidence.records.length = 0;
  });

  test('of a sync with nothing to do is short, and nothing is put on record', async () => {
    const done = await summary({ trigger: { kind: 'schedule' } }, [result('a'), result('b')], twoScopes);
    expect(done).toMatchObject({
      ok: true,
      worthTelling: false,
      headline: 'secret sync: 10 unchanged in 2 scopes',
      calls: 7,
    });
    expect(evidence.records).toEqual([]);
  });

  test('names what failed and what to do, and a scope that never answered', async () => {
    const secrets = [
      { key: 'k', secret: 'app/k', status: 'FAILED', reason: 'it is bad', failure: 'SecretRefused' } as const,
    ];
    const done = await summary({}, [result('a', { counts: counts({ FAILED: 1, SYNCED: 2 }), secrets })], twoScopes);
    expect(done).toMatchObject({ ok: false, worthTelling: true });
    expect(done.message.split('\n')).toEqual([
      'secret sync is incomplete: 2 to attend to; 2 written, 1 failed in 1 scope',
      '- workspace 1, scope b FAILED: NotReached: its execution ended without a result; look at the map run of this sync',
      '- one (1), scope a: 2 SYNCED, 1 FAILED, 3 calls',
      '  FAILED k (secret app/k): SecretRefused: it is bad',
      'Mend the cause; the next sync goes on where this one ended.',
    ]);
    expect(evidence.records).toMatchObject([{ subject: 'secret-sync', facts: { summary: { ok: false } } }]);
  });

  test('ends what a rollout is owed only when every scope of the workspace was written again', async () => {
    rewrites.reasons.set('1', { rewriteId: 'rollout', leaving: null });
    const rewritten = counts({ SYNCED: 5 });
    await summary({}, [result('a', { counts: rewritten })], twoScopes);
    await summary({}, [result('a'), result('b', { counts: counts({ FAILED: 1 }) })], twoScopes);
    await summary({ scopes: ['a'] }, [result('a', { counts: rewritten })], twoScopes);
    await summary({ dryRun: true }, [result('a'), result('b')], twoScopes);
    const many = Array.from({ length: 201 }, (_, index) => `${index}`);
    const postponing = secretBinding({ workspaces: ['1'], select: { ...twoScopes.select, scopes: many } });
    await summary(
      {},
      many.map((scope) => result(scope)),
      postponing,
    );
    expect(rewrites.reasons.get('1')?.rewriteId).toBe('rollout');
    await summary({}, [result('a', { counts: rewritten }), result('b', { counts: rewritten })], twoScopes);
    expect(rewrites.reasons.size).toBe(0);
  });

  test('is not told again and again by the schedule, but drift, deletions and new scopes are', async () => {
    const told = async (change: Partial<ScopeResult>) =>
      (await summary({ trigger: { kind: 'schedule' } }, [result('a', change), result('b')], twoScopes)).worthTelling;
    expect(await told({ counts: counts({ FAILED: 1 }) })).toBe(false);
    expect(await told({ counts: counts({ DRIFTED: 1 }) })).toBe(true);
    expect(await told({ counts: counts({ PRUNED: 1 }) })).toBe(true);
    expect(await told({ created: true })).toBe(true);
  });
});
