import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { BusEvent } from '../../local/aws/service.ts';
import { IDS, type SecretWorld, startSecretWorld, told } from './secret-world.ts';

const LABEL_UPDATED = JSON.parse(
  readFileSync(
    join(import.meta.dirname, '..', 'samples', 'aws-events', 'secretsmanager.secret-label-updated.awscurrent.json'),
    'utf8',
  ),
) as BusEvent;

let world: SecretWorld;
/** A stage in which the secrets `app/a` and `app/b` are in place. */
const start = async (): Promise<SecretWorld> => {
  world = await startSecretWorld();
  world.aws.secrets.hasTrail = false;
  await world.create('app/a', 'one');
  await world.create('app/b', 'two');
  await world.synced();
  world.aws.secrets.hasTrail = true;
  world.secretCalls();
  return world;
};
afterEach(() => world.close());

const call = (action: string, input: Record<string, unknown>) => world.aws.secrets.handle(action, input);
const inApp = () => world.scope(IDS.two, 'app');

describe('a change in AWS', () => {
  test('of a value costs one put and one list in each scope, and reads no other value', async () => {
    await start();

    await world.put('app/a', 'new');
    const summary = await world.nextSync();

    expect(summary.counts).toMatchObject({ SYNCED: 2, UNCHANGED: 0 });
    expect(world.secretCalls().toSorted()).toEqual(['GET list', 'GET list', 'POST put', 'POST put']);
    expect(inApp()).toEqual({ a: 'new', b: 'two' });
  });

  test('of a value that UpdateSecret makes is told by two events and makes one sync', async () => {
    await start();

    await call('UpdateSecret', { SecretId: 'app/a', SecretString: 'new' });
    await world.nextSync();
    await world.aws.settled();

    expect(inApp()).toEqual({ a: 'new', b: 'two' });
    expect(world.secretCalls().filter((one) => one === 'POST put')).toHaveLength(2);
  });

  test('by rotation arrives', async () => {
    await start();

    world.aws.secrets.rotate('app/a', 'rotated');
    await world.nextSync();

    expect(inApp()).toEqual({ a: 'rotated', b: 'two' });
  });

  test('that is rolled back to the version before arrives', async () => {
    await start();
    const { VersionIdsToStages: before } = (await call('DescribeSecret', { SecretId: 'app/a' })) as {
      readonly VersionIdsToStages: Readonly<Record<string, unknown>>;
    };
    const [first] = Object.keys(before);
    const { VersionId } = (await call('PutSecretValue', { SecretId: 'app/a', SecretString: 'new' })) as {
      readonly VersionId: string;
    };
    await world.nextSync();

    await call('UpdateSecretVersionStage', {
      ...{ SecretId: 'app/a', VersionStage: 'AWSCURRENT', MoveToVersionId: first, RemoveFromVersionId: VersionId },
    });
    await world.nextSync();

    expect(inApp()).toEqual({ a: 'one', b: 'two' });
  });

  test('is not taken from the event: a late one of an old version writes the current one, or nothing', async () => {
    await start();
    await world.put('app/a', 'second');
    await world.nextSync();
    await world.put('app/a', 'third');
    await world.nextSync();
    world.secretCalls();

    for (const versionId of ['11111111-aaaa-4aaa-8aaa-aaaaaaaaaaaa', '22222222-aaaa-4aaa-8aaa-aaaaaaaaaaaa']) {
      world.aws.bus.accept({
        ...LABEL_UPDATED,
        resources: [await arnOf('app/a')],
        detail: { name: 'app/a', labelUpdated: 'AWSCURRENT', versionId },
      });
      expect((await world.nextSync()).counts).toMatchObject({ SYNCED: 0, UNCHANGED: 2 });
    }

    expect(inApp()).toEqual({ a: 'third', b: 'two' });
    expect(world.secretCalls().filter((one) => one === 'POST put')).toEqual([]);
  });

  test('of a tag brings a secret in, and takes it out again', async () => {
    await start();
    world.aws.secrets.hasTrail = false;
    await world.create('teams/db', '{"user":"me"}');
    world.aws.secrets.hasTrail = true;

    await call('TagResource', { SecretId: 'teams/db', Tags: [{ Key: 'databricks:scope', Value: 'team-a' }] });
    await world.nextSync();
    expect(world.scope(IDS.two, 'team-a')).toEqual({ db_user: 'me' });

    await call('TagResource', { SecretId: 'teams/db', Tags: [{ Key: 'databricks:scope', Value: 'team-b' }] });
    await world.nextSync();
    expect([world.scope(IDS.two, 'team-a'), world.scope(IDS.two, 'team-b')]).toEqual([{}, { db_user: 'me' }]);

    await call('UntagResource', { SecretId: 'teams/db', TagKeys: ['databricks:scope'] });
    await world.nextSync();
    expect(world.scope(IDS.two, 'team-b')).toEqual({});
  });

  test('a new secret arrives, and a deleted one goes only when it is really gone', async () => {
    await start();

    await world.create('app/c', 'three');
    await world.nextSync();
    expect(inApp()).toEqual({ a: 'one', b: 'two', c: 'three' });

    await call('DeleteSecret', { SecretId: 'app/c', RecoveryWindowInDays: 7 });
    expect(told(await world.nextSync(), 'c')).toMatchObject([{ status: 'SKIPPED' }, { status: 'SKIPPED' }]);
    expect(inApp()).toEqual({ a: 'one', b: 'two', c: 'three' });

    await call('RestoreSecret', { SecretId: 'app/c' });
    expect((await world.nextSync()).counts.FAILED).toBe(0);
    expect(inApp()).toEqual({ a: 'one', b: 'two', c: 'three' });

    await call('DeleteSecret', { SecretId: 'app/c', ForceDeleteWithoutRecovery: true });
    expect((await world.nextSync()).counts.PRUNED).toBe(2);
    expect(inApp()).toEqual({ a: 'one', b: 'two' });
  });

  test('that no event tells of is found by the schedule', async () => {
    await start();
    world.aws.secrets.hasTrail = false;
    await world.create('app/late', 'three');

    const ended = await world.scheduledSync();

    expect(ended.status).toBe('SUCCEEDED');
    expect(inApp()).toEqual({ a: 'one', b: 'two', late: 'three' });
  });

  test('of a secret that nobody selects starts nothing', async () => {
    await start();
    await world.create('other/a', 'one');
    await world.put('other/a', 'two');

    await world.aws.settled();

    expect(world.secretCalls()).toEqual([]);
  });
});

describe('deletions', () => {
  test('beyond the limit of a binding are held back until somebody confirms them', async () => {
    await start();
    world.aws.secrets.hasTrail = false;
    for (const name of ['app/c', 'app/d']) await world.create(name, 'more');
    await world.synced();
    for (const SecretId of ['app/a', 'app/b', 'app/c', 'app/d']) {
      await call('DeleteSecret', { SecretId, ForceDeleteWithoutRecovery: true });
    }

    const held = await world.syncSecrets({});

    expect(held).toMatchObject({ status: 'FAILED', cause: expect.stringContaining('PruneLimitExceeded') });
    const left = [IDS.one, IDS.two].map((id) => Object.keys(world.scope(id, 'app')).length);
    expect(left.every((count) => count === 4)).toBe(true);
    expect((await world.synced({ confirmDeletes: 8 })).counts.PRUNED).toBe(8);
    expect(inApp()).toEqual({});
  });

  test('never take a key that somebody else wrote', async () => {
    await start();
    world.databricks.control.putSecret(IDS.two, 'app', 'theirs', 'kept');
    for (const SecretId of ['app/a', 'app/b']) {
      await call('DeleteSecret', { SecretId, ForceDeleteWithoutRecovery: true });
    }
    await Promise.all([world.nextSync(), world.nextSync()]);

    await world.synced();

    expect(inApp()).toEqual({ theirs: 'kept' });
  });
});

describe('a key rollout', () => {
  const keysOf = (workspaceId: string): ReadonlyMap<string, string | null> =>
    new Map(
      (world.scopeState(workspaceId, 'app')?.secrets ?? []).map(({ key, keyConfigurationId }) => [
        key,
        keyConfigurationId,
      ]),
    );

  test('moves every owned secret under the new key, says how many, and leaves the keys of others', async () => {
    await start();
    world.databricks.control.putSecret(IDS.one, 'app', 'theirs', 'kept');
    const old = keysOf(IDS.one).get('a');

    await world.aws.kms.handle('RotateKeyOnDemand', { KeyId: world.keyArn });
    const ended = await world.nextEndOf(world.outputs.KeyRolloutStateMachineArn);

    const { workspaces } = ended.output as {
      readonly workspaces: readonly { readonly keyConfigurationId: string; readonly secrets: unknown }[];
    };
    expect(workspaces.map(({ secrets }) => secrets)).toEqual([
      { rewritten: 2, failure: null },
      { rewritten: 2, failure: null },
    ]);
    const now = workspaces[0]?.keyConfigurationId;
    expect(now).not.toBe(old);
    expect(keysOf(IDS.one)).toEqual(
      new Map([
        ['a', now],
        ['b', now],
        ['theirs', old],
      ]),
    );
    expect(world.scope(IDS.one, 'app')).toEqual({ a: 'one', b: 'two', theirs: 'kept' });
    expect(world.aws.sns.published.map(({ message }) => message).join()).toContain('2 secrets');
    world.secretCalls();
    expect((await world.synced()).counts).toMatchObject({ UNCHANGED: 4, SYNCED: 0 });
  });

  test('whose secrets could not be written keeps the key, tells so, and the next sync does it', async () => {
    await start();
    world.databricks.control.addFault({
      ...{ kind: 'text-error', status: 403, code: 'PERMISSION_DENIED', message: 'no', path: '/secrets/put' },
      ...{ workspace: `ws-${IDS.one}`, probability: 1 },
    });

    await world.aws.kms.handle('RotateKeyOnDemand', { KeyId: world.keyArn });
    const ended = await world.nextEndOf(world.outputs.KeyRolloutStateMachineArn);

    const { workspaces } = ended.output as { readonly workspaces: readonly Record<string, unknown>[] };
    expect(workspaces).toMatchObject([
      { outcome: 'ROLLED_OUT', secrets: { rewritten: 0, failure: { name: 'SecretSyncIncomplete' } } },
      { outcome: 'ROLLED_OUT', secrets: { rewritten: 2, failure: null } },
    ]);
    world.databricks.control.clearFaults();
    const next = await world.synced();
    expect(next).toMatchObject({ ok: true, rewritten: 2 });
    expect(new Set(keysOf(IDS.one).values())).toEqual(new Set([workspaces[0]?.keyConfigurationId]));
    expect(await world.synced()).toMatchObject({ rewritten: 0, counts: { UNCHANGED: 4 } });
  });

  test('that failed before it saw the new key leaves the secrets to the sync after the workspace has left the old one', async () => {
    await start();
    const { control } = world.databricks;
    const old = keysOf(IDS.one).get('a');
    const reads = { method: 'GET', path: `/workspaces/${IDS.one}$` } as const;
    // The first read belongs to the patch itself, the second one would see the new key.
    control.addFault({ kind: 'slow', realMs: 1, ...reads });
    control.addFault({ kind: 'login-page', ...reads });

    await world.aws.kms.handle('RotateKeyOnDemand', { KeyId: world.keyArn });
    const ended = await world.nextEndOf(world.outputs.KeyRolloutStateMachineArn);

    expect(ended).toMatchObject({ status: 'FAILED', cause: expect.stringContaining('DatabricksAnswerUnreadable') });
    const now = control.state().workspaces.find(({ id }) => id === IDS.one)?.managedServicesKeyId;
    expect(now).not.toBe(old);
    expect(new Set(keysOf(IDS.one).values())).toEqual(new Set([old]));
    expect(await world.synced()).toMatchObject({ ok: true, rewritten: 2 });
    expect(new Set(keysOf(IDS.one).values())).toEqual(new Set([now]));
  });
});

const arnOf = async (name: string): Promise<string> =>
  ((await call('DescribeSecret', { SecretId: name })) as { readonly ARN: string }).ARN;
