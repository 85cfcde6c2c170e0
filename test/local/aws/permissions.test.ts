import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { LocalAccount } from '../../../local/aws/local-account.ts';
import { clientFor, startAccount } from './account.ts';

let account: LocalAccount;
beforeEach(async () => {
  account = await startAccount();
  account.permissions.assume('a-function', 'its-role');
});
afterEach(() => account.close());

const settingsOf = (accessKeyId: string) => ({
  ...clientFor(account),
  credentials: { accessKeyId, secretAccessKey: 'local' },
});
const get = (accessKeyId: string) =>
  new DynamoDBClient(settingsOf(accessKeyId)).send(
    new GetItemCommand({ TableName: 'none', Key: { pk: { S: '1' }, sk: { S: '1' } } }),
  );
const describeKey = (accessKeyId: string) =>
  new KMSClient(settingsOf(accessKeyId)).send(new DescribeKeyCommand({ KeyId: 'alias/none' }));
const publish = (accessKeyId: string) =>
  new SNSClient(settingsOf(accessKeyId)).send(
    new PublishCommand({ TopicArn: 'arn:aws:sns:us-west-2:111122223333:none', Message: 'one' }),
  );

describe('a function', () => {
  test.each([
    ['dynamodb:GetItem', get],
    ['kms:DescribeKey', describeKey],
    ['sns:Publish', publish],
  ])('is refused %s where no policy of its role allows it, and let through where one does', async (action, ask) => {
    account.permissions.allow('its-role', ['dynamodb:PutItem', 'kms:Get*']);
    account.permissions.allow('other-role', [action]);
    await expect(ask('a-function')).rejects.toMatchObject({
      ...{ name: 'AccessDeniedException', message: expect.stringContaining(`to perform: ${action} because`) },
    });
    account.permissions.allow('its-role', [action]);
    await expect(ask('a-function')).rejects.toMatchObject({ name: expect.stringMatching(/^(?:Resource)?NotFound/) });
  });

  test.each(['kms:*', 'KMS:describe*', 'kms:DescribeKe?', '*'])('is let through by %s', async (pattern) => {
    account.permissions.allow('its-role', [pattern]);
    await expect(describeKey('a-function')).rejects.toMatchObject({ name: 'NotFoundException' });
  });
});

test('whoever has no role here is let through', async () => {
  await expect(describeKey('local')).rejects.toMatchObject({ name: 'NotFoundException' });
});
