import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { clientFor, startAccount } from './account.ts';

let account: Awaited<ReturnType<typeof startAccount>>;
let client: DynamoDBClient;
beforeAll(async () => {
  account = await startAccount();
  client = new DynamoDBClient(clientFor(account));
  await client.send(
    new CreateTableCommand({
      TableName: 'state',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
});
afterAll(() => account.close());

const item = (sk: string) => ({ pk: { S: 'lease' }, sk: { S: sk }, owner: { S: 'one' } });

test('an item is kept, and a condition on it holds', async () => {
  await client.send(new PutItemCommand({ TableName: 'state', Item: item('a') }));

  const again = client.send(
    new PutItemCommand({ TableName: 'state', Item: item('a'), ConditionExpression: 'attribute_not_exists(pk)' }),
  );

  await expect(again).rejects.toThrow(ConditionalCheckFailedException);
  const query = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: 'lease' } } };
  expect((await client.send(new QueryCommand({ TableName: 'state', ...query }))).Items).toEqual([item('a')]);
});

test('the time to live is kept', async () => {
  const before = await client.send(new DescribeTimeToLiveCommand({ TableName: 'state' }));
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: 'state',
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'expiresAt' },
    }),
  );

  expect(before.TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'DISABLED' });
  expect((await client.send(new DescribeTimeToLiveCommand({ TableName: 'state' }))).TimeToLiveDescription).toEqual({
    TimeToLiveStatus: 'ENABLED',
    AttributeName: 'expiresAt',
  });
  await expect(client.send(new DescribeTimeToLiveCommand({ TableName: 'nobody' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test('transactions are refused by name', async () => {
  const put = { Put: { TableName: 'state', Item: item('b') } };

  await expect(client.send(new TransactWriteItemsCommand({ TransactItems: [put] }))).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: 'the local run does not know dynamodb:TransactWriteItems',
  });
  const Key = { pk: { S: 'lease' }, sk: { S: 'b' } };
  expect((await client.send(new GetItemCommand({ TableName: 'state', Key }))).Item).toBeUndefined();
});

test('callers within the local run get the same answers and errors', async () => {
  await account.callAws('dynamodb', 'PutItem', { TableName: 'state', Item: item('c') });

  expect(
    await account.callAws('dynamodb', 'GetItem', { TableName: 'state', Key: { pk: { S: 'lease' }, sk: { S: 'c' } } }),
  ).toEqual({ Item: item('c') });
  await expect(
    account.callAws('dynamodb', 'PutItem', {
      TableName: 'state',
      Item: item('c'),
      ConditionExpression: 'attribute_not_exists(pk)',
    }),
  ).rejects.toMatchObject({ code: 'ConditionalCheckFailedException', status: 400 });
});
