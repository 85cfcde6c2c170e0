import {
  BatchGetSecretValueCommand,
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  type ListSecretsCommandInput,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
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

describe('the list of secrets', () => {
  const names = async (input: ListSecretsCommandInput) =>
    (await client.send(new ListSecretsCommand(input))).SecretList?.map((each) => each.Name);

  test('is filtered by beginnings: of names, tag keys and tag values, also turned around', async () => {
    await client.send(new CreateSecretCommand({ Name: 'filter/a', Tags: [{ Key: 'team', Value: 'blue' }] }));
    await client.send(new CreateSecretCommand({ Name: 'filter/b', Tags: [{ Key: 'team-lead', Value: 'bluebell' }] }));
    await client.send(new CreateSecretCommand({ Name: 'filter/c' }));
    const below = { Key: 'name', Values: ['filter/'] } as const;

    expect(await names({ Filters: [{ ...below, Values: ['filter/a', 'filter/c'] }] })).toEqual([
      'filter/a',
      'filter/c',
    ]);
    const filter = (Key: 'tag-key' | 'tag-value', value: string) =>
      names({
        Filters: [
          { ...below, Values: ['filter/'] },
          { Key, Values: [value] },
        ],
      });
    expect(await filter('tag-key', 'team')).toEqual(['filter/a', 'filter/b']);
    expect(await filter('tag-value', 'blueb')).toEqual(['filter/b']);
    expect(await filter('tag-key', '!team')).toEqual(['filter/c']);
  });

  test('can lag behind, and the secret itself does not', async () => {
    account.secrets.listing.lagMs = 60_000;
    await client.send(new CreateSecretCommand({ Name: 'late/a', SecretString: 'one' }));

    const before = await names({ Filters: [{ Key: 'name', Values: ['late/'] }] });
    account.clock.advance(60_000);
    const after = await names({ Filters: [{ Key: 'name', Values: ['late/'] }] });
    account.secrets.listing.lagMs = 0;

    expect([before, after]).toEqual([[], ['late/a']]);
    expect((await read('late/a')).SecretString).toBe('one');
  });

  test.each([
    [{ Key: 'all', Values: ['a'] }, 'the local run does not know the filter all'],
    [{ Key: 'name', Values: [] }, 'A filter takes 1 to 10 values.'],
    [{ Key: 'name', Values: 'abcdefghijk'.split('') }, 'A filter takes 1 to 10 values.'],
  ] as const)('refuses the filter %j', async ({ Key, Values }, message) => {
    await expect(
      client.send(new ListSecretsCommand({ Filters: [{ Key, Values: [...Values] }] })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException', message });
  });
});

describe('reading many at once', () => {
  const batch = (SecretIdList: readonly string[]) =>
    client.send(new BatchGetSecretValueCommand({ SecretIdList: [...SecretIdList] }));

  test('gives values, and each failure inside the successful answer', async () => {
    await client.send(new CreateSecretCommand({ Name: 'batch/a', SecretString: 'one' }));
    await client.send(new CreateSecretCommand({ Name: 'batch/b', SecretString: 'two' }));
    await client.send(new CreateSecretCommand({ Name: 'batch/c' }));
    account.secrets.deny('batch/b', 'AccessDeniedException');

    const answer = await batch(['batch/a', 'batch/b', 'batch/c', 'batch/none']);

    expect(answer.SecretValues).toMatchObject([{ Name: 'batch/a', SecretString: 'one' }]);
    expect(answer.Errors?.map(({ SecretId, ErrorCode }) => [SecretId, ErrorCode])).toEqual([
      ['batch/b', 'AccessDeniedException'],
      ['batch/c', 'ResourceNotFoundException'],
      ['batch/none', 'ResourceNotFoundException'],
    ]);
  });

  test('takes 20 secrets and no more, or filters with pages of 20', async () => {
    for (let index = 0; index < 21; index += 1) {
      await client.send(new CreateSecretCommand({ Name: `pages/${index}`, SecretString: 'one' }));
    }
    const list = Array.from({ length: 21 }, (_, index) => `pages/${index}`);

    await expect(batch(list)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    expect((await batch(list.slice(1))).SecretValues).toHaveLength(20);
    const Filters = [{ Key: 'name' as const, Values: ['pages/'] }];
    const first = await client.send(new BatchGetSecretValueCommand({ Filters }));
    const next = await client.send(new BatchGetSecretValueCommand({ Filters, NextToken: first.NextToken }));
    expect([first.SecretValues?.length, next.SecretValues?.length, next.NextToken]).toEqual([20, 1, undefined]);
  });
});

describe('tags', () => {
  test('are added, changed and taken away', async () => {
    await client.send(new CreateSecretCommand({ Name: 'tags/a', Tags: [{ Key: 'one', Value: '1' }] }));
    const tags = async () => (await client.send(new DescribeSecretCommand({ SecretId: 'tags/a' }))).Tags;

    await client.send(
      new TagResourceCommand({
        SecretId: 'tags/a',
        Tags: [
          { Key: 'one', Value: '2' },
          { Key: 'two', Value: '3' },
        ],
      }),
    );
    const tagged = await tags();
    await client.send(new UntagResourceCommand({ SecretId: 'tags/a', TagKeys: ['one'] }));

    expect(tagged).toEqual([
      { Key: 'one', Value: '2' },
      { Key: 'two', Value: '3' },
    ]);
    expect(await tags()).toEqual([{ Key: 'two', Value: '3' }]);
  });

  test('are at most 50, and none begins with aws:', async () => {
    const many = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: '' }));
    await client.send(new CreateSecretCommand({ Name: 'tags/many', Tags: many }));
    const add = (Key: string) =>
      client.send(new TagResourceCommand({ SecretId: 'tags/many', Tags: [{ Key, Value: '' }] }));

    await add('k1');
    await expect(add('k50')).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(add('aws:own')).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});

describe('labels', () => {
  test('move between versions: a rollback makes the old version current again', async () => {
    const first = await client.send(new CreateSecretCommand({ Name: 'labels/a', SecretString: 'one' }));
    const second = await client.send(new PutSecretValueCommand({ SecretId: 'labels/a', SecretString: 'two' }));
    const move = (from: string | undefined) =>
      client.send(
        new UpdateSecretVersionStageCommand({
          SecretId: 'labels/a',
          VersionStage: 'AWSCURRENT',
          MoveToVersionId: first.VersionId,
          ...(from !== undefined && { RemoveFromVersionId: from }),
        }),
      );

    await expect(move(undefined)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await move(second.VersionId);

    expect((await read('labels/a')).SecretString).toBe('one');
    const { Versions } = await client.send(new ListSecretVersionIdsCommand({ SecretId: 'labels/a' }));
    expect(Versions?.map(({ VersionStages }) => VersionStages)).toEqual([['AWSCURRENT'], ['AWSPREVIOUS']]);
  });

  test('of deprecated versions are gone, and the versions are listed only when asked for', async () => {
    await client.send(new CreateSecretCommand({ Name: 'labels/b', SecretString: 'one' }));
    for (const SecretString of ['two', 'three']) {
      await client.send(new PutSecretValueCommand({ SecretId: 'labels/b', SecretString }));
    }
    const count = async (IncludeDeprecated: boolean) =>
      (await client.send(new ListSecretVersionIdsCommand({ SecretId: 'labels/b', IncludeDeprecated }))).Versions
        ?.length;

    expect([await count(false), await count(true)]).toEqual([2, 3]);
  });
});

test('a secret that waits for its deletion can be restored', async () => {
  await client.send(new CreateSecretCommand({ Name: 'restore/a', SecretString: 'one' }));
  await client.send(new DeleteSecretCommand({ SecretId: 'restore/a' }));

  await client.send(new RestoreSecretCommand({ SecretId: 'restore/a' }));

  expect((await read('restore/a')).SecretString).toBe('one');
});

test('rotation by schedule is refused by name', async () => {
  await client.send(new CreateSecretCommand({ Name: 'rotate/a', SecretString: 'one' }));

  await expect(client.send(new RotateSecretCommand({ SecretId: 'rotate/a' }))).rejects.toMatchObject({
    name: 'UnknownOperationException',
  });
});
