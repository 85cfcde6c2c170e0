import { afterEach, describe, expect, test } from '@jest/globals';
import { CREDENTIAL_SECRET } from '../../local/demo/stage.ts';
import { type RolloutWorld, startRolloutWorld, IDS as WORKSPACES } from './rollout-world.ts';
import { IDS, type SecretWorld, startSecretWorld } from './secret-world.ts';

/** Every step of docs/recovery.md that is done here is done as that page says. */
let world: SecretWorld | RolloutWorld;
const secretWorld = async (): Promise<SecretWorld> => {
  const started = await startSecretWorld();
  started.aws.secrets.hasTrail = false;
  world = started;
  return started;
};
afterEach(() => world.close());

type Item = Readonly<Record<'pk' | 'sk', unknown>>;

/** What is left of a table that was lost and made anew. */
const empty = async ({ aws, outputs }: SecretWorld | RolloutWorld): Promise<void> => {
  const TableName = outputs.StateTableName;
  const { Items } = (await aws.callAws('dynamodb', 'Scan', { TableName })) as { readonly Items: readonly Item[] };
  for (const { pk, sk } of Items) await aws.callAws('dynamodb', 'DeleteItem', { TableName, Key: { pk, sk } });
};

describe('after the state table was lost', () => {
  test('one sync takes every wanted key over, and what nobody wants any more is left for people', async () => {
    const at = await secretWorld();
    await at.create('app/kept', 'one');
    await at.create('app/gone', 'two');
    await at.synced();
    await empty(at);
    await at.aws.secrets.handle('DeleteSecret', { SecretId: 'app/gone', ForceDeleteWithoutRecovery: true });
    at.clock.advance(10 * 60_000);
    expect(await at.synced()).toMatchObject({ ok: true, counts: { SYNCED: 2 } });
    expect(await at.synced()).toMatchObject({ ok: true, counts: { SYNCED: 0, UNCHANGED: 2 } });
    expect(Object.keys(at.scope(IDS.one, 'app')).toSorted()).toEqual(['gone', 'kept']);
  });

  test('a rollout finds what was registered before, and changes nothing that is right', async () => {
    const at = await startRolloutWorld();
    world = at;
    await at.rotate();
    await empty(at);
    at.databricks.control.resetRequests();
    expect(at.outcomes(await at.rollOut({ bindingId: 'managed' }))).toEqual(['UNCHANGED', 'UNCHANGED', 'UNCHANGED']);
    expect(at.writes()).toEqual([]);
  });
});

describe('after the credential secret was lost', () => {
  test('nothing is changed while it is wrong, and everything goes on once it is right', async () => {
    const at = await secretWorld();
    await at.create('app/one', 'one');
    const right = { client_id: at.databricks.clientId, client_secret: at.databricks.clientSecret };
    const put = (secret: object) =>
      at.aws.secrets.handle('PutSecretValue', { SecretId: CREDENTIAL_SECRET, SecretString: JSON.stringify(secret) });
    await put({ ...right, client_secret: 'nonsense' });
    expect((await at.syncSecrets({})).status).toBe('FAILED');
    await put(right);
    expect(await at.synced()).toMatchObject({ ok: true, counts: { SYNCED: 2 } });
  });
});

describe('after a scope was deleted by hand', () => {
  test('the next sync makes it again with its secrets and its access list', async () => {
    const at = await secretWorld();
    await at.create('app/one', 'one');
    await at.synced();
    at.databricks.control.deleteScope(IDS.one, 'app');
    expect(await at.synced()).toMatchObject({ ok: true, counts: { SYNCED: 1, UNCHANGED: 1 } });
    expect(at.scope(IDS.one, 'app')).toEqual({ one: 'one' });
    expect(at.scopeState(IDS.one, 'app')?.acls).toContainEqual({ principal: 'data', permission: 'READ' });
  });
});

describe('after a secret was deleted in AWS by mistake', () => {
  test('its keys stand while it can be restored, and go on afterwards', async () => {
    const at = await secretWorld();
    await at.create('app/one', 'one');
    await at.synced();
    await at.aws.secrets.handle('DeleteSecret', { SecretId: 'app/one', RecoveryWindowInDays: 7 });
    at.clock.advance(60 * 60_000);
    await at.synced();
    expect(at.scope(IDS.one, 'app')).toEqual({ one: 'one' });
    await at.aws.secrets.handle('RestoreSecret', { SecretId: 'app/one' });
    await at.put('app/one', 'two');
    await at.synced();
    expect(at.scope(IDS.one, 'app')).toEqual({ one: 'two' });
  });
});

describe('after a workspace was deleted', () => {
  test('a rollout says so and rolls out the others', async () => {
    const at = await startRolloutWorld({ [WORKSPACES[1]]: { status: 'CANCELLING' } });
    world = at;
    const ended = await at.rotate();
    expect(at.outcomes(ended)).toEqual(['ROLLED_OUT', 'WorkspaceNotRunning', 'ROLLED_OUT']);
  });
});
