import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type RolloutWorld, startRolloutWorld } from './rollout-world.ts';

let world: RolloutWorld;
let policy: string;
const keyPolicy = async (): Promise<string> => {
  const asked = { KeyId: world.keyArn, PolicyName: 'default' };
  return ((await world.aws.kms.handle('GetKeyPolicy', asked)) as { readonly Policy: string }).Policy;
};

describe('before anything is touched', () => {
  beforeAll(async () => {
    world = await startRolloutWorld();
    policy = await keyPolicy();
  });
  afterEach(async () => {
    world.databricks.control.clearFaults();
    await world.aws.kms.handle('EnableKey', { KeyId: world.keyArn });
    await world.aws.kms.handle('PutKeyPolicy', { KeyId: world.keyArn, PolicyName: 'default', Policy: policy });
  });
  afterAll(() => world.close());

  const refused = async (name: string, message: string): Promise<void> => {
    const ended = await world.rollOut({ bindingId: 'managed' });
    expect(ended).toMatchObject({ status: 'FAILED', error: name, cause: expect.stringContaining(message) });
    expect(world.writes()).toEqual([]);
  };

  test('a disabled key', async () => {
    await world.aws.kms.handle('DisableKey', { KeyId: world.keyArn });
    await refused('KeyNotUsable', 'aws kms enable-key');
  });

  test('a key policy without the Databricks statement prints the one to add', async () => {
    const incomplete = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' },
      ],
    };
    await world.aws.kms.handle('PutKeyPolicy', {
      KeyId: world.keyArn,
      PolicyName: 'default',
      Policy: JSON.stringify(incomplete),
    });
    await refused('KeyPolicyIncomplete', 'AllowDatabricksManagedServices');
  });

  test('a binding that does not exist', async () => {
    const ended = await world.rollOut({ bindingId: 'nonsense' });
    expect(ended).toMatchObject({ error: 'BindingUnknown', cause: expect.stringContaining('wanted one of: managed') });
  });

  test('input that is not what it should be', async () => {
    expect(await world.rollOut({ bindingId: 7 })).toMatchObject({
      error: 'InputInvalid',
      cause: expect.stringContaining('input.bindingId: found 7, wanted text'),
    });
  });

  test('a service principal without account admin', async () => {
    world.databricks.control.addFault({
      kind: 'answer',
      status: 403,
      contentType: 'application/json',
      body: '{"error_code":"PERMISSION_DENIED","message":"not an admin"}',
      path: 'customer-managed-keys',
    });
    await refused('DatabricksPermissionDenied', 'account admin');
  });

  test('an alias that does not exist', async () => {
    await world.aws.kms.handle('DeleteAlias', { AliasName: 'alias/databricks/demo' });
    await refused('KeyNotFound', 'alias/databricks/demo');
    await world.bind('alias/databricks/demo');
  });

  // The last one: it cannot be undone.
  test('an account host that nobody answers at', async () => {
    await world.databricks.close();
    expect(await world.rollOut({ bindingId: 'managed' })).toMatchObject({
      error: 'DatabricksUnreachable',
      cause: expect.stringContaining('127.0.0.1'),
    });
  });
});

test('a credential secret that is not one', async () => {
  world = await startRolloutWorld();
  await world.aws.secrets.handle('PutSecretValue', {
    SecretId: 'databricks/security-automation',
    SecretString: '{"user":"canary-value"}',
    ClientRequestToken: 'a'.repeat(32),
  });
  const ended = await world.rollOut({ bindingId: 'managed' });
  expect(ended).toMatchObject({
    error: 'CredentialSecretInvalid',
    cause: expect.stringContaining('the fields user'),
  });
  expect(ended.cause).not.toContain('canary-value');
  await world.close();
});
