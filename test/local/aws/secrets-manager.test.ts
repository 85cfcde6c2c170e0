import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clientFor, startAccount } from './account.ts';

const DAY_MS = 86_400_000;

let account: Awaited<ReturnType<typeof startAccount>>;
let client: SecretsManagerClient;
beforeAll(async () => {
  account = await startAccount();
  client = new SecretsManagerClient(clientFor(account));
});
afterAll(() => account.close());

const read = (SecretId: string, more: { VersionId?: string; VersionStage?: string } = {}) =>
  client.send(new GetSecretValueCommand({ SecretId, ...more }));

describe('a secret', () => {
  test('is read by its name, its ARN and its ARN without the random end', async () => {
    const made = await client.send(new CreateSecretCommand({ Name: 'prod/a', SecretString: 'one' }));
    const arn = made.ARN ?? '';

    const all = await Promise.all(['prod/a', arn, arn.slice(0, -7)].map((id) => read(id)));

    expect(arn).toMatch(/^arn:aws:secretsmanager:us-west-2:111122223333:secret:prod\/a-[A-Za-z0-9]{6}$/);
    expect(all.map((each) => each.SecretString)).toEqual(['one', 'one', 'one']);
    expect(all[0]).toMatchObject({ ARN: arn, VersionId: made.VersionId, VersionStages: ['AWSCURRENT'] });
  });

  test('keeps its previous version when a new one becomes current', async () => {
    await client.send(new CreateSecretCommand({ Name: 'prod/b', SecretString: 'one' }));

    const second = await client.send(new PutSecretValueCommand({ SecretId: 'prod/b', SecretString: 'two' }));
    await client.send(new UpdateSecretCommand({ SecretId: 'prod/b', SecretString: 'three' }));

    expect((await read('prod/b')).SecretString).toBe('three');
    expect((await read('prod/b', { VersionStage: 'AWSPREVIOUS' })).VersionId).toBe(second.VersionId);
    expect(
      Object.values(
        (await client.send(new DescribeSecretCommand({ SecretId: 'prod/b' }))).VersionIdsToStages ?? {},
      ).sort(),
    ).toEqual([['AWSCURRENT'], ['AWSPREVIOUS']]);
  });

  test('does not become current with a version that is only staged', async () => {
    await client.send(new CreateSecretCommand({ Name: 'prod/c', SecretString: 'one' }));

    await client.send(
      new PutSecretValueCommand({ SecretId: 'prod/c', SecretString: 'two', VersionStages: ['AWSPENDING'] }),
    );

    expect((await read('prod/c')).SecretString).toBe('one');
    expect((await read('prod/c', { VersionStage: 'AWSPENDING' })).SecretString).toBe('two');
  });

  test('takes the same token with the same value as one and the same version', async () => {
    await client.send(new CreateSecretCommand({ Name: 'prod/d', SecretString: 'one' }));
    const put = (SecretString: string) =>
      client.send(
        new PutSecretValueCommand({
          SecretId: 'prod/d',
          SecretString,
          ClientRequestToken: '00000000-0000-0000-0000-000000000001',
        }),
      );

    await put('two');

    expect((await put('two')).VersionId).toBe('00000000-0000-0000-0000-000000000001');
    await expect(put('three')).rejects.toMatchObject({ name: 'ResourceExistsException' });
  });

  test('holds bytes as well', async () => {
    const SecretBinary = new Uint8Array([0, 255, 1]);
    await client.send(new CreateSecretCommand({ Name: 'prod/bytes', SecretBinary }));

    expect((await read('prod/bytes')).SecretBinary).toEqual(SecretBinary);
  });

  test('may have 65,536 bytes and no more', async () => {
    const largest = 'x'.repeat(65_536);

    await client.send(new CreateSecretCommand({ Name: 'prod/large', SecretString: largest }));

    await expect(
      client.send(new PutSecretValueCommand({ SecretId: 'prod/large', SecretString: `${largest}x` })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test('without a value cannot be read', async () => {
    await client.send(new CreateSecretCommand({ Name: 'prod/empty', Tags: [{ Key: 'a', Value: '1' }] }));

    await expect(read('prod/empty')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    expect(await client.send(new DescribeSecretCommand({ SecretId: 'prod/empty' }))).toMatchObject({
      Tags: [{ Key: 'a', Value: '1' }],
    });
  });

  test('cannot be made twice', async () => {
    await client.send(new CreateSecretCommand({ Name: 'prod/twice' }));

    await expect(client.send(new CreateSecretCommand({ Name: 'prod/twice' }))).rejects.toMatchObject({
      name: 'ResourceExistsException',
    });
  });
});

describe('deletion', () => {
  test('hides a secret, and takes it away when the window is over', async () => {
    await client.send(new CreateSecretCommand({ Name: 'prod/gone', SecretString: 'one' }));
    const listed = async (IncludePlannedDeletion: boolean) =>
      (await client.send(new ListSecretsCommand({ IncludePlannedDeletion }))).SecretList?.map((each) => each.Name);

    await client.send(new DeleteSecretCommand({ SecretId: 'prod/gone', RecoveryWindowInDays: 7 }));

    await expect(read('prod/gone')).rejects.toMatchObject({ name: 'InvalidRequestException' });
    await expect(client.send(new CreateSecretCommand({ Name: 'prod/gone' }))).rejects.toMatchObject({
      name: 'InvalidRequestException',
    });
    expect(await listed(false)).not.toContain('prod/gone');
    expect(await listed(true)).toContain('prod/gone');
    account.clock.advance(7 * DAY_MS);
    await expect(read('prod/gone')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('without a window leaves nothing', async () => {
    await client.send(new CreateSecretCommand({ Name: 'prod/forced', SecretString: 'one' }));

    await client.send(new DeleteSecretCommand({ SecretId: 'prod/forced', ForceDeleteWithoutRecovery: true }));

    await expect(read('prod/forced')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

test('secrets are listed page by page with their versions', async () => {
  await client.send(new CreateSecretCommand({ Name: 'list/a', SecretString: 'one' }));
  await client.send(new CreateSecretCommand({ Name: 'list/b', SecretString: 'one' }));

  const first = await client.send(new ListSecretsCommand({ MaxResults: 1 }));
  const second = await client.send(new ListSecretsCommand({ MaxResults: 100, NextToken: first.NextToken }));

  const all = [...(first.SecretList ?? []), ...(second.SecretList ?? [])];
  expect(all.filter((each) => each.Name?.startsWith('list/')).map((each) => each.Name)).toEqual(['list/a', 'list/b']);
  expect(Object.values(all.at(-1)?.SecretVersionsToStages ?? {})).toEqual([['AWSCURRENT']]);
});

test('filters and rotation are refused by name', async () => {
  await expect(
    client.send(new ListSecretsCommand({ Filters: [{ Key: 'name', Values: ['a'] }] })),
  ).rejects.toMatchObject({ message: 'the local run does not know Filters of secretsmanager:ListSecrets' });
  await expect(client.send(new RotateSecretCommand({ SecretId: 'list/a' }))).rejects.toMatchObject({
    name: 'UnknownOperationException',
  });
});
