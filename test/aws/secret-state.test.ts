import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoPruneBudget } from '../../lambda/aws/dynamo-prune-budget.ts';
import { DynamoRewritesOwed } from '../../lambda/aws/dynamo-rewrites-owed.ts';
import { DynamoSecretLedger } from '../../lambda/aws/dynamo-secret-ledger.ts';
import { DynamoSyncRecords } from '../../lambda/aws/dynamo-sync-records.ts';
import { DynamoWorkspaceHosts } from '../../lambda/aws/dynamo-workspace-hosts.ts';
import type { StateTable } from '../../lambda/aws/state-table.ts';
import type { ScopeResult } from '../../lambda/contract/secret-sync.ts';
import type { LedgerEntry } from '../../lambda/domain/ledger.ts';
import { type LocalAccount, startLocalAccount } from '../../local/aws/local-account.ts';
import { LocalClock } from '../../local/clock.ts';
import { createStateTable } from './state-table.ts';

/** State of the secret sync on unmodified SDK clients: real conditions, reserved words, pages. */
let aws: LocalAccount;
let dynamo: DynamoDBClient;
let table: StateTable;

beforeAll(async () => {
  aws = await startLocalAccount({ account: '111122223333', region: 'us-west-2', port: 0, clock: new LocalClock() });
  dynamo = new DynamoDBClient({
    endpoint: aws.endpoint.url,
    region: 'us-west-2',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  table = await createStateTable(dynamo);
});
afterAll(async () => {
  dynamo.destroy();
  await aws.close();
});

const ARN = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:app/db-a1b2c3';
const entry = (change: Partial<LedgerEntry> = {}): LedgerEntry => ({
  ...{ key: 'DB_Pass', secretArn: ARN, secretName: 'app/db', member: 'user', versionId: 'v1', bindingId: 'app' },
  ...{ updatedAt: null, rewriteId: null, goneSince: null, revision: 0 },
  ...change,
});
const place = (scope: string) => ({ workspaceId: '9007199254740993', scope });

describe('the ledger', () => {
  test('gives back every field, and knows keys and scopes without case', async () => {
    const ledger = new DynamoSecretLedger(table);
    const first = await ledger.write(place('App'), entry());
    expect(first).toEqual(entry({ revision: 1 }));
    const second = await ledger.write(place('app'), {
      ...first,
      ...{ key: 'db_pass', member: null, updatedAt: 5, rewriteId: 'rollout', goneSince: 7 },
    });
    expect((await ledger.read(place('APP'))).entries).toEqual([second]);
  });

  test('refuses to write or remove on top of what somebody else wrote', async () => {
    const ledger = new DynamoSecretLedger(table);
    const first = await ledger.write(place('race'), entry());
    await ledger.write(place('race'), first);
    for (const act of [
      ledger.write(place('race'), first),
      ledger.write(place('race'), entry()),
      ledger.remove(place('race'), first),
    ]) {
      await expect(act).rejects.toMatchObject({ name: 'StateChanged' });
    }
    await ledger.remove(place('race'), { ...first, revision: 2 });
    expect((await ledger.read(place('race'))).entries).toEqual([]);
  });

  test('tells where a secret was written, and keeps that when it leaves', async () => {
    const ledger = new DynamoSecretLedger(table);
    const secretArn = `${ARN}-2`;
    const written = await ledger.write(place('One'), entry({ secretArn }));
    await ledger.write(place('two'), entry({ secretArn }));
    await ledger.remove(place('one'), written);
    expect(await ledger.scopesOf(secretArn)).toEqual([place('One'), place('two')]);
    expect(await ledger.scopesOf('arn:other')).toEqual([]);
  });

  test('keeps grants and members beside the keys, and passes over the status', async () => {
    const ledger = new DynamoSecretLedger(table);
    const spread = { secretArn: ARN, versionId: 'v2', members: ['a', 'b'], unusable: 1 };
    await ledger.noteMembers(place('s'), { ...spread, versionId: 'v1' });
    await ledger.noteMembers(place('s'), spread);
    await ledger.noteGrant(place('s'), 'Data-Scientists');
    await ledger.noteGrant(place('s'), 'ops@example.com');
    await ledger.removeGrant(place('s'), 'OPS@example.com');
    await new DynamoSyncRecords(table).note(result('s'), 1);
    expect(await ledger.read(place('s'))).toEqual({ entries: [], grants: ['Data-Scientists'], spreads: [spread] });
  });

  test('reads a thousand keys whole', async () => {
    const ledger = new DynamoSecretLedger(table);
    await Promise.all(
      Array.from({ length: 1_000 }, (_, index) => ledger.write(place('big'), entry({ key: `key-${index}` }))),
    );
    expect((await ledger.read(place('big'))).entries).toHaveLength(1_000);
  });
});

const result = (scope: string, change: Partial<ScopeResult> = {}): ScopeResult => ({
  ...{
    ...place(scope),
    workspaceName: 'one',
    bindingIds: ['app'],
    created: false,
    failure: null,
    calls: 3,
    rewritten: 0,
  },
  counts: { SYNCED: 0, UNCHANGED: 1, SKIPPED: 0, FAILED: 0, DRIFTED: 0, PRUNED: 0 },
  secrets: [],
  access: { granted: [], removed: [], others: [], failures: [] },
  ...change,
});

describe('the records of syncs', () => {
  test('tell every scope that was synced, once', async () => {
    const records = new DynamoSyncRecords(table);
    await records.note(result('Alpha'), 1);
    await records.note(result('alpha', { bindingIds: ['app', 'b'] }), 2);
    expect((await records.scopes()).filter(({ scope }) => scope.toLowerCase() === 'alpha')).toEqual([
      {
        ...{ ...place('alpha'), workspaceName: result('alpha').workspaceName, bindingIds: ['app', 'b'], lastSyncAt: 2 },
        counts: result('alpha').counts,
      },
    ]);
  });

  test('know a scope that an event filled, and keep what was found in it before', async () => {
    const records = new DynamoSyncRecords(table);
    await records.note(result('Beta'), 7);
    await records.noteFilled(result('beta'));
    await records.noteFilled(result('gamma'));
    const found = (await records.scopes()).filter(({ scope }) => /^beta$|^gamma$/i.test(scope));
    expect(found.map(({ scope, lastSyncAt }) => [scope, lastSyncAt])).toEqual([
      ['Beta', 7],
      ['gamma', 0],
    ]);
  });

  test('fit into an item, however much went wrong', async () => {
    const secrets = Array.from({ length: 1_000 }, (_, index) => ({
      ...{
        key: `${index}`.padStart(128, 'k'),
        secret: 's'.repeat(512),
        status: 'FAILED' as const,
        reason: 'r'.repeat(5_000),
      },
    }));
    await new DynamoSyncRecords(table).note(result('wrong', { secrets }), 1);
    const item = await table.get(`secret-scope/${place('wrong').workspaceId}/wrong`, 'status');
    const kept = JSON.parse(item?.secrets?.S ?? '[]') as unknown[];
    expect(kept.length + Number(item?.leftOut?.N)).toBe(1_000);
    expect(kept.length).toBeGreaterThan(100);
  });
});

describe('what a key rollout owes', () => {
  test('is settled only for the reason that is owed', async () => {
    const rewrites = new DynamoRewritesOwed(table);
    await rewrites.owe('1', { rewriteId: 'first', leaving: null });
    await rewrites.owe('1', { rewriteId: 'second', leaving: 'old' });
    await rewrites.owe('2', { rewriteId: 'second', leaving: null });
    await rewrites.settle('1', 'first');
    await rewrites.settle('2', 'second');
    await rewrites.settle('3', 'never owed');
    expect(await rewrites.owed()).toEqual(new Map([['1', { rewriteId: 'second', leaving: 'old' }]]));
  });
});

test('hosts of workspaces are remembered, the newest name counts', async () => {
  const hosts = new DynamoWorkspaceHosts(table);
  const one = { workspaceId: '1', name: 'one', deploymentName: 'dbc-1', region: 'us-west-2' };
  await hosts.remember([one, { ...one, workspaceId: '2' }]);
  await hosts.remember([{ ...one, name: 'renamed' }]);
  expect([...(await hosts.remembered()).values()]).toEqual([
    { ...one, name: 'renamed' },
    { ...one, workspaceId: '2' },
  ]);
});

describe('the budget of deletions', () => {
  const reserve = (syncId: string, scope: string, count: number) =>
    new DynamoPruneBudget(table, () => 0).reserve({ syncId, bindingId: 'app', place: place(scope), count, limit: 10 });

  test('is never exceeded by scopes that book side by side', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => reserve('busy', `s${index}`, 3)));
    expect(answers.filter(Boolean)).toHaveLength(3);
  });

  test('counts a scope once that asks again, and nothing that was refused', async () => {
    expect(await reserve('again', 'a', 6)).toBe(true);
    expect(await reserve('again', 'A', 6)).toBe(true);
    expect(await reserve('again', 'b', 5)).toBe(false);
    expect(await reserve('again', 'b', 4)).toBe(true);
    expect(await reserve('another sync', 'b', 10)).toBe(true);
  });
});

test('nothing is kept for ever that only one sync needs', async () => {
  const { Items = [] } = await dynamo.send(new ScanCommand({ TableName: 'state' }));
  const budgets = Items.filter(({ pk }) => pk?.S?.startsWith('prune/'));
  expect(budgets.length).toBeGreaterThan(0);
  for (const { expiresAt } of budgets) expect(Number(expiresAt?.N)).toBe(30 * 24 * 60 * 60);
});
