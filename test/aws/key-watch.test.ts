import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { CreateKeyCommand, EncryptCommand, KMSClient, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { StoppedComputeRecord } from '../../lambda/app/ports.ts';
import { DynamoHeldKeys } from '../../lambda/aws/dynamo-held-keys.ts';
import { DynamoStoppedCompute } from '../../lambda/aws/dynamo-stopped-compute.ts';
import { DynamoToldNews } from '../../lambda/aws/dynamo-told-news.ts';
import { KmsKeyCare } from '../../lambda/aws/kms-key-care.ts';
import { KmsKeySource } from '../../lambda/aws/kms-key-source.ts';
import { SnsEventBridgeNews } from '../../lambda/aws/sns-event-bridge-news.ts';
import { SnsMessenger } from '../../lambda/aws/sns-messenger.ts';
import type { StateTable } from '../../lambda/aws/state-table.ts';
import { type HeldKey, holdFrom } from '../../lambda/domain/key-hold.ts';
import type { KeyNews } from '../../lambda/domain/key-news.ts';
import { type LocalAccount, startLocalAccount } from '../../local/aws/local-account.ts';
import type { BusEvent } from '../../local/aws/service.ts';
import { LocalClock } from '../../local/clock.ts';
import { createStateTable } from './state-table.ts';

/** The adapters of the key watch and of the care for compute on unmodified SDK clients against the local endpoint. */
let aws: LocalAccount;
let kms: KMSClient;
let sns: SNSClient;
let bus: EventBridgeClient;
let dynamo: DynamoDBClient;
let table: StateTable;
const events: BusEvent[] = [];
let now = 1_000_000;

beforeAll(async () => {
  aws = await startLocalAccount({
    ...{ account: '111122223333', region: 'us-west-2', port: 0, clock: new LocalClock() },
    onEvent: (event) => events.push(event),
  });
  const settings = {
    endpoint: aws.endpoint.url,
    region: 'us-west-2',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  [kms, sns, bus, dynamo] = [
    new KMSClient(settings),
    new SNSClient(settings),
    new EventBridgeClient(settings),
    new DynamoDBClient(settings),
  ];
  table = await createStateTable(dynamo);
});
afterAll(async () => {
  for (const client of [kms, sns, bus, dynamo]) client.destroy();
  await aws.close();
});

const hold = (change: Partial<HeldKey> = {}): HeldKey => ({
  ...{ workspaceId: '9007199254740993', workspaceName: 'one', configurationId: 'old', keyArn: 'arn:old' },
  ...{ subject: 'binding/prod', left: false },
  ...holdFrom(now),
  ...change,
});

describe('held keys', () => {
  test('are written, confirmed and forgotten on top of what was read, and never cut short', async () => {
    const held = new DynamoHeldKeys(table);
    await held.begin(hold());
    await held.begin(hold(holdFrom(now - 1)));
    expect(await held.all()).toEqual([hold()]);

    expect(await held.change(hold(), hold({ left: true }))).toBe(true);
    expect(await held.change(hold(), hold({ left: true }))).toBe(false);
    expect(await held.remove(hold())).toBe(false);
    expect(await held.of('9007199254740993')).toEqual([hold({ left: true })]);
    await held.begin(hold(holdFrom(now + 1)));
    expect(await held.all()).toEqual([hold(holdFrom(now + 1))]);
    expect(await held.remove(hold(holdFrom(now + 1)))).toBe(true);
    expect(await held.all()).toEqual([]);
  });

  test('are told apart by workspace and configuration, and do not expire by themselves', async () => {
    const held = new DynamoHeldKeys(table);
    await held.begin(hold({ workspaceId: '1' }));
    await held.begin(hold({ workspaceId: '1', configurationId: 'older' }));
    await held.begin(hold({ workspaceId: '12' }));
    expect((await held.of('1')).map(({ configurationId }) => configurationId)).toEqual(['old', 'older']);
    expect(await held.all()).toHaveLength(3);
    const { Items = [] } = await dynamo.send(new ScanCommand({ TableName: 'state' }));
    expect(Items.filter((item) => item.pk?.S === 'held-key').flatMap((item) => item.expiresAt ?? [])).toEqual([]);
  });
});

describe('what was told', () => {
  test('is claimed by one of many until its time is past, and forgotten once', async () => {
    const told = new DynamoToldNews(table, () => now);
    const claims = await Promise.all(Array.from({ length: 10 }, () => told.claim('arn:key', 'danger/x', now + 100)));
    expect(claims.filter(Boolean)).toHaveLength(1);
    now += 99;
    expect(await told.claim('arn:key', 'danger/x', now + 100)).toBe(false);
    now += 1;
    expect(await told.claim('arn:key', 'danger/x', now + 100)).toBe(true);
    expect(await told.of('arn:key')).toEqual(['danger/x']);
    expect(await told.of('arn:other')).toEqual([]);
    expect(await told.forget('arn:key', 'danger/x')).toBe(true);
    expect(await told.forget('arn:key', 'danger/x')).toBe(false);
    expect(await told.claim('arn:key', 'danger/x', now + 100)).toBe(true);
  });
});

describe('compute on record', () => {
  const record = (workspaceId: string, change: Partial<StoppedComputeRecord> = {}): StoppedComputeRecord => ({
    ...{ workspaceId, version: 1, rolloutId: 'one', stoppingSince: now },
    units: [{ kind: 'sql-warehouse', id: 'w', name: 'bi', state: 'RUNNING', serverless: false }],
    ...change,
  });

  test('is read whole, with the sweeps that it has seen', async () => {
    const stopped = new DynamoStoppedCompute(table);
    await stopped.write(record('1'));
    await stopped.write(record('9007199254740993'));
    await stopped.write(record('1', { version: 2, sweeps: 1 }));
    expect(await stopped.all()).toEqual([record('1', { version: 2, sweeps: 1 }), record('9007199254740993')]);
    expect(await stopped.read('1')).toEqual(record('1', { version: 2, sweeps: 1 }));
    await expect(stopped.write(record('1', { version: 2, sweeps: 2 }))).rejects.toMatchObject({ name: 'StateChanged' });
    await stopped.write(record('1', { version: 3 }));
    expect(await stopped.read('1')).not.toHaveProperty('sweeps');
  });

  test('is told of apart from keys of the same name', async () => {
    const [keys, compute] = [
      new DynamoToldNews(table, () => now),
      new DynamoToldNews(table, () => now, 'compute-news'),
    ];
    expect(await keys.claim('1', 'gone', now + 100)).toBe(true);
    expect(await compute.claim('1', 'gone', now + 100)).toBe(true);
    expect(await compute.claim('1', 'gone', now + 100)).toBe(false);
  });

  test('is told of on the topic, in one line of ASCII and a message', async () => {
    const topic = aws.sns.addTopic('compute');
    await new SnsMessenger(sns, topic).tell({ subject: `Büro ${'x'.repeat(200)}`, message: 'Büro' });
    const [published] = aws.sns.published.filter(({ topicArn }) => topicArn === topic);
    expect(published).toMatchObject({ subject: `B?ro ${'x'.repeat(95)}`, message: 'Büro' });
    const nowhere = new SnsMessenger(sns, 'arn:aws:sns:us-west-2:111122223333:nowhere');
    await expect(nowhere.tell({ subject: 'one', message: 'two' })).rejects.toMatchObject({ name: 'NewsNotSent' });
  });
});

describe('care of keys', () => {
  const newKey = async (): Promise<string> => (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';

  test('a key is seen with the date of its deletion, and brought back', async () => {
    const [key, care, source] = [await newKey(), new KmsKeyCare(kms), new KmsKeySource(kms)];
    const { DeletionDate } = await kms.send(new ScheduleKeyDeletionCommand({ KeyId: key, PendingWindowInDays: 7 }));
    expect(await source.describe(key)).toMatchObject({
      state: 'PendingDeletion',
      deletionAt: DeletionDate?.toISOString(),
    });
    await care.cancelDeletion(key);
    expect(await source.describe(key)).toMatchObject({ state: 'Disabled' });
    await care.enable(key);
    expect(await source.describe(key)).toEqual(expect.not.objectContaining({ deletionAt: expect.anything() }));
    await expect(care.cancelDeletion(key)).rejects.toMatchObject({
      name: 'KeyNotRestored',
      message: expect.stringContaining(`CancelKeyDeletion of key ${key} with KMSInvalidStateException`),
    });
  });

  test('the last use is told, or that there was none, or that KMS does not know', async () => {
    const [key, care] = [await newKey(), new KmsKeyCare(kms)];
    expect(await care.lastUse(key)).toMatchObject({ kind: 'unused', trackedSince: expect.any(Number) });
    const before = Math.floor(aws.clock.now() / 1_000) * 1_000;
    await kms.send(new EncryptCommand({ KeyId: key, Plaintext: Buffer.from('x') }));
    const use = await care.lastUse(key);
    expect(use).toMatchObject({ kind: 'used', operation: 'Encrypt' });
    expect(use.kind === 'used' && use.at >= before).toBe(true);
    expect(await care.lastUse(`${key}0`)).toEqual({ kind: 'unknown', reason: 'NotFoundException' });
  });

  test('a KMS that is too busy is not taken for one that does not know', async () => {
    const busy = new KMSClient({ endpoint: aws.endpoint.url, region: 'us-west-2', maxAttempts: 1 });
    busy.middlewareStack.add(
      () => () => Promise.reject(Object.assign(new Error('slow down'), { name: 'ThrottlingException' })),
      { step: 'initialize' },
    );
    await expect(new KmsKeyCare(busy).lastUse('arn:key')).rejects.toMatchObject({ name: 'AwsThrottled' });
    busy.destroy();
  });
});

describe('news', () => {
  const news: KeyNews = {
    type: 'Key endangered',
    keyArn: 'arn:aws:kms:us-west-2:111122223333:key/1',
    subject: `Schlüssel ${'x'.repeat(200)}`,
    message: 'line one\nline two: ü',
    detail: { danger: 'disabled' },
  };

  test('go to the topic, whose subject takes 100 characters of ASCII, and to the bus', async () => {
    const topic = aws.sns.addTopic('news');
    await new SnsEventBridgeNews(sns, bus, topic).tell(news);
    expect(aws.sns.published.at(-1)).toMatchObject({
      topicArn: topic,
      subject: `Schl?ssel ${'x'.repeat(90)}`,
      message: news.message,
    });
    expect(events.at(-1)).toMatchObject({
      source: 'databricks-security-automation',
      'detail-type': 'Key endangered',
      resources: [news.keyArn],
      detail: { danger: 'disabled' },
    });
  });

  test('that topic or bus do not take are NewsNotSent', async () => {
    const [nowhere, topic] = ['arn:aws:sns:us-west-2:111122223333:nowhere', aws.sns.addTopic('news')];
    const lost = { name: 'NewsNotSent', message: expect.stringContaining(news.keyArn) };
    await expect(new SnsEventBridgeNews(sns, bus, nowhere).tell(news)).rejects.toMatchObject(lost);
    const large = { ...news, detail: { text: 'x'.repeat(300_000) } };
    await expect(new SnsEventBridgeNews(sns, bus, topic).tell(large)).rejects.toMatchObject(lost);
  });
});
