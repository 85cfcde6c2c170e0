import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PortTaken, startEndpoint } from '../../../local/aws/endpoint.ts';
import { AwsError, type AwsService } from '../../../local/aws/service.ts';
import { clientFor, startAccount } from './account.ts';

let account: Awaited<ReturnType<typeof startAccount>>;
beforeAll(async () => {
  account = await startAccount();
  account.functions.add({
    name: 'worker',
    arn: 'arn:aws:lambda:us-west-2:111122223333:function:worker',
    assetDir: join(import.meta.dirname, '../lambda/fixtures/bundle'),
    handler: 'index.echo',
    timeoutSeconds: 30,
    memoryMb: 128,
    environment: {},
  });
});
afterAll(() => account.close());

const form = (fields: Readonly<Record<string, string>>) =>
  fetch(account.endpoint.url, { method: 'POST', body: new URLSearchParams(fields) });

const json = (target: string, body: string) =>
  fetch(account.endpoint.url, {
    method: 'POST',
    headers: { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' },
    body,
  });

describe('AWS JSON', () => {
  test('answers with a request id and the content type of the request', async () => {
    const answer = await json('TrentService.ListKeys', '{}');

    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers.get('content-type')).toBe('application/x-amz-json-1.1');
    expect(await answer.json()).toEqual({ Keys: [], Truncated: false });
  });

  test.each([
    ['an unknown key', 'TrentService.DescribeKey', '{"KeyId":"nobody"}', 'NotFoundException'],
    ['an unknown action', 'TrentService.Sign', '{}', 'UnknownOperationException'],
    ['an action that every object has', 'TrentService.constructor', '{}', 'UnknownOperationException'],
    ['an unknown service', 'CloudTrail_20131101.LookupEvents', '{}', 'UnknownOperationException'],
    ['a service that nobody has added', 'AWSStepFunctions.ListStateMachines', '{}', 'UnknownOperationException'],
    ['a body that is no object', 'TrentService.ListKeys', '[1', 'SerializationException'],
  ])('names the error for %s in header and body', async (_name, target, body, code) => {
    const answer = await json(target, body);

    expect(answer.status).toBe(400);
    expect(answer.headers.get('x-amzn-errortype')).toBe(code);
    expect(await answer.json()).toMatchObject({ __type: code, message: expect.any(String) });
  });

  test('reaches a service that was added later, with dates as seconds', async () => {
    const states: AwsService = {
      handle: async (action) => {
        if (action !== 'ListExecutions') throw new AwsError('StateMachineDoesNotExist', 'no');
        return { executions: [{ executionArn: 'arn:x', startDate: new Date(1_700_000_000_500) }] };
      },
    };
    const endpoint = await startEndpoint({ port: 0 });
    endpoint.register('states', states);
    const sfn = new SFNClient(clientFor({ ...account, endpoint }));

    const { executions } = await sfn.send(new ListExecutionsCommand({}));
    await endpoint.close();

    expect(executions?.[0]?.startDate).toEqual(new Date(1_700_000_000_500));
  });

  test('hides nothing behind a fault of its own', async () => {
    const endpoint = await startEndpoint({ port: 0 });
    endpoint.register('kms', { handle: () => Promise.reject(new Error('a bug')) });

    const answer = await fetch(endpoint.url, { method: 'POST', headers: { 'x-amz-target': 'TrentService.ListKeys' } });
    await endpoint.close();

    expect(answer.status).toBe(500);
    expect(await answer.json()).toEqual({ __type: 'InternalFailure', message: 'the local run failed: a bug' });
  });
});

describe('the query protocol', () => {
  test('tells the caller who it is', async () => {
    const answer = await form({ Action: 'GetCallerIdentity', Version: '2011-06-15' });

    expect(answer.headers.get('content-type')).toBe('text/xml');
    expect(await answer.text()).toContain(
      '<GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/local</Arn><UserId>LOCAL</UserId>' +
        '<Account>111122223333</Account></GetCallerIdentityResult>',
    );
  });

  test('publishes to a topic and keeps the message', async () => {
    const TopicArn = account.sns.addTopic('alerts');

    const answer = await form({
      ...{ Action: 'Publish', Version: '2010-03-31', TopicArn, Message: 'a & b', Subject: 'told' },
      'MessageAttributes.entry.1.Name': 'kind',
      'MessageAttributes.entry.1.Value.DataType': 'String',
      'MessageAttributes.entry.1.Value.StringValue': 'rotation',
    });

    expect(await answer.text()).toMatch(/<PublishResult><MessageId>[0-9a-f-]{36}<\/MessageId><\/PublishResult>/);
    expect(account.sns.published).toMatchObject([{ topicArn: TopicArn, message: 'a & b', subject: 'told' }]);
  });

  test('lists topics and subscriptions', async () => {
    const topicArn = account.sns.addTopic('told');
    account.sns.addSubscription({ topicArn, protocol: 'email', endpoint: 'a@example.com' });

    const topics = await form({ Action: 'ListTopics', Version: '2010-03-31' });
    const subscriptions = await form({
      Action: 'ListSubscriptionsByTopic',
      Version: '2010-03-31',
      TopicArn: topicArn,
    });

    expect(await topics.text()).toContain(`<member><TopicArn>${topicArn}</TopicArn></member>`);
    expect(await subscriptions.text()).toContain('<Protocol>email</Protocol><Endpoint>a@example.com</Endpoint>');
    expect(() => account.sns.addSubscription({ topicArn, protocol: 'lambda', endpoint: 'arn:x' })).toThrow(
      'the local run does not know SNS subscriptions by lambda',
    );
  });

  test.each([
    ['NotFound', 404, { Action: 'Publish', TopicArn: 'arn:nobody', Message: 'a' }],
    ['UnknownOperationException', 400, { Action: 'CreatePlatformApplication', Name: 'a' }],
  ])('answers %s as XML', async (code, status, fields) => {
    const answer = await form({ Version: '2010-03-31', ...fields });

    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(`<Error><Type>Sender</Type><Code>${code}</Code>`);
  });

  test('refuses a service that it does not know', async () => {
    const answer = await form({ Version: '2012-11-05', Action: 'SendMessage' });

    expect(answer.headers.get('x-amzn-errortype')).toBe('UnknownOperationException');
  });
});

describe("Lambda's REST", () => {
  const invoke = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${account.endpoint.url}/2015-03-31/functions/${path}`, { method: 'POST', headers, body: '{"a":1}' });

  test('runs a function and answers its payload', async () => {
    const answer = await invoke('worker/invocations');

    expect(answer.headers.get('x-amz-executed-version')).toBe('$LATEST');
    expect(answer.headers.get('x-amz-function-error')).toBeNull();
    expect(await answer.json()).toMatchObject({ event: { a: 1 } });
  });

  test('says in a header that the function failed', async () => {
    account.functions.add({ ...account.functions.find('worker'), name: 'failing', handler: 'index.fail' });

    const answer = await invoke('failing/invocations');

    expect([answer.status, answer.headers.get('x-amz-function-error')]).toEqual([200, 'Unhandled']);
    expect(await answer.json()).toMatchObject({ errorType: 'ScopeIsFull' });
  });

  test('takes an asynchronous invocation at once', async () => {
    const answer = await invoke('worker/invocations', { 'x-amz-invocation-type': 'Event' });
    await account.settled();

    expect([answer.status, await answer.text()]).toEqual([202, '']);
  });

  test('lists functions', async () => {
    const answer = await fetch(`${account.endpoint.url}/2015-03-31/functions/`);

    expect(await answer.json()).toMatchObject({ Functions: [{ FunctionName: 'worker', Runtime: 'nodejs24.x' }, {}] });
  });

  test.each([
    ['nobody/invocations', {}, 404, 'ResourceNotFoundException'],
    ['worker/versions', {}, 404, 'UnknownOperationException'],
    ['worker/invocations', { 'x-amz-invocation-type': 'DryRun' }, 400, 'ValidationException'],
    ['worker/invocations', { 'x-amz-log-type': 'Tail' }, 400, 'ValidationException'],
  ])('refuses %s %o', async (path, headers, status, code) => {
    const answer = await invoke(path, headers);

    expect([answer.status, answer.headers.get('x-amzn-errortype')]).toEqual([status, code]);
  });
});

test('a path of no service is refused', async () => {
  const answer = await fetch(`${account.endpoint.url}/service/kms/operation/ListKeys`, {
    method: 'POST',
    headers: { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' },
  });

  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ __type: 'UnknownOperationException' });
});

test('a port that is taken is named', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;

  await expect(startEndpoint({ port })).rejects.toThrow(PortTaken);
  await expect(startEndpoint({ port })).rejects.toThrow(`port ${port} on 127.0.0.1 is taken`);
  await new Promise((resolve) => other.close(resolve));
});

test('nobody outside this machine can reach it', async () => {
  const others = Object.values(networkInterfaces())
    .flat()
    .filter((each) => each?.family === 'IPv4' && !each.internal);

  for (const each of others) {
    await expect(fetch(`http://${each?.address}:${account.endpoint.port}/`)).rejects.toThrow();
  }
  expect(new URL(account.endpoint.url).hostname).toBe('127.0.0.1');
});

test('a closed account leaves its port free', async () => {
  const first = await startAccount();
  await first.close();

  const second = await startEndpoint({ port: first.endpoint.port });
  await second.close();

  expect(second.port).toBe(first.endpoint.port);
});
