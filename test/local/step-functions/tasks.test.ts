import { describe, expect, test } from '@jest/globals';
import { AwsError, unknownAction } from '../../../local/aws/service.ts';
import type { LambdaAnswer } from '../../../local/step-functions/task-targets.ts';
import { machine } from '../asl/run-machine.ts';
import { account, machineArn } from './account.ts';

const FUNCTION = 'arn:aws:lambda:us-west-2:111122223333:function:plan';
const INVOKE = 'arn:aws:states:::lambda:invoke';

const task = (Resource: string, Arguments?: unknown) =>
  machine({ Only: { Type: 'Task', Resource, ...(Arguments !== undefined && { Arguments }), End: true } });

const withLambda = (answer: LambdaAnswer | Error) => {
  const calls: unknown[] = [];
  const made = account({
    invokeLambda: async (functionArn, payload) => {
      calls.push([functionArn, payload]);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return { ...made, calls };
};

const withAws = (answer: unknown) => {
  const calls: unknown[] = [];
  const made = account({
    callAws: async (service, action, input) => {
      calls.push([service, action, input]);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return { ...made, calls };
};

describe('lambda:invoke', () => {
  test.each([FUNCTION, 'plan'])('calls %s and answers as the Lambda API', async (FunctionName) => {
    const { runOnce, calls } = withLambda({ payload: { b: 2 } });
    const described = await runOnce(task(INVOKE, { FunctionName, Payload: '{% $states.input %}' }), { a: 1 });
    expect(calls).toEqual([[FUNCTION, { a: 1 }]]);
    expect(JSON.parse(String(described.output))).toEqual({
      ExecutedVersion: '$LATEST',
      Payload: { b: 2 },
      StatusCode: 200,
    });
  });

  test("a function's error becomes the task's, with its details as the cause", async () => {
    const error = { errorType: 'WorkspaceBusy', errorMessage: 'it runs', trace: ['at x'] };
    const { runOnce } = withLambda({ error });
    expect(await runOnce(task(INVOKE, { FunctionName: 'plan' }))).toMatchObject({
      status: 'FAILED',
      error: 'WorkspaceBusy',
      cause: '{"errorMessage":"it runs","errorType":"WorkspaceBusy","trace":["at x"]}',
    });
  });

  test.each([
    ['TooManyRequestsException', 'Lambda.TooManyRequestsException'],
    ['ServiceException', 'Lambda.ServiceException'],
    ['ResourceNotFoundException', 'Lambda.ResourceNotFoundException'],
  ])("the service's %s is %s", async (code, error) => {
    const { runOnce } = withLambda(new AwsError(code, 'told'));
    expect(await runOnce(task(INVOKE, { FunctionName: 'plan' }))).toMatchObject({ error });
  });

  test.each([
    { FunctionName: 'plan', InvocationType: 'Event' },
    { FunctionName: 'plan', LogType: 'Tail' },
    { Payload: {} },
  ])('refuses %j', async (Arguments) => {
    const { runOnce, calls } = withLambda({});
    expect(await runOnce(task(INVOKE, Arguments))).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(calls).toEqual([]);
  });

  test('a function named by its ARN answers its payload alone', async () => {
    const { runOnce, calls } = withLambda({ payload: [1] });
    expect(await runOnce(task(FUNCTION), { a: 1 })).toMatchObject({ output: '[1]' });
    expect(calls).toEqual([[FUNCTION, { a: 1 }]]);
  });

  test('a function that is stopped hears of it', async () => {
    let heard = false;
    const { add, start, call } = account({
      invokeLambda: (_arn, _payload, signal) =>
        new Promise(() => {
          signal.addEventListener('abort', () => {
            heard = true;
          });
        }),
    });
    const executionArn = await start(add('m', task(FUNCTION)));
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    await call('StopExecution', { executionArn });
    expect(heard).toBe(true);
  });
});

describe('a service', () => {
  test.each<[string, unknown, readonly unknown[]]>([
    ['sns:publish', { TopicArn: 't', Message: { a: 1 } }, ['sns', 'Publish', { TopicArn: 't', Message: '{"a":1}' }]],
    [
      'sqs:sendMessage',
      { QueueUrl: 'q', MessageBody: 'm' },
      ['sqs', 'SendMessage', { QueueUrl: 'q', MessageBody: 'm' }],
    ],
    ['dynamodb:updateItem', { TableName: 't' }, ['dynamodb', 'UpdateItem', { TableName: 't' }]],
    ['aws-sdk:kms:describeKey', { KeyId: 'k' }, ['kms', 'DescribeKey', { KeyId: 'k' }]],
    ['aws-sdk:secretsmanager:listSecrets', {}, ['secretsmanager', 'ListSecrets', {}]],
  ])('%s is called with its arguments', async (resource, taskArguments, call) => {
    const { runOnce, calls } = withAws({});
    expect(await runOnce(task(`arn:aws:states:::${resource}`, taskArguments))).toMatchObject({ status: 'SUCCEEDED' });
    expect(calls).toEqual([call]);
  });

  test.each([
    ['dynamodb:putItem', 'ConditionalCheckFailedException', 'DynamoDB.ConditionalCheckFailedException'],
    ['aws-sdk:dynamodb:putItem', 'ConditionalCheckFailedException', 'DynamoDb.ConditionalCheckFailedException'],
    ['sns:publish', 'NotFound', 'SNS.NotFoundException'],
    ['aws-sdk:sns:publish', 'NotFound', 'Sns.NotFoundException'],
    ['sqs:sendMessage', 'com.amazonaws.sqs#QueueDoesNotExist', 'SQS.QueueDoesNotExistException'],
    ['aws-sdk:kms:describeKey', 'NotFoundException', 'Kms.NotFoundException'],
    ['aws-sdk:secretsmanager:getSecretValue', 'ResourceNotFoundException', 'SecretsManager.ResourceNotFoundException'],
  ])('%s names %s as %s', async (resource, code, error) => {
    const { runOnce } = withAws(new AwsError(code, 'told'));
    expect(await runOnce(task(`arn:aws:states:::${resource}`, {}))).toMatchObject({
      error,
      cause: expect.stringContaining('told'),
    });
  });

  test('an action that the local run does not know is no failure that a machine may catch', async () => {
    const { runOnce } = withAws(unknownAction('kms', 'ReEncrypt'));
    expect(await runOnce(task('arn:aws:states:::aws-sdk:kms:reEncrypt', {}))).toMatchObject({
      error: 'States.Runtime',
      cause: expect.stringContaining('kms:ReEncrypt'),
    });
  });

  test('times become ISO 8601, except in the data of DynamoDB', async () => {
    const answer = { KeyMetadata: { CreationDate: 86_400, Description: 'k' } };
    const kms = await withAws(answer).runOnce(task('arn:aws:states:::aws-sdk:kms:describeKey', {}));
    expect(JSON.parse(String(kms.output))).toEqual({
      KeyMetadata: { CreationDate: '1970-01-02T00:00:00.000Z', Description: 'k' },
    });
    const dynamodb = await withAws({ EndDate: 1 }).runOnce(task('arn:aws:states:::dynamodb:getItem', {}));
    expect(dynamodb.output).toBe('{"EndDate":1}');
  });
});

describe('events:putEvents', () => {
  const PUT = task('arn:aws:states:::events:putEvents', {
    Entries: [{ Source: 's', DetailType: 'd', Detail: { a: 1 }, Resources: ['r'] }],
  });

  test('sends the detail as text and adds the execution to the resources', async () => {
    const { runOnce, calls } = withAws({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] });
    const { executionArn } = await runOnce(PUT);
    const entry = { Source: 's', DetailType: 'd', Detail: '{"a":1}', Resources: ['r', executionArn] };
    expect(calls).toEqual([['eventbridge', 'PutEvents', { Entries: [entry] }]]);
  });

  test('one entry that is not taken fails the task with EventBridge.FailedEntry', async () => {
    const answer = { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure' }] };
    expect(await withAws(answer).runOnce(PUT)).toMatchObject({
      error: 'EventBridge.FailedEntry',
      cause: JSON.stringify(answer),
    });
  });
});

describe('states:startExecution', () => {
  const START = 'arn:aws:states:::states:startExecution';
  const nested = (resource: string, more: object = {}) =>
    task(resource, { StateMachineArn: machineArn('child'), Input: { a: 1 }, Name: 'nested', ...more });
  const CHILD = machine({ Rest: { Type: 'Wait', Seconds: 86_400, Output: { b: 2 }, End: true } });
  const childArn = 'arn:aws:states:us-west-2:111122223333:execution:child:nested';
  const run = async (resource: string, child: unknown) => {
    const made = account();
    made.add('child', child);
    const described = await made.runOnce(nested(resource));
    return {
      ...made,
      described,
      output: described.output === undefined ? undefined : JSON.parse(String(described.output)),
    };
  };

  test('alone does not wait for the child', async () => {
    const { output } = await run(START, CHILD);
    expect(output).toEqual({ ExecutionArn: childArn, StartDate: '1970-01-01T00:00:00.000Z' });
  });

  test('with .sync waits, and answers the description with the output as text', async () => {
    const { output, clock, history } = await run(`${START}.sync`, CHILD);
    expect(output).toMatchObject({
      ExecutionArn: childArn,
      Status: 'SUCCEEDED',
      Input: '{"a":1}',
      Output: '{"b":2}',
      StopDate: 86_400_000,
    });
    expect(clock.now()).toBe(86_400_000);
    expect(history.map((event) => event.type)).toContain('TaskSubmitted');
  });

  test('with .sync:2 answers the output as JSON', async () => {
    expect((await run(`${START}.sync:2`, CHILD)).output).toMatchObject({ Output: { b: 2 } });
  });

  test('a child that fails under .sync fails the task with its description', async () => {
    const { described } = await run(`${START}.sync:2`, machine({ Only: { Type: 'Fail', Error: 'E', Cause: 'c' } }));
    expect(described).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed' });
    expect(JSON.parse(String(described.cause))).toMatchObject({ Status: 'FAILED', Error: 'E', Cause: 'c' });
  });

  test.each([
    [START, 'StepFunctions.ExecutionAlreadyExistsException'],
    [`${START}.sync:2`, 'StepFunctions.ExecutionAlreadyExistsException'],
    ['arn:aws:states:::aws-sdk:sfn:startExecution', 'Sfn.ExecutionAlreadyExistsException'],
  ])('%s names a name that is taken %s', async (resource, error) => {
    const { add, start, ended, runOnce } = account();
    await ended(await start(add('child', machine({ Only: { Type: 'Succeed' } })), { name: 'nested' }));
    const Input = '{"a":1}';
    expect(await runOnce(nested(resource, { Input }))).toMatchObject({ status: 'FAILED', error });
  });

  test('stopping the parent stops the child that it waits for', async () => {
    const { add, start, call, ended, clock } = account();
    clock.enter();
    add('child', CHILD);
    const executionArn = await start(add('parent', nested(`${START}.sync`)));
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    await call('StopExecution', { executionArn });
    expect(await ended(childArn)).toMatchObject({ status: 'ABORTED' });
    expect(clock.now()).toBe(0);
  });
});
