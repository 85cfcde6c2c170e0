import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startAccount } from './account.ts';

const run = promisify(execFile);
const installed = spawnSync('aws', ['--version']).status === 0;

(installed ? describe : describe.skip)('the AWS CLI', () => {
  let account: Awaited<ReturnType<typeof startAccount>>;
  beforeAll(async () => {
    account = await startAccount();
  });
  afterAll(() => account.close());

  const aws = async (...args: readonly string[]) => {
    // Version 1 of the CLI sends SQS requests to AWS itself, whatever AWS_ENDPOINT_URL says; only the option helps.
    const option = args[0] === 'sqs' ? ['--endpoint-url', account.endpoint.url] : [];
    const { stdout } = await run('aws', [...args, ...option, '--output', 'json'], {
      env: {
        PATH: process.env.PATH,
        AWS_ENDPOINT_URL: account.endpoint.url,
        AWS_REGION: 'us-west-2',
        AWS_DEFAULT_REGION: 'us-west-2',
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        AWS_CONFIG_FILE: devNull,
        AWS_SHARED_CREDENTIALS_FILE: devNull,
        AWS_MAX_ATTEMPTS: '1',
      },
    });
    return stdout.trim() === '' ? undefined : JSON.parse(stdout);
  };

  test('makes, rotates and moves a key', async () => {
    const first = (await aws('kms', 'create-key')).KeyMetadata;
    const second = (await aws('kms', 'create-key')).KeyMetadata;
    await aws('kms', 'create-alias', '--alias-name', 'alias/cli', '--target-key-id', first.KeyId);

    await aws('kms', 'rotate-key-on-demand', '--key-id', first.KeyId);
    const described = (await aws('kms', 'describe-key', '--key-id', 'alias/cli')).KeyMetadata;
    const { Rotations } = await aws('kms', 'list-key-rotations', '--key-id', first.KeyId);
    await aws('kms', 'update-alias', '--alias-name', 'alias/cli', '--target-key-id', second.KeyId);

    expect(described.Arn).toBe(first.Arn);
    expect(described.CurrentKeyMaterialId).not.toBe(first.CurrentKeyMaterialId);
    expect(Rotations).toMatchObject([{ KeyMaterialId: described.CurrentKeyMaterialId, RotationType: 'ON_DEMAND' }]);
    expect((await aws('kms', 'describe-key', '--key-id', 'alias/cli')).KeyMetadata.Arn).toBe(second.Arn);
    expect(account.events.map((event) => event['detail-type'])).toContain('KMS CMK Rotation');
  });

  test('reads and puts a key policy', async () => {
    const { KeyId } = (await aws('kms', 'create-key')).KeyMetadata;
    const policy = '{"Version":"2012-10-17","Statement":[]}';

    await aws('kms', 'put-key-policy', '--key-id', KeyId, '--policy-name', 'default', '--policy', policy);

    expect((await aws('kms', 'get-key-policy', '--key-id', KeyId, '--policy-name', 'default')).Policy).toBe(policy);
  });

  test('encrypts and decrypts', async () => {
    const { KeyId } = (await aws('kms', 'create-key')).KeyMetadata;

    const { CiphertextBlob } = await aws('kms', 'encrypt', '--key-id', KeyId, '--plaintext', 'kept');
    const file = `fileb://${await written(Buffer.from(CiphertextBlob, 'base64'))}`;
    const { Plaintext } = await aws('kms', 'decrypt', '--ciphertext-blob', file);

    expect(Buffer.from(Plaintext, 'base64').toString()).toBe('kept');
  });

  test('puts an event on the bus', async () => {
    const entry = JSON.stringify([{ Source: 'my.app', DetailType: 'Told', Detail: '{"a":1}' }]);

    expect(await aws('events', 'put-events', '--entries', entry)).toMatchObject({ FailedEntryCount: 0 });
    expect(account.events.at(-1)).toMatchObject({ source: 'my.app', detail: { a: 1 } });
  });

  test('speaks to every other service in its own protocol', async () => {
    const { url, arn } = account.sqs.addQueue('cli');
    const topic = account.sns.addTopic('cli');
    account.sqs.send(arn, 'hello', { ERROR_CODE: 'NO_RESOURCE' });

    expect(await aws('sts', 'get-caller-identity')).toMatchObject({ Account: '111122223333' });
    expect(await aws('sqs', 'receive-message', '--queue-url', url, '--message-attribute-names', 'All')).toMatchObject({
      Messages: [{ Body: 'hello' }],
    });
    expect(await aws('sns', 'publish', '--topic-arn', topic, '--message', 'a')).toHaveProperty('MessageId');
    await aws('sns', 'delete-topic', '--topic-arn', topic);
    await expect(aws('sns', 'publish', '--topic-arn', topic, '--message', 'a')).rejects.toThrow('NotFound');
    expect(await aws('sns', 'create-topic', '--name', 'cli')).toEqual({ TopicArn: topic });
    expect(await aws('lambda', 'list-functions')).toEqual({ Functions: [] });
    expect(await aws('dynamodb', 'list-tables')).toEqual({ TableNames: [] });
    expect(await aws('logs', 'describe-log-groups')).toEqual({ logGroups: [] });
    expect(await aws('secretsmanager', 'list-secrets')).toEqual({ SecretList: [] });
  });

  test('shows an error under its name', async () => {
    await expect(aws('kms', 'describe-key', '--key-id', 'nobody')).rejects.toThrow(/NotFoundException/);
    await expect(aws('sns', 'list-origination-numbers')).rejects.toThrow(/does not know sns:ListOriginationNumbers/);
    await expect(aws('sqs', 'get-queue-url', '--queue-name', 'nobody')).rejects.toThrow(/NonExistentQueue/);
  });
});

const written = async (content: Buffer): Promise<string> => {
  const file = join(await mkdtemp(join(tmpdir(), 'ciphertext-')), 'blob');
  await writeFile(file, content);
  return file;
};
