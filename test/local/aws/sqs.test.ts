import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startAccount } from './account.ts';

let account: Awaited<ReturnType<typeof startAccount>>;
beforeAll(async () => {
  account = await startAccount();
});
afterAll(() => account.close());

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** The fields of all answers that the tests look into. */
interface Answer {
  readonly __type?: string;
  readonly Messages: readonly [
    {
      readonly ReceiptHandle: string;
      readonly MessageAttributes?: unknown;
      readonly MD5OfMessageAttributes?: string;
    },
  ];
  readonly Attributes: unknown;
}

const call = async (action: string, input: Readonly<Record<string, unknown>>) => {
  const answer = await fetch(account.endpoint.url, {
    method: 'POST',
    headers: { 'x-amz-target': `AmazonSQS.${action}`, 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify(input),
  });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Answer };
};

describe('a queue', () => {
  test('hands a message out once until its visibility timeout is over', async () => {
    const { url: QueueUrl } = account.sqs.addQueue('seen', { visibilityTimeoutS: 60 });
    const sent = await call('SendMessage', { QueueUrl, MessageBody: 'hello' });

    const first = await call('ReceiveMessage', { QueueUrl, AttributeNames: ['ApproximateReceiveCount'] });
    const hidden = await call('ReceiveMessage', { QueueUrl });
    account.clock.advance(60_000);
    const again = await call('ReceiveMessage', { QueueUrl, MessageSystemAttributeNames: ['All'] });

    expect(sent.body).toMatchObject({ MD5OfMessageBody: md5('hello') });
    expect(first.body.Messages).toMatchObject([
      { Body: 'hello', MD5OfBody: md5('hello'), Attributes: { ApproximateReceiveCount: '1' } },
    ]);
    expect(hidden.body).toEqual({});
    expect(again.body.Messages).toMatchObject([{ Attributes: { ApproximateReceiveCount: '2' } }]);
  });

  test('forgets a deleted message', async () => {
    const { url: QueueUrl, arn } = account.sqs.addQueue('deleted');
    await call('SendMessage', { QueueUrl, MessageBody: 'hello' });

    const { body } = await call('ReceiveMessage', { QueueUrl });
    await call('DeleteMessage', { QueueUrl, ReceiptHandle: body.Messages[0].ReceiptHandle });

    expect(account.sqs.messages(arn)).toEqual([]);
  });

  test('hands out attributes with the digest that SDKs check', async () => {
    const { url: QueueUrl, arn } = account.sqs.addQueue('attributes');
    account.sqs.send(arn, 'dead', { RULE_ARN: 'arn:rule', ERROR_CODE: 'NO_RESOURCE' });

    const all = await call('ReceiveMessage', { QueueUrl, MessageAttributeNames: ['All'], VisibilityTimeout: 0 });
    const one = await call('ReceiveMessage', { QueueUrl, MessageAttributeNames: ['ERROR_CODE'] });

    expect(all.body.Messages[0].MessageAttributes).toEqual({
      RULE_ARN: { DataType: 'String', StringValue: 'arn:rule' },
      ERROR_CODE: { DataType: 'String', StringValue: 'NO_RESOURCE' },
    });
    expect(all.body.Messages[0].MD5OfMessageAttributes).not.toBe(one.body.Messages[0].MD5OfMessageAttributes);
    // Lengths in front, in the order of the names: ERROR_CODE, String, type 1, NO_RESOURCE.
    expect(one.body.Messages[0].MD5OfMessageAttributes).toBe(
      md5('\0\0\0\nERROR_CODE\0\0\0\x06String\x01\0\0\0\x0bNO_RESOURCE'),
    );
  });

  test('gives up what was received too often', async () => {
    const { arn: deadLetterTargetArn } = account.sqs.addQueue('given-up');
    const { url: QueueUrl, arn } = account.sqs.addQueue('tried', {
      redrive: { deadLetterTargetArn, maxReceiveCount: 2 },
    });
    await call('SendMessage', { QueueUrl, MessageBody: 'poison' });

    for (let count = 0; count < 3; count += 1) await call('ReceiveMessage', { QueueUrl, VisibilityTimeout: 0 });

    expect(account.sqs.messages(arn)).toEqual([]);
    expect(account.sqs.messages(deadLetterTargetArn)).toMatchObject([{ body: 'poison' }]);
  });

  test('wakes a caller who waits', async () => {
    const { url: QueueUrl } = account.sqs.addQueue('waited');

    const waiting = call('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 });
    await call('SendMessageBatch', { QueueUrl, Entries: [{ Id: '1', MessageBody: 'late' }] });

    expect((await waiting).body.Messages).toMatchObject([{ Body: 'late' }]);
  });

  test('tells its attributes and is emptied', async () => {
    const { url: QueueUrl, arn: QueueArn } = account.sqs.addQueue('counted');
    await call('SendMessage', { QueueUrl, MessageBody: 'a' });
    await call('SendMessage', { QueueUrl, MessageBody: 'b', DelaySeconds: 10 });

    const before = await call('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });
    await call('PurgeQueue', { QueueUrl });
    const after = await call('GetQueueAttributes', { QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] });

    expect(before.body.Attributes).toMatchObject({
      QueueArn,
      ApproximateNumberOfMessages: '1',
      ApproximateNumberOfMessagesNotVisible: '1',
    });
    expect(after.body.Attributes).toEqual({ ApproximateNumberOfMessages: '0' });
  });

  test('is found by its name', async () => {
    const { url } = account.sqs.addQueue('named');

    expect((await call('GetQueueUrl', { QueueName: 'named' })).body).toEqual({ QueueUrl: url });
    expect((await call('ListQueues', { QueueNamePrefix: 'nam' })).body).toEqual({ QueueUrls: [url] });
  });
});

test('a queue that is not there has the error code of the old protocol too', async () => {
  const { status, headers, body } = await call('GetQueueUrl', { QueueName: 'nobody' });

  expect(status).toBe(400);
  expect(body.__type).toBe('com.amazonaws.sqs#QueueDoesNotExist');
  expect(headers.get('x-amzn-query-error')).toBe('AWS.SimpleQueueService.NonExistentQueue;Sender');
});

test('FIFO queues are refused by name', () => {
  expect(() => account.sqs.addQueue('a.fifo')).toThrow('the local run does not know FIFO queues');
});
