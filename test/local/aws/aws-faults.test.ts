import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AwsFaults } from '../../../local/aws/aws-faults.ts';
import { clientFor, startAccount } from './account.ts';

let account: Awaited<ReturnType<typeof startAccount>>;
let dynamo: DynamoDBClient;
beforeEach(async () => {
  account = await startAccount();
  dynamo = new DynamoDBClient(clientFor(account));
  await dynamo.send(
    new CreateTableCommand({
      TableName: 'state',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    }),
  );
});
afterEach(() => account.close());

const put = () => dynamo.send(new PutItemCommand({ TableName: 'state', Item: { pk: { S: 'a' } } }));
const stored = async () =>
  (await dynamo.send(new GetItemCommand({ TableName: 'state', Key: { pk: { S: 'a' } } }))).Item;

describe('a call over the endpoint', () => {
  test.each([
    ['throttled', 'ProvisionedThroughputExceededException'],
    ['internal-error', 'InternalServerError'],
    ['unavailable', 'ServiceUnavailable'],
  ] as const)(
    'that is struck by %s fails with the name that the service documents, without effect',
    async (kind, name) => {
      account.faults.add({ kind, service: 'dynamodb', action: '^PutItem$' });

      await expect(put()).rejects.toMatchObject({ name });

      expect(await stored()).toBeUndefined();
      await put();
      expect(await stored()).toBeDefined();
    },
  );

  test.each([
    [false, undefined],
    [true, { pk: { S: 'a' } }],
  ])('whose connection breaks (after its effect: %s) leaves that behind', async (tookEffect, left) => {
    account.faults.add({ kind: 'reset', service: 'dynamodb', action: '^PutItem$', tookEffect });

    await expect(put()).rejects.toThrow('ECONNRESET');

    expect(await stored()).toEqual(left);
  });

  test('may be answered late', async () => {
    account.faults.add({ kind: 'slow', realMs: 20, service: 'dynamodb' });

    await put();

    expect(await stored()).toBeDefined();
  });

  test('of another service or another protocol has names of its own', async () => {
    account.faults.add({ kind: 'internal-error', service: 'kms' });
    account.faults.add({ kind: 'throttled', service: 'sns' });

    await expect(new KMSClient(clientFor(account)).send(new ListKeysCommand({}))).rejects.toMatchObject({
      name: 'KMSInternalException',
    });
    const publish = new PublishCommand({ TopicArn: account.sns.addTopic('alerts'), Message: 'm' });
    await expect(new SNSClient(clientFor(account)).send(publish)).rejects.toMatchObject({ name: 'ThrottledException' });
    expect(account.sns.published).toEqual([]);
  });
});

test('a task of a state machine is struck, too', async () => {
  account.faults.add({ kind: 'throttled', service: 'lambda' });
  account.faults.add({ kind: 'unavailable', service: 'sns' });

  await expect(account.invokeLambda('arn:aws:lambda:us-west-2:111122223333:function:any', {})).rejects.toMatchObject({
    code: 'TooManyRequestsException',
  });
  await expect(account.callAws('sns', 'Publish', {})).rejects.toMatchObject({ code: 'InternalError' });
});

describe('faults with a probability', () => {
  const struck = (seed: number, calls: readonly string[]) => {
    const faults = new AwsFaults(seed);
    faults.add({ kind: 'throttled', probability: 0.3, burst: 2 });
    return calls.map((action) => faults.strike({ service: 'kms', action }) !== undefined);
  };
  const hundred = Array.from({ length: 100 }, () => 'DescribeKey');

  test('strike the same calls again with the same seed, whatever is called in between', () => {
    const first = struck(7, hundred);

    expect(new Set(first)).toEqual(new Set([true, false]));
    expect(struck(7, hundred)).toEqual(first);
    expect(struck(8, hundred)).not.toEqual(first);
    const mixed = struck(
      7,
      hundred.flatMap((action) => [action, 'ListKeys']),
    );
    expect(mixed.filter((_, index) => index % 2 === 0)).toEqual(first);
  });

  test('come in bursts as long as they say', () => {
    const runs = struck(7, hundred)
      .map((hit) => (hit ? 'x' : ' '))
      .join('')
      .split(/ +/)
      .filter(({ length }) => length > 0);

    expect(runs.slice(0, -1).every(({ length }) => length % 2 === 0)).toBe(true);
  });

  test('are refused where they are also counted', () => {
    expect(() => new AwsFaults(1).add({ kind: 'throttled', times: 1, probability: 1 })).toThrow('either times');
  });
});
