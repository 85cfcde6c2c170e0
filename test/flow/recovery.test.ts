import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { CREDENTIAL_SECRET } from '../../local/demo/stage.ts';
import { databricksAdmin } from './databricks-admin.ts';
import { type ProvisioningWorld, REQUEST, startProvisioningWorld, summaryOf } from './provisioning-world.ts';
import { IDS, type SecretWorld, startSecretWorld } from './secret-world.ts';
import { contentOf, empty, restore } from './state-table.ts';

/** Every step of docs/recovery.md that is done here is done as that page says. */
const MINUTE_MS = 60_000;

let at: SecretWorld;
beforeAll(async () => {
  at = await startSecretWorld();
  at.aws.secrets.hasTrail = false;
});
afterAll(() => at.close());

const secrets = (action: string, input: object) => at.aws.secrets.handle(action, { ...input });
/** Databricks' tokens of before are over. */
const later = (): void => at.clock.advance(61 * MINUTE_MS);
const inApp = () => at.scope(IDS.two, 'app');
const putCredentials = (client_id: string, client_secret: string) =>
  secrets('PutSecretValue', {
    SecretId: CREDENTIAL_SECRET,
    SecretString: JSON.stringify({ client_id, client_secret }),
  });

describe('after the credential secret was lost', () => {
  const failsWith = async (name: string): Promise<void> => {
    expect(await at.syncSecrets({})).toMatchObject({ status: 'FAILED', cause: expect.stringContaining(name) });
    expect(at.scopeState(IDS.two, 'app')).toBeUndefined();
  };

  // The first one: nothing has read the secret yet.
  test('whether it is deleted or wrong, nothing is changed, and everything goes on once it is right', async () => {
    await at.create('app/credentials', 'one');
    await secrets('DeleteSecret', { SecretId: CREDENTIAL_SECRET, RecoveryWindowInDays: 7 });
    await failsWith('CredentialSecretMissing');
    await secrets('RestoreSecret', { SecretId: CREDENTIAL_SECRET });
    await putCredentials(at.databricks.clientId, 'nonsense');
    await failsWith('DatabricksUnauthenticated');
    await putCredentials(at.databricks.clientId, at.databricks.clientSecret);
    expect(await at.synced()).toMatchObject({ ok: true, counts: { SYNCED: 2 } });
  });

  test('functions that run go on with what they have read until Databricks refuses it', async () => {
    await putCredentials(at.databricks.clientId, 'nonsense');
    later();
    expect(await at.synced()).toMatchObject({ ok: true });
    await putCredentials(at.databricks.clientId, at.databricks.clientSecret);
  });
});

describe('after a secret was deleted in AWS by mistake', () => {
  test('its keys stand while it can be restored, and go on afterwards', async () => {
    await at.create('app/mistake', 'one');
    await at.synced();
    await secrets('DeleteSecret', { SecretId: 'app/mistake', RecoveryWindowInDays: 7 });
    later();
    await at.synced();
    expect(inApp()).toMatchObject({ mistake: 'one' });
    await secrets('RestoreSecret', { SecretId: 'app/mistake' });
    await at.put('app/mistake', 'two');
    await at.synced();
    expect(inApp()).toMatchObject({ mistake: 'two' });
  });

  test('for good, its keys go where its binding prunes, and come back with a secret of its name', async () => {
    await at.create('app/for-good', 'one');
    await at.synced();
    await secrets('DeleteSecret', { SecretId: 'app/for-good', ForceDeleteWithoutRecovery: true });
    await at.synced();
    expect(inApp()).not.toHaveProperty('for-good');
    await at.create('app/for-good', 'again');
    await at.synced();
    expect(inApp()).toMatchObject({ 'for-good': 'again' });
  });
});

describe('after a scope was deleted by hand', () => {
  test('the next sync makes it again with its secrets and its access list', async () => {
    await at.create('app/scope', 'one');
    await at.synced();
    const before = at.scope(IDS.one, 'app');
    at.databricks.control.deleteScope(IDS.one, 'app');
    expect(await at.synced()).toMatchObject({ ok: true });
    expect(at.scope(IDS.one, 'app')).toEqual(before);
    expect(at.scopeState(IDS.one, 'app')?.acls).toContainEqual({ principal: 'data', permission: 'READ' });
  });
});

describe('after the rules were disabled', () => {
  const switchRules = async (action: 'EnableRule' | 'DisableRule'): Promise<void> => {
    for (const { name } of at.aws.bus.rules()) await at.aws.bus.handle(action, { Name: name });
  };
  afterEach(async () => {
    at.aws.secrets.hasTrail = false;
    await switchRules('EnableRule');
  });

  test('a change waits for the schedule, and once they are enabled it arrives at once', async () => {
    await at.create('app/rule', 'one');
    await at.synced();
    at.aws.secrets.hasTrail = true;
    await switchRules('DisableRule');
    await at.put('app/rule', 'two');
    await at.aws.settled();
    expect(inApp()).toMatchObject({ rule: 'one' });
    at.forgetEnds();
    await at.scheduledSync();
    expect(inApp()).toMatchObject({ rule: 'two' });
    await switchRules('EnableRule');
    await at.put('app/rule', 'three');
    await at.nextSync();
    expect(inApp()).toMatchObject({ rule: 'three' });
  });
});

describe('after the topic was deleted', () => {
  test('the work is done all the same and ends FAILED, until there is one of its name again', async () => {
    const TopicArn = at.outputs.TopicArn ?? '';
    const rotated = async () => {
      await at.aws.kms.handle('RotateKeyOnDemand', { KeyId: at.keyArn });
      return (await at.nextEndOf(at.outputs.KeyRolloutStateMachineArn)).status;
    };
    const keys = () => at.databricks.control.state().workspaces.map(({ managedServicesKeyId }) => managedServicesKeyId);
    const [before] = keys();
    await at.aws.sns.handle('DeleteTopic', { TopicArn });
    expect(await rotated()).toBe('FAILED');
    const [one, two] = keys();
    expect([one === before, one === two]).toEqual([false, true]);
    await at.aws.sns.handle('CreateTopic', { Name: TopicArn.split(':').at(-1) });
    expect(await rotated()).toBe('SUCCEEDED');
  });
});

describe('after the state table was lost', () => {
  test('one sync takes every wanted key over, and what nobody wants any more is left for people', async () => {
    for (const name of ['app/kept', 'app/gone']) await at.create(name, 'one');
    await at.synced();
    await empty(at);
    await secrets('DeleteSecret', { SecretId: 'app/gone', ForceDeleteWithoutRecovery: true });
    at.clock.advance(10 * MINUTE_MS);
    const wanted = Object.keys(inApp()).length - 1;
    expect(await at.synced()).toMatchObject({ ok: true, counts: { SYNCED: 2 * wanted, PRUNED: 0 } });
    expect(await at.synced()).toMatchObject({ ok: true, counts: { SYNCED: 0, UNCHANGED: 2 * wanted } });
    expect(inApp()).toMatchObject({ gone: 'one', kept: 'one' });
  });

  test('and restored to a moment before, one sync puts right what was written since', async () => {
    await at.create('app/edited', 'one');
    await at.synced();
    const before = await contentOf(at);
    await at.put('app/edited', 'two');
    await at.create('app/since', 'one');
    await at.synced();
    await restore(at, before);
    await at.put('app/edited', 'three');
    at.clock.advance(10 * MINUTE_MS);
    expect(await at.synced()).toMatchObject({ ok: true, counts: { FAILED: 0, PRUNED: 0 } });
    expect(inApp()).toMatchObject({ edited: 'three', since: 'one' });
    expect(await at.synced()).toMatchObject({ ok: true, counts: { SYNCED: 0 } });
  });
});

describe('after the service principal was lost', () => {
  test('another one with the same rights goes on, once its credentials are in the secret', async () => {
    const { control, clientId } = at.databricks;
    control.deleteServicePrincipal(clientId);
    await at.create('app/principal', 'one');
    expect(await at.syncSecrets({})).toMatchObject({
      ...{ status: 'FAILED', cause: expect.stringContaining('DatabricksUnauthenticated') },
    });
    const next = { clientId: 'cafe0000-0000-4000-8000-000000000002', clientSecret: 'simulated-secret-of-the-next' };
    control.addServicePrincipal({ ...next, accountAdmin: true, workspaces: 'all' });
    await putCredentials(next.clientId, next.clientSecret);
    expect(await at.synced()).toMatchObject({ ok: true });
    expect(inApp()).toMatchObject({ principal: 'one' });
  });
});

describe('after a workspace was lost', () => {
  let world: ProvisioningWorld;
  beforeAll(async () => {
    world = await startProvisioningWorld();
  });
  afterAll(() => world.close());

  test('the same request makes it again, with its key, its scopes and its secrets', async () => {
    const provision = () => world.provision({ provision: REQUEST });
    expect(summaryOf(await provision())).toMatchObject({ ok: true });
    const [lost] = world.databricks.control.state().workspaces;
    await (await databricksAdmin(world)).deleteWorkspace(lost?.id ?? '');
    world.clock.advance(10 * MINUTE_MS);
    expect(world.workspaces()).toEqual([]);
    expect(summaryOf(await provision())).toMatchObject({ ok: true, created: true, made: [] });
    const [again] = world.databricks.control.state().workspaces;
    expect(again?.id).not.toBe(lost?.id);
    expect(again).toMatchObject({ status: 'RUNNING', managedServicesKeyId: lost?.managedServicesKeyId });
    expect(again?.secretScopes.map(({ name, secrets: keys }) => [name, keys.length])).toEqual([['app', 1]]);
  });
});
