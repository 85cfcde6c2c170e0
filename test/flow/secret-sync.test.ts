import { afterEach, describe, expect, test } from '@jest/globals';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { IDS, type SecretWorld, startSecretWorld, told } from './secret-world.ts';

let world: SecretWorld;
const start = async (...options: Parameters<typeof startSecretWorld>): Promise<SecretWorld> => {
  world = await startSecretWorld(...options);
  // Events of secrets that a test makes beforehand are not its subject.
  world.aws.secrets.hasTrail = false;
  return world;
};
afterEach(() => world.close());

const scopeOf = (workspaceId: string, name: string) => world.scopeState(workspaceId, name);

const thousand = async (): Promise<void> => {
  for (let index = 0; index < 1_000; index += 1) await world.create(`bulk/key-${index}`, `value ${index}`);
};
const isWhole = (): boolean => {
  const found = world.scope(IDS.one, 'bulk');
  return Array.from({ length: 1_000 }).every((_, index) => found[`key-${index}`] === `value ${index}`);
};
const puts = (calls: readonly string[]): number => calls.filter((call) => call === 'POST put').length;

describe('a secret sync on the synthesized template', () => {
  test('brings secrets, scopes and access lists to every workspace, and the second run writes nothing', async () => {
    await start();
    await world.create('app/jdbc', 'one');
    await world.create('app/bytes', new Uint8Array([0, 255, 1]));
    await world.create('other/tagged', 'three', { synced: 'yes' });
    await world.create('other/apart', 'four');

    const first = await world.synced();

    expect(first).toMatchObject({ ok: true, counts: { SYNCED: 6, FAILED: 0 } });
    for (const id of [IDS.one, IDS.two]) {
      expect(Object.keys(world.scope(id, 'app')).toSorted()).toEqual(['bytes', 'jdbc', 'tagged']);
      expect(world.databricks.control.secretBytes(id, 'app', 'bytes')).toEqual(Buffer.from([0, 255, 1]));
      expect(scopeOf(id, 'app')?.acls).toContainEqual({ principal: 'data', permission: 'READ' });
    }
    world.secretCalls();
    const second = await world.synced();
    expect(second).toMatchObject({ ok: true, counts: { SYNCED: 0, UNCHANGED: 6 } });
    expect(world.secretCalls().filter((call) => !call.startsWith('GET'))).toEqual([]);
  });

  test('calls to Databricks are counted as Databricks counts them', async () => {
    await start();
    await world.create('app/a', 'one');
    world.databricks.control.resetRequests();

    const { calls } = await world.synced();

    expect(calls).toBe(world.databricks.control.requests().filter(({ path }) => !path.includes('/oidc/')).length);
  });

  test('a dry run tells what it would do, and writes nothing', async () => {
    await start();
    await world.create('app/a', 'one');

    const summary = await world.synced({ dryRun: true });

    expect(summary).toMatchObject({ dryRun: true, counts: { SYNCED: 2 } });
    expect(world.secretCalls().filter((call) => !call.startsWith('GET'))).toEqual([]);
    expect(scopeOf(IDS.one, 'app')).toBeUndefined();
  });

  test('JSON secrets are spread to the scope that their tag names, and away again when the tag is taken away', async () => {
    await start();
    await world.create('teams/db', '{"user":"me","password":"one"}', { 'databricks:scope': 'team-ml' });
    await world.create('teams/far', '{"a":"b"}', { 'databricks:scope': 'finance' });

    const summary = await world.synced();

    expect(world.scope(IDS.two, 'team-ml')).toEqual({ db_user: 'me', db_password: 'one' });
    expect(summary.warnings).toEqual([expect.stringContaining('teams/far')]);
    expect(scopeOf(IDS.one, 'finance')).toBeUndefined();
    await world.aws.secrets.handle('UntagResource', { SecretId: 'teams/db', TagKeys: ['databricks:scope'] });
    expect((await world.synced()).counts.PRUNED).toBe(4);
    expect(world.scope(IDS.two, 'team-ml')).toEqual({});
  });

  test('a bad binding or an unknown field in the request is refused before anything is looked at', async () => {
    await start();

    const ended = await world.syncSecrets({ bindings: ['nobody'], scope: 'app' });

    expect(ended).toMatchObject({ status: 'FAILED', error: FAILURE.inputInvalid });
    expect(world.secretCalls()).toEqual([]);
  });
});

describe('a thousand secrets', () => {
  test('with one that cannot be read: the others are there, and the bad one is named', async () => {
    await start();
    await thousand();
    world.aws.secrets.deny('bulk/key-7', 'AccessDeniedException');

    const summary = await world.synced({ bindings: ['bulk'] });

    expect(summary.counts).toMatchObject({ SYNCED: 999, FAILED: 1 });
    expect(told(summary, 'bulk/key-7')).toMatchObject([{ status: 'FAILED', failure: FAILURE.secretUnreadable }]);
    expect(puts(world.secretCalls())).toBe(999);
    world.aws.secrets.deny('bulk/key-7', undefined);
    expect((await world.synced({ bindings: ['bulk'] })).counts).toMatchObject({ SYNCED: 1, UNCHANGED: 999 });
    expect(isWhole()).toBe(true);
    world.secretCalls();
    await world.synced({ bindings: ['bulk'] });
    expect(world.secretCalls().toSorted()).toEqual(['GET acls/list', 'GET list', 'GET scopes/list']);
  });

  test('arrive through expiring tokens and a storm of 429', async () => {
    await start();
    await thousand();
    const { control } = world.databricks;
    control.addFault({ kind: 'token-dropped', method: 'POST', path: '/secrets/put', probability: 0.003 });
    control.addFault({ kind: 'throttled', method: 'POST', path: '/secrets/put', times: 60 });
    control.setSwitches({ secretsRateLimit: { perSecond: 60 } });

    const summary = await world.synced({ bindings: ['bulk'] });

    expect(summary).toMatchObject({ ok: true, counts: { SYNCED: 1_000 } });
    expect(isWhole()).toBe(true);
    const refused = control.requests().filter(({ status }) => status === 429).length;
    // Never a stampede: what is refused beyond the 60 is a small part of what is sent.
    expect(refused).toBeGreaterThan(60);
    expect(refused).toBeLessThan(300);
  });

  test('survive a function that dies half way: what stands is confirmed, the rest is written', async () => {
    await start();
    await thousand();
    const running = world.synced({ bindings: ['bulk'] });
    while (Object.keys(world.scope(IDS.one, 'bulk')).length < 300) await new Promise((done) => setTimeout(done, 5));

    await world.aws.functions.crash();
    const summary = await running;

    expect(summary).toMatchObject({ ok: true, counts: { FAILED: 0 } });
    expect(isWhole()).toBe(true);
    // Written twice: only what was not confirmed before the end came.
    expect(puts(world.secretCalls())).toBeLessThanOrEqual(2_000);
    expect((await world.synced({ bindings: ['bulk'] })).counts).toMatchObject({ UNCHANGED: 1_000, SYNCED: 0 });
  });

  test('a sync that is stopped in the middle is finished by the next one', async () => {
    await start();
    await thousand();
    const { executionArn } = (await world.stepFunctions.handle('StartExecution', {
      stateMachineArn: world.outputs.SecretSyncStateMachineArn,
      input: JSON.stringify({ bindings: ['bulk'] }),
    })) as { readonly executionArn: string };
    while (Object.keys(world.scope(IDS.one, 'bulk')).length < 300) await new Promise((done) => setTimeout(done, 5));

    await world.stepFunctions.handle('StopExecution', { executionArn });
    const summary = await world.synced({ bindings: ['bulk'] });

    expect(summary.ok).toBe(true);
    expect(isWhole()).toBe(true);
  });
});

describe('what others do in Databricks', () => {
  test('an edit, a deleted key and lost access are mended; keys and access of others stay', async () => {
    await start();
    const { control } = world.databricks;
    await world.create('app/a', 'one');
    await world.create('app/b', 'two');
    await world.synced();
    world.clock.advance(5_000);
    control.putSecret(IDS.one, 'app', 'a', 'by hand');
    control.deleteSecret(IDS.one, 'app', 'b');
    control.putSecret(IDS.one, 'app', 'theirs', 'kept');
    control.deleteAcl(IDS.one, 'app', 'data');
    control.putAcl(IDS.one, 'app', 'guests', 'READ');

    const summary = await world.synced();

    expect(world.scope(IDS.one, 'app')).toEqual({ a: 'one', b: 'two', theirs: 'kept' });
    expect(scopeOf(IDS.one, 'app')?.acls).toEqual(
      expect.arrayContaining([
        { principal: 'data', permission: 'READ' },
        { principal: 'guests', permission: 'READ' },
      ]),
    );
    expect(told(summary, 'a')).toMatchObject([{ status: 'SYNCED', reason: 'was edited in Databricks' }]);
  });

  test('where a binding only reports, an edit stays and is told every time', async () => {
    await start();
    await world.create('report/a', 'one');
    await world.synced();
    world.clock.advance(5_000);
    world.databricks.control.putSecret(IDS.two, 'report', 'a', 'by hand');

    for (let run = 0; run < 2; run += 1) {
      expect(told(await world.synced(), 'a')).toMatchObject([{ status: 'DRIFTED' }]);
    }
    expect(world.scope(IDS.two, 'report')).toEqual({ a: 'by hand' });
    await world.put('report/a', 'two');
    expect((await world.nextSync()).counts).toMatchObject({ SYNCED: 1 });
    expect(world.scope(IDS.two, 'report')).toEqual({ a: 'two' });
  });

  test('a scope that was deleted by hand is made again with everything in it', async () => {
    await start();
    await world.create('app/a', 'one');
    await world.synced();
    world.databricks.control.deleteScope(IDS.one, 'app');

    const summary = await world.synced();

    expect(summary).toMatchObject({
      ok: true,
      scopes: expect.arrayContaining([expect.objectContaining({ created: true })]),
    });
    expect(world.scope(IDS.one, 'app')).toEqual({ a: 'one' });
    expect(scopeOf(IDS.one, 'app')?.acls).toContainEqual({ principal: 'data', permission: 'READ' });
  });

  test('a scope that Azure Key Vault holds is refused clearly, and the other workspace goes on', async () => {
    await start({ [IDS.one]: { secretScopes: [{ name: 'app', backend: 'AZURE_KEYVAULT' }] } });
    await world.create('app/a', 'one');

    const ended = await world.syncSecrets({});

    expect(ended).toMatchObject({ status: 'FAILED', error: FAILURE.syncIncomplete });
    expect(ended.cause).toMatch(/scope app.*Key Vault/);
    expect(world.scope(IDS.two, 'app')).toEqual({ a: 'one' });
    expect(world.secretCalls().filter((call) => call === 'POST put')).toHaveLength(1);
  });

  test('a workspace that is gone fails alone', async () => {
    await start({ [IDS.three]: null });
    await world.create('third/a', 'one');
    await world.create('app/a', 'one');

    const ended = await world.syncSecrets({});

    expect(ended).toMatchObject({ status: 'FAILED', error: FAILURE.syncIncomplete });
    expect(ended.cause).toContain(`workspace ${IDS.three}`);
    expect(world.scope(IDS.one, 'app')).toEqual({ a: 'one' });
  });

  test('a workspace that does not answer fails alone, and is done by the next sync', async () => {
    await start();
    await world.create('app/a', 'one');
    world.databricks.control.addFault({ kind: 'unavailable', workspace: `ws-${IDS.two}`, probability: 1 });

    const summary = await world.synced();

    expect(summary.ok).toBe(false);
    expect(world.scope(IDS.one, 'app')).toEqual({ a: 'one' });
    world.databricks.control.clearFaults();
    expect((await world.synced()).ok).toBe(true);
    expect(world.scope(IDS.two, 'app')).toEqual({ a: 'one' });
  });
});

describe('two bindings on one scope', () => {
  test('do not fight: each keeps its keys and its access, at once and again', async () => {
    await start();
    await world.create('app/a', 'one');
    await world.create('shared/b', 'two');

    const [first] = await Promise.all([world.synced({ bindings: ['app'] }), world.synced({ bindings: ['shared'] })]);

    expect(first.ok).toBe(true);
    expect(world.scope(IDS.one, 'app')).toEqual({ a: 'one', b: 'two' });
    expect(scopeOf(IDS.one, 'app')?.acls).toEqual(
      expect.arrayContaining([
        { principal: 'data', permission: 'READ' },
        { principal: 'ops', permission: 'MANAGE' },
      ]),
    );
    world.secretCalls();
    expect((await world.synced()).counts).toMatchObject({ SYNCED: 0, PRUNED: 0, UNCHANGED: 3 });
    expect(world.secretCalls().filter((call) => !call.startsWith('GET'))).toEqual([]);
  });

  test('that want the same key: who has it keeps it, the other is refused by name', async () => {
    await start();
    await world.create('app/same', 'one');
    await world.synced();
    await world.create('shared/Same', 'two');

    const summary = await world.synced();

    expect(world.scope(IDS.one, 'app')).toEqual({ same: 'one' });
    expect(told(summary, 'shared/Same')).toMatchObject([{ status: 'FAILED', failure: FAILURE.secretKeyCollision }]);
    await world.put('shared/Same', 'three');
    await world.nextSync();
    expect(world.scope(IDS.one, 'app')).toEqual({ same: 'one' });
  });
});
