import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DisableKeyCommand,
  KMSClient,
  RotateKeyOnDemandCommand,
} from '@aws-sdk/client-kms';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { StoppedComputeRecord } from '../../lambda/app/ports.ts';
import { DynamoComputeRests } from '../../lambda/aws/dynamo-compute-rests.ts';
import { DynamoEvidence } from '../../lambda/aws/dynamo-evidence.ts';
import { DynamoLeases } from '../../lambda/aws/dynamo-leases.ts';
import { DynamoProvenance } from '../../lambda/aws/dynamo-provenance.ts';
import { DynamoRegistrations } from '../../lambda/aws/dynamo-registrations.ts';
import { DynamoStoppedCompute } from '../../lambda/aws/dynamo-stopped-compute.ts';
import { KmsKeySource } from '../../lambda/aws/kms-key-source.ts';
import { readCredentialSecret } from '../../lambda/aws/secrets-manager-credentials.ts';
import type { StateTable } from '../../lambda/aws/state-table.ts';
import { type LocalAccount, startLocalAccount } from '../../local/aws/local-account.ts';
import { LocalClock } from '../../local/clock.ts';
import { createStateTable } from './state-table.ts';

/** The adapters on unmodified SDK clients against the local endpoint: a real socket, real condition expressions. */
let aws: LocalAccount;
let kms: KMSClient;
let dynamo: DynamoDBClient;
let secrets: SecretsManagerClient;
let table: StateTable;
let now = 1_000_000;
const clock = () => now;

beforeAll(async () => {
  aws = await startLocalAccount({ account: '111122223333', region: 'us-west-2', port: 0, clock: new LocalClock() });
  const settings = {
    endpoint: aws.endpoint.url,
    region: 'us-west-2',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  kms = new KMSClient(settings);
  dynamo = new DynamoDBClient(settings);
  secrets = new SecretsManagerClient(settings);
  table = await createStateTable(dynamo);
});
afterAll(async () => {
  for (const client of [kms, dynamo, secrets]) client.destroy();
  await aws.close();
});

describe('KMS', () => {
  test('describes a key by alias and ARN, and lists rotations newest first', async () => {
    const { KeyMetadata: key } = await kms.send(new CreateKeyCommand({}));
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/one', TargetKeyId: key?.KeyId }));
    const source = new KmsKeySource(kms);
    const before = await source.describe('alias/one');
    expect(before).toMatchObject({
      arn: key?.Arn,
      state: 'Enabled',
      spec: 'SYMMETRIC_DEFAULT',
      usage: 'ENCRYPT_DECRYPT',
    });
    expect(await source.rotations(before.arn)).toEqual([]);
    await kms.send(new RotateKeyOnDemandCommand({ KeyId: key?.KeyId }));
    aws.clock.advance(60_000);
    await kms.send(new RotateKeyOnDemandCommand({ KeyId: key?.KeyId }));
    const after = await source.describe(before.arn);
    const rotations = await source.rotations(before.arn);
    expect(after.materialId).not.toBe(before.materialId);
    expect(rotations.map(({ materialId }) => materialId)[0]).toBe(after.materialId);
    expect(Date.parse(rotations[0]?.rotatedAt ?? '')).toBeGreaterThan(Date.parse(rotations[1]?.rotatedAt ?? ''));
    expect(JSON.parse(await source.policy(before.arn))).toHaveProperty('Statement');
  });

  test('a disabled key is told as it is, an unknown one is KeyNotFound with what to do', async () => {
    const { KeyMetadata: key } = await kms.send(new CreateKeyCommand({}));
    await kms.send(new DisableKeyCommand({ KeyId: key?.KeyId }));
    const source = new KmsKeySource(kms);
    expect(await source.describe(key?.Arn ?? '')).toMatchObject({ state: 'Disabled' });
    await expect(source.describe('alias/none')).rejects.toMatchObject({
      name: 'KeyNotFound',
      message: expect.stringContaining('alias/none'),
    });
  });
});

describe('leases', () => {
  test('one owner at a time, renewed, released, taken over when it ends', async () => {
    const leases = new DynamoLeases(table, clock);
    expect(await leases.take('workspace/1', 'a', now + 100)).toEqual({ kind: 'held' });
    expect(await leases.take('workspace/1', 'a', now + 200)).toEqual({ kind: 'held' });
    expect(await leases.take('workspace/1', 'b', now + 100)).toEqual({ kind: 'taken', owner: 'a', until: now + 200 });
    await leases.renew('workspace/1', 'a', now + 300);
    await leases.release('workspace/1', 'b');
    expect(await leases.take('workspace/1', 'b', now + 100)).toMatchObject({ kind: 'taken', owner: 'a' });
    now += 301;
    expect(await leases.take('workspace/1', 'b', now + 100)).toEqual({ kind: 'held' });
    await expect(leases.renew('workspace/1', 'a', now + 100)).rejects.toMatchObject({ name: 'LeaseLost' });
    await leases.release('workspace/1', 'b');
    expect(await leases.take('workspace/1', 'a', now + 100)).toEqual({ kind: 'held' });
  });

  test('of many who ask at once exactly one gets it', async () => {
    const leases = new DynamoLeases(table, clock);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => leases.take('workspace/race', `owner-${index}`, now + 100)),
    );
    expect(answers.filter(({ kind }) => kind === 'held')).toHaveLength(1);
  });
});

describe('records', () => {
  test('what was made is known for the workspace it was noted for, however often, and for no other', async () => {
    const made = new DynamoProvenance(table);
    expect(await made.isMadeFor('network/7', 'prod')).toBe(false);
    await made.note('network/7', 'prod');
    await made.note('network/7', 'prod');
    expect(await made.isMadeFor('network/7', 'prod')).toBe(true);
    expect([await made.isMadeFor('network/7', 'other'), await made.isMadeFor('workspace/7', 'prod')]).toEqual([
      false,
      false,
    ]);
  });

  test('what was made and is forgotten, however often, is not known any more; the rest is', async () => {
    const made = new DynamoProvenance(table);
    for (const thing of ['workspace/8', 'workspace/9'] as const) await made.note(thing, 'prod');
    await made.forget('workspace/8', 'prod');
    await made.forget('workspace/8', 'prod');
    expect([await made.isMadeFor('workspace/8', 'prod'), await made.isMadeFor('workspace/9', 'prod')]).toEqual([
      false,
      true,
    ]);
  });

  const record = (version: number, units: StoppedComputeRecord['units'] = []): StoppedComputeRecord => ({
    workspaceId: '9007199254740993',
    version,
    rolloutId: 'rollout',
    stoppingSince: now,
    units,
  });

  test('stopped compute is written version on version and never over somebody else', async () => {
    const stopped = new DynamoStoppedCompute(table);
    const units = [{ kind: 'cluster', id: 'c', name: 'c', state: 'RUNNING', source: 'UI' }] as const;
    expect(await stopped.read('9007199254740993')).toBeUndefined();
    await stopped.write(record(1, units));
    expect(await stopped.read('9007199254740993')).toEqual(record(1, units));
    await expect(stopped.write(record(1))).rejects.toMatchObject({ name: 'StateChanged' });
    await stopped.write(record(2));
    expect(await stopped.having(['9007199254740993', '9007199254740992'])).toEqual(new Set(['9007199254740993']));
    await expect(stopped.clear('9007199254740993', 1)).rejects.toMatchObject({ name: 'StateChanged' });
    await stopped.clear('9007199254740993', 2);
    expect(await stopped.having(['9007199254740993'])).toEqual(new Set());
  });

  test('a rest of compute is ended only by the rollout that began it', async () => {
    const rests = new DynamoComputeRests(table);
    expect(await rests.of('1')).toBeUndefined();
    await rests.begin('1', { rolloutId: 'one', until: now });
    await rests.begin('1', { rolloutId: 'two', until: now + 1 });
    await rests.end('1', 'one');
    expect(await rests.of('1')).toEqual({ rolloutId: 'two', until: now + 1 });
    await rests.end('1', 'two');
    expect(await rests.of('1')).toBeUndefined();
  });

  test('registrations are found by key and material, and adding one twice is adding it once', async () => {
    const registrations = new DynamoRegistrations(table);
    const [one, two] = [
      { materialId: 'm/1', configurationId: 'c1' },
      { materialId: 'm2', configurationId: 'c2' },
    ];
    for (const registration of [one, one, two]) await registrations.add('arn:key', registration);
    expect(await registrations.of('arn:key')).toEqual([one, two]);
    expect(await registrations.of('arn:other')).toEqual([]);
  });

  test('what was there before a registration is what was there when it was first tried', async () => {
    const registrations = new DynamoRegistrations(table);
    expect(await registrations.begin('arn:tried', 'm1', [])).toEqual([]);
    expect(await registrations.begin('arn:tried', 'm1', ['c1'])).toEqual([]);
    expect(await registrations.begin('arn:tried', 'm2', ['c1'])).toEqual(['c1']);
    expect(await registrations.begin('arn:tried', 'm2', ['c1', 'c2'])).toEqual(['c1']);
  });

  test('evidence is written once and never overwritten', async () => {
    const evidence = new DynamoEvidence(table);
    const one = {
      subject: 'binding/b',
      executionId: 'r',
      startedAt: '2026-01-01T00:00:00Z',
      finishedAt: 'x',
      trigger: null,
      facts: { key: {}, summary: { ok: true } },
    };
    await evidence.append(one);
    await evidence.append({ ...one, facts: { key: {}, summary: { ok: false } } });
    const { Items } = await dynamo.send(new ScanCommand({ TableName: 'state' }));
    const found = Items?.filter(({ pk }) => pk?.S === 'binding/b');
    expect(found?.map(({ summary }) => summary?.S)).toEqual(['{"ok":true}']);
  });
});

describe('the credential secret', () => {
  test('cannot be printed once it is read', async () => {
    await secrets.send(new CreateSecretCommand({ Name: 'credentials', SecretString: 'canary-value' }));
    const secret = await readCredentialSecret(secrets, 'credentials');
    expect(secret.reveal()).toBe('canary-value');
    expect(`${secret} ${JSON.stringify({ secret })}`).not.toContain('canary-value');
  });

  test('that does not exist says what to create', async () => {
    await expect(readCredentialSecret(secrets, 'nowhere')).rejects.toMatchObject({
      name: 'CredentialSecretMissing',
      message: expect.stringContaining('client_id and client_secret'),
    });
  });
});
