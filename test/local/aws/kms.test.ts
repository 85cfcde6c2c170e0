import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetKeyLastUsageCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  ListAliasesCommand,
  ListKeyRotationsCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  PutKeyPolicyCommand,
  paginateListAliases,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  SignCommand,
  TagResourceCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clientFor, startAccount } from './account.ts';

const DAY_MS = 86_400_000;

let account: Awaited<ReturnType<typeof startAccount>>;
let kms: KMSClient;
beforeAll(async () => {
  account = await startAccount();
  kms = new KMSClient(clientFor(account));
});
afterAll(() => account.close());

const createKey = async (input: CreateKeyCommand['input'] = {}) => {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand(input));
  return { KeyId: KeyMetadata?.KeyId ?? '', Arn: KeyMetadata?.Arn ?? '' };
};
const describeKey = async (KeyId: string) => (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata;
const bytes = (text: string) => new TextEncoder().encode(text);

describe('a key', () => {
  test('is described by its id, its ARN, an alias and the alias ARN', async () => {
    const { KeyId, Arn } = await createKey({ Description: 'for workspaces' });
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/described', TargetKeyId: KeyId }));

    const names = [KeyId, Arn, 'alias/described', 'arn:aws:kms:us-west-2:111122223333:alias/described'];
    const described = await Promise.all(names.map(describeKey));

    expect(described.map((each) => each?.Arn)).toEqual([Arn, Arn, Arn, Arn]);
    expect(described[0]).toMatchObject({
      AWSAccountId: '111122223333',
      KeyId,
      Description: 'for workspaces',
      Enabled: true,
      KeyState: 'Enabled',
      KeyManager: 'CUSTOMER',
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyUsage: 'ENCRYPT_DECRYPT',
      Origin: 'AWS_KMS',
      MultiRegion: false,
      EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
      CurrentKeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(described[0]?.CreationDate).toBeInstanceOf(Date);
  });

  test('of several Regions has an id of its own kind', async () => {
    const { KeyId } = await createKey({ MultiRegion: true });

    expect(KeyId).toMatch(/^mrk-[0-9a-f]{32}$/);
    expect(await describeKey(KeyId)).toMatchObject({
      MultiRegion: true,
      MultiRegionConfiguration: { MultiRegionKeyType: 'PRIMARY' },
    });
  });

  test('that signs has no material id and cannot encrypt or rotate', async () => {
    const { KeyId } = await createKey({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' });

    const described = await describeKey(KeyId);

    expect(described?.CurrentKeyMaterialId).toBeUndefined();
    expect(described?.SigningAlgorithms).toHaveLength(6);
    await expect(kms.send(new EncryptCommand({ KeyId, Plaintext: bytes('a') }))).rejects.toMatchObject({
      name: 'InvalidKeyUsageException',
    });
    await expect(kms.send(new RotateKeyOnDemandCommand({ KeyId }))).rejects.toMatchObject({
      name: 'UnsupportedOperationException',
    });
  });

  test('that is not there is a NotFoundException, and an ARN from elsewhere an InvalidArnException', async () => {
    const unknown = '1234abcd-12ab-34cd-56ef-1234567890ab';

    await expect(describeKey(unknown)).rejects.toMatchObject({
      name: 'NotFoundException',
      message: `Key 'arn:aws:kms:us-west-2:111122223333:key/${unknown}' does not exist`,
    });
    await expect(describeKey('alias/nobody')).rejects.toMatchObject({ name: 'NotFoundException' });
    await expect(describeKey(`arn:aws:kms:eu-west-1:111122223333:key/${unknown}`)).rejects.toMatchObject({
      name: 'InvalidArnException',
    });
    await expect(kms.send(new RotateKeyOnDemandCommand({ KeyId: 'alias/nobody' }))).rejects.toMatchObject({
      name: 'NotFoundException',
      message: "Invalid keyId 'alias/nobody'",
    });
  });

  test('keeps the policy that is put on it', async () => {
    const { KeyId } = await createKey();
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: [] });

    const before = await kms.send(new GetKeyPolicyCommand({ KeyId }));
    await kms.send(new PutKeyPolicyCommand({ KeyId, Policy: policy }));
    const after = await kms.send(new GetKeyPolicyCommand({ KeyId }));

    expect(JSON.parse(before.Policy ?? '').Statement[0].Principal.AWS).toBe('arn:aws:iam::111122223333:root');
    expect(after).toMatchObject({ Policy: policy, PolicyName: 'default' });
    await expect(kms.send(new PutKeyPolicyCommand({ KeyId, Policy: 'no' }))).rejects.toMatchObject({
      name: 'MalformedPolicyDocumentException',
    });
  });

  test('is listed page by page', async () => {
    await createKey();
    await createKey();

    const first = await kms.send(new ListKeysCommand({ Limit: 1 }));
    const second = await kms.send(new ListKeysCommand({ Limit: 1, Marker: first.NextMarker }));

    expect(first.Truncated).toBe(true);
    expect(second.Keys?.[0]?.KeyId).not.toBe(first.Keys?.[0]?.KeyId);
    await expect(kms.send(new ListKeysCommand({ Marker: 'no' }))).rejects.toMatchObject({
      name: 'InvalidMarkerException',
    });
  });

  test('bears tags', async () => {
    const { KeyId } = await createKey({ Tags: [{ TagKey: 'a', TagValue: '1' }] });

    await kms.send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: 'b', TagValue: '2' }] }));

    expect((await kms.send(new ListResourceTagsCommand({ KeyId }))).Tags).toEqual([
      { TagKey: 'a', TagValue: '1' },
      { TagKey: 'b', TagValue: '2' },
    ]);
  });
});

describe('key states', () => {
  test('a disabled key does nothing until it is enabled again', async () => {
    const { KeyId } = await createKey();
    await kms.send(new DisableKeyCommand({ KeyId }));

    for (const command of [
      new EncryptCommand({ KeyId, Plaintext: bytes('a') }),
      new RotateKeyOnDemandCommand({ KeyId }),
      new EnableKeyRotationCommand({ KeyId }),
    ]) {
      await expect(kms.send(command as EncryptCommand)).rejects.toMatchObject({ name: 'DisabledException' });
    }
    await kms.send(new EnableKeyCommand({ KeyId }));
    expect((await kms.send(new EncryptCommand({ KeyId, Plaintext: bytes('a') }))).KeyId).toContain(KeyId);
  });

  test('a key that waits for its deletion is in an invalid state, and disabled once that is cancelled', async () => {
    const { KeyId, Arn } = await createKey();

    const scheduled = await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    const pending = await describeKey(KeyId);

    expect(scheduled).toMatchObject({ KeyId: Arn, KeyState: 'PendingDeletion', PendingWindowInDays: 7 });
    expect(pending?.DeletionDate).toEqual(scheduled.DeletionDate);
    await expect(kms.send(new EnableKeyCommand({ KeyId }))).rejects.toMatchObject({ name: 'KMSInvalidStateException' });
    await expect(kms.send(new RotateKeyOnDemandCommand({ KeyId }))).rejects.toMatchObject({
      name: 'KMSInvalidStateException',
      message: `${Arn} is pending deletion.`,
    });
    expect(await kms.send(new CancelKeyDeletionCommand({ KeyId }))).toMatchObject({ KeyId: Arn });
    expect(await describeKey(KeyId)).toMatchObject({ KeyState: 'Disabled', Enabled: false });
    await expect(kms.send(new CancelKeyDeletionCommand({ KeyId }))).rejects.toMatchObject({
      name: 'KMSInvalidStateException',
    });
  });

  test('a key is gone with its aliases when the waiting period is over', async () => {
    const { KeyId } = await createKey();
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/doomed', TargetKeyId: KeyId }));
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));

    account.clock.advance(7 * DAY_MS);

    await expect(describeKey(KeyId)).rejects.toMatchObject({ name: 'NotFoundException' });
    await expect(describeKey('alias/doomed')).rejects.toMatchObject({ name: 'NotFoundException' });
  });
});

describe('aliases', () => {
  test('move to another key and keep their own date of creation', async () => {
    const [one, two] = [await createKey(), await createKey()];
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/moving', TargetKeyId: one.KeyId }));
    const before = await kms.send(new ListAliasesCommand({ KeyId: one.KeyId }));

    account.clock.advance(DAY_MS);
    await kms.send(new UpdateAliasCommand({ AliasName: 'alias/moving', TargetKeyId: two.Arn }));
    const [left, found] = [
      await kms.send(new ListAliasesCommand({ KeyId: one.KeyId })),
      await kms.send(new ListAliasesCommand({ KeyId: two.KeyId })),
    ];

    expect(left.Aliases).toEqual([]);
    expect(found.Aliases).toMatchObject([
      {
        AliasName: 'alias/moving',
        AliasArn: 'arn:aws:kms:us-west-2:111122223333:alias/moving',
        TargetKeyId: two.KeyId,
        CreationDate: before.Aliases?.[0]?.CreationDate,
      },
    ]);
    expect(found.Aliases?.[0]?.LastUpdatedDate).not.toEqual(before.Aliases?.[0]?.LastUpdatedDate);
  });

  test('are listed page by page', async () => {
    const { KeyId } = await createKey();
    for (const index of [1, 2, 3]) {
      await kms.send(new CreateAliasCommand({ AliasName: `alias/paged/${index}`, TargetKeyId: KeyId }));
    }

    const found: (string | undefined)[] = [];
    for await (const page of paginateListAliases({ client: kms, pageSize: 2 }, { KeyId })) {
      found.push(...(page.Aliases ?? []).map((alias) => alias.AliasName));
    }

    expect(found).toEqual(['alias/paged/1', 'alias/paged/2', 'alias/paged/3']);
  });

  test('have one key each, a name of their own kind, and a target of the same kind', async () => {
    const { KeyId } = await createKey();
    const signing = await createKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/taken', TargetKeyId: KeyId }));

    await expect(
      kms.send(new CreateAliasCommand({ AliasName: 'alias/taken', TargetKeyId: KeyId })),
    ).rejects.toMatchObject({ name: 'AlreadyExistsException' });
    await expect(
      kms.send(new CreateAliasCommand({ AliasName: 'alias/aws/s3', TargetKeyId: KeyId })),
    ).rejects.toMatchObject({ name: 'InvalidAliasNameException' });
    await expect(
      kms.send(new UpdateAliasCommand({ AliasName: 'alias/taken', TargetKeyId: signing.KeyId })),
    ).rejects.toMatchObject({ name: 'ValidationException' });
    await kms.send(new DeleteAliasCommand({ AliasName: 'alias/taken' }));
    await expect(kms.send(new DeleteAliasCommand({ AliasName: 'alias/taken' }))).rejects.toMatchObject({
      name: 'NotFoundException',
    });
  });
});

describe('rotation', () => {
  test('replaces the material and keeps id, ARN and alias', async () => {
    const { KeyId } = await createKey();
    const before = await describeKey(KeyId);

    const answer = await kms.send(new RotateKeyOnDemandCommand({ KeyId }));
    const after = await describeKey(KeyId);
    const rotations = await kms.send(new ListKeyRotationsCommand({ KeyId }));
    const materials = await kms.send(new ListKeyRotationsCommand({ KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' }));

    expect(answer.KeyId).toBe(KeyId);
    expect(after).toEqual({
      ...before,
      CurrentKeyMaterialId: expect.not.stringMatching(before?.CurrentKeyMaterialId ?? ''),
    });
    expect(rotations.Rotations).toEqual([
      {
        KeyId,
        KeyMaterialId: after?.CurrentKeyMaterialId,
        KeyMaterialState: 'CURRENT',
        RotationDate: expect.any(Date),
        RotationType: 'ON_DEMAND',
      },
    ]);
    expect(materials.Rotations?.[0]).toEqual({
      KeyId,
      KeyMaterialId: before?.CurrentKeyMaterialId,
      KeyMaterialState: 'NON_CURRENT',
    });
  });

  test('leaves old ciphertext readable', async () => {
    const { KeyId, Arn } = await createKey();
    const EncryptionContext = { workspace: 'one', purpose: 'test' };
    const sealed = await kms.send(new EncryptCommand({ KeyId, Plaintext: bytes('kept'), EncryptionContext }));
    const first = (await describeKey(KeyId))?.CurrentKeyMaterialId;

    await kms.send(new RotateKeyOnDemandCommand({ KeyId }));
    const opened = await kms.send(
      new DecryptCommand({
        CiphertextBlob: sealed.CiphertextBlob,
        EncryptionContext: { purpose: 'test', workspace: 'one' },
      }),
    );

    expect(new TextDecoder().decode(opened.Plaintext)).toBe('kept');
    expect(opened).toMatchObject({ KeyId: Arn, KeyMaterialId: first });
    await expect(kms.send(new DecryptCommand({ CiphertextBlob: sealed.CiphertextBlob }))).rejects.toMatchObject({
      name: 'InvalidCiphertextException',
    });
  });

  test('on demand is possible 25 times', async () => {
    const { KeyId } = await createKey();
    for (let count = 0; count < 25; count += 1) await kms.send(new RotateKeyOnDemandCommand({ KeyId }));

    await expect(kms.send(new RotateKeyOnDemandCommand({ KeyId }))).rejects.toMatchObject({
      name: 'LimitExceededException',
    });
    account.kms.rotateAutomatically(KeyId);
    expect((await kms.send(new ListKeyRotationsCommand({ KeyId }))).Rotations).toHaveLength(26);
  });

  test('by itself has a period', async () => {
    const { KeyId, Arn } = await createKey();

    const off = await kms.send(new GetKeyRotationStatusCommand({ KeyId }));
    await kms.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 90 }));
    const on = await kms.send(new GetKeyRotationStatusCommand({ KeyId }));
    account.clock.advance(10 * DAY_MS);
    account.kms.rotateAutomatically(KeyId);
    const rotated = await kms.send(new GetKeyRotationStatusCommand({ KeyId }));
    await kms.send(new DisableKeyRotationCommand({ KeyId }));

    expect(off).toMatchObject({ KeyRotationEnabled: false, KeyId: Arn });
    expect(on).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 90 });
    expect(Number(rotated.NextRotationDate) - Number(on.NextRotationDate)).toBeGreaterThanOrEqual(10 * DAY_MS - 1);
    expect(await kms.send(new GetKeyRotationStatusCommand({ KeyId }))).toMatchObject({ KeyRotationEnabled: false });
    await expect(kms.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 89 }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});

test('a data key can be opened again, and its use is told', async () => {
  const { KeyId } = await createKey();
  const unused = await kms.send(new GetKeyLastUsageCommand({ KeyId }));

  const made = await kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }));
  const opened = await kms.send(new DecryptCommand({ KeyId, CiphertextBlob: made.CiphertextBlob }));

  expect(made.Plaintext).toHaveLength(32);
  expect(opened.Plaintext).toEqual(made.Plaintext);
  expect(unused.KeyLastUsage).toBeUndefined();
  expect(await kms.send(new GetKeyLastUsageCommand({ KeyId }))).toMatchObject({
    KeyId,
    KeyLastUsage: { Operation: 'Decrypt', Timestamp: expect.any(Date) },
  });
});

test('a ciphertext of another key is an IncorrectKeyException', async () => {
  const [one, two] = [await createKey(), await createKey()];
  const sealed = await kms.send(new EncryptCommand({ KeyId: one.KeyId, Plaintext: bytes('a') }));

  await expect(
    kms.send(new DecryptCommand({ KeyId: two.KeyId, CiphertextBlob: sealed.CiphertextBlob })),
  ).rejects.toMatchObject({ name: 'IncorrectKeyException' });
});

test('what the local run does not know is refused by name', async () => {
  const { KeyId } = await createKey();

  await expect(
    kms.send(new SignCommand({ KeyId, Message: bytes('a'), SigningAlgorithm: 'ECDSA_SHA_256' })),
  ).rejects.toMatchObject({ name: 'UnknownOperationException', message: 'the local run does not know kms:Sign' });
  await expect(kms.send(new EncryptCommand({ KeyId, Plaintext: bytes('a'), DryRun: true }))).rejects.toMatchObject({
    message: 'the local run does not know DryRun of kms:Encrypt',
  });
});
