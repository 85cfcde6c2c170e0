import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { machine } from '../asl/run-machine.ts';
import { account, busyAccount, machineArn } from './account.ts';

const PASS = machine({ Only: { Type: 'Pass', End: true } });
const REST = machine({ Rest: { Type: 'Wait', Seconds: 3_600, End: true } });
const NOBODY = machineArn('nobody');

describe('StopExecution', () => {
  test('ends the execution as ABORTED with its error and cause', async () => {
    const { add, call, start } = busyAccount();
    const executionArn = await start(add('rollout', REST));
    await call('StopExecution', { executionArn, error: 'Operator', cause: 'enough' });
    expect(await call('DescribeExecution', { executionArn })).toMatchObject({
      status: 'ABORTED',
      error: 'Operator',
      cause: 'enough',
      stopDate: 0,
    });
  });

  test('leaves an execution that has ended as it is', async () => {
    const { add, call, start, ended } = account();
    const executionArn = await start(add('rollout', PASS));
    await ended(executionArn);
    await call('StopExecution', { executionArn });
    expect(await call('DescribeExecution', { executionArn })).toMatchObject({ status: 'SUCCEEDED' });
  });
});

describe('ListExecutions', () => {
  test('lists the latest first, by status and by page', async () => {
    const { add, call, start, ended, clock } = account();
    const stateMachineArn = add('rollout', PASS);
    const failing = machine({ Only: { Type: 'Fail' } });
    for (const name of ['a', 'b', 'c']) await ended(await start(stateMachineArn, { name }));
    add('rollout', failing);
    clock.advance(1_000);
    await ended(await start(stateMachineArn, { name: 'd' }));
    const names = async (more: object) => {
      const answer = await call('ListExecutions', { stateMachineArn, ...more });
      const executions = answer.executions as readonly { readonly name: string }[];
      return { names: executions.map((each) => each.name).join(''), nextToken: answer.nextToken };
    };

    expect(await names({})).toEqual({ names: 'dcba', nextToken: undefined });
    expect((await names({ statusFilter: 'FAILED' })).names).toBe('d');
    const first = await names({ maxResults: 3 });
    expect(first.names).toBe('dcb');
    expect(await names({ maxResults: 3, nextToken: first.nextToken })).toEqual({ names: 'a', nextToken: undefined });
    await expect(names({ statusFilter: 'DONE' })).rejects.toMatchObject({ code: 'ValidationException' });
    await expect(names({ nextToken: 'nothing' })).rejects.toMatchObject({ code: 'InvalidToken' });
  });
});

describe('GetExecutionHistory', () => {
  const historyOf = async (more: object = {}) => {
    const { add, call, start, ended } = account();
    const executionArn = await start(add('rollout', PASS), { input: '{"a":1}' });
    await ended(executionArn);
    return call('GetExecutionHistory', { executionArn, ...more });
  };

  test('tells what went in and out of every state', async () => {
    expect((await historyOf()).events).toEqual([
      {
        id: 1,
        previousEventId: 0,
        timestamp: 0,
        type: 'ExecutionStarted',
        executionStartedEventDetails: {
          input: '{"a":1}',
          inputDetails: { truncated: false },
          roleArn: 'arn:aws:iam::111122223333:role/rollout',
        },
      },
      {
        id: 2,
        previousEventId: 0,
        timestamp: 0,
        type: 'PassStateEntered',
        stateEnteredEventDetails: { name: 'Only', input: '{"a":1}', inputDetails: { truncated: false } },
      },
      {
        id: 3,
        previousEventId: 2,
        timestamp: 0,
        type: 'PassStateExited',
        stateExitedEventDetails: { name: 'Only', output: '{"a":1}', outputDetails: { truncated: false } },
      },
      {
        id: 4,
        previousEventId: 3,
        timestamp: 0,
        type: 'ExecutionSucceeded',
        executionSucceededEventDetails: { output: '{"a":1}', outputDetails: { truncated: false } },
      },
    ]);
  });

  test('backwards, by page, and without data', async () => {
    const { events, nextToken } = await historyOf({ reverseOrder: true, maxResults: 2, includeExecutionData: false });
    expect(events).toEqual([
      expect.objectContaining({ id: 4, executionSucceededEventDetails: {} }),
      expect.objectContaining({ id: 3, stateExitedEventDetails: { name: 'Only' } }),
    ]);
    expect(nextToken).toBeDefined();
  });
});

describe('status changes', () => {
  const sample: { readonly detail: object } & object = JSON.parse(
    readFileSync('test/samples/aws-events/states.execution-status-change.failed.json', 'utf8'),
  );

  test('are told in the form of the AWS event, when it starts and when it has ended', async () => {
    const { bus, runOnce } = account();
    await runOnce(machine({ Only: { Type: 'Fail', Error: 'E', Cause: 'c' } }));
    expect(bus.map((event) => (event.detail as { readonly status: string }).status)).toEqual(['RUNNING', 'FAILED']);
    const [, failed] = bus;
    expect(Object.keys(failed ?? {}).sort()).toEqual(Object.keys(sample).sort());
    expect(Object.keys(failed?.detail ?? {}).sort()).toEqual(Object.keys(sample.detail).sort());
    expect(failed?.detail).toMatchObject({ error: 'E', cause: 'c', input: '{}', output: null, stopDate: 0 });
  });

  test('leave out an input that is too long for the bus, and say so', async () => {
    const { bus, runOnce } = account();
    await runOnce(PASS, 'x'.repeat(130 * 1024));
    expect(bus[0]?.detail).toMatchObject({ inputDetails: { included: true } });
    expect(bus[1]?.detail).toMatchObject({
      input: null,
      inputDetails: { included: false },
      outputDetails: { included: true },
    });
  });
});

describe('what the local run does not know', () => {
  test.each(['RedriveExecution', 'CreateStateMachine', 'StartSyncExecution', 'toString'])(
    '%s is refused by name',
    async (action) => {
      await expect(account().call(action)).rejects.toMatchObject({
        code: 'UnknownOperationException',
        message: `the local run does not know states:${action}`,
      });
    },
  );

  test('an EXPRESS machine is refused', () => {
    const machineOf = { name: 'm', arn: NOBODY, definition: PASS, roleArn: 'r', type: 'EXPRESS' as const };
    expect(() => account().service.addStateMachine(machineOf)).toThrow('EXPRESS');
  });

  test.each([
    'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
    'arn:aws:states:::ecs:runTask.sync',
    'arn:aws:states:::http:invoke',
    'arn:aws:states:::aws-sdk:ec2:describeInstances',
    'arn:aws:states:us-west-2:111122223333:activity:approve',
  ])('a machine with the resource %s is refused', (Resource) => {
    const definition = machine({ Only: { Type: 'Task', Resource, End: true } });
    expect(() => account().add('m', definition)).toThrow(`the local run does not know the resource '${Resource}'`);
  });

  test('a state that nothing leads to is refused by asl-validator', () => {
    const definition = machine({ Only: { Type: 'Succeed' }, Lost: { Type: 'Succeed' } });
    expect(() => account().add('m', definition)).toThrow('asl-validator');
  });

  test('data that asl-validator misjudges is taken', () => {
    const Output = ['', '{%\n $states.input\n%}'];
    const definition = machine({
      Only: { Type: 'Choice', Choices: [{ Condition: true, Next: 'Output' }] },
      Output: { Type: 'Pass', Output, End: true },
    });
    expect(() => account().add('m', definition)).not.toThrow();
  });
});

describe('machines', () => {
  test('are listed and described', async () => {
    const { add, call } = account();
    const stateMachineArn = add('rollout', PASS);
    expect((await call('ListStateMachines')).stateMachines).toEqual([
      { stateMachineArn, name: 'rollout', type: 'STANDARD', creationDate: 0 },
    ]);
    const described = await call('DescribeStateMachine', { stateMachineArn });
    expect(JSON.parse(String(described.definition))).toEqual(PASS);
  });
});

test('every event of every execution is told as it happens', async () => {
  const { history, runOnce } = account();
  const { executionArn } = await runOnce(PASS);
  expect(history.map((event) => [event.executionArn, event.type])).toEqual(
    ['ExecutionStarted', 'PassStateEntered', 'PassStateExited', 'ExecutionSucceeded'].map((type) => [
      executionArn,
      type,
    ]),
  );
});
