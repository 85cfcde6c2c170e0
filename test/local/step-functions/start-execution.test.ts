import { describe, expect, test } from '@jest/globals';
import { machine } from '../asl/run-machine.ts';
import { account, busyAccount, machineArn } from './account.ts';

const DAY = 24 * 60 * 60 * 1_000;
const PASS = machine({ Only: { Type: 'Pass', End: true } });
const REST = machine({ Rest: { Type: 'Wait', Seconds: 3_600, End: true } });
const NOBODY = machineArn('nobody');

describe('StartExecution', () => {
  test('answers at once and runs the machine with the input', async () => {
    const { add, start, ended } = account();
    const executionArn = await start(add('rollout', PASS), { name: 'first', input: '{"a":1}' });
    expect(executionArn).toBe('arn:aws:states:us-west-2:111122223333:execution:rollout:first');
    expect(await ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', input: '{"a":1}', output: '{"a":1}' });
  });

  test('with the same name and input is the same start while the execution runs', async () => {
    const { add, call } = busyAccount();
    const request = { stateMachineArn: add('rollout', REST), name: 'first', input: '{"a":1}' };
    const first = await call('StartExecution', request);
    expect(await call('StartExecution', request)).toEqual(first);
  });

  test('with the same name and another input is ExecutionAlreadyExists', async () => {
    const { add, call, start } = busyAccount();
    const stateMachineArn = add('rollout', REST);
    await start(stateMachineArn, { name: 'first' });
    const again = call('StartExecution', { stateMachineArn, name: 'first', input: '{"a":1}' });
    await expect(again).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' });
  });

  test('with the name of a closed execution is ExecutionAlreadyExists for 90 days', async () => {
    const { add, call, start, ended, clock } = account();
    const stateMachineArn = add('rollout', PASS);
    await ended(await start(stateMachineArn, { name: 'first' }));
    const again = () => call('StartExecution', { stateMachineArn, name: 'first' });
    clock.advance(90 * DAY - 1);
    await expect(again()).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' });
    clock.advance(1);
    await expect(again()).resolves.toMatchObject({ startDate: (90 * DAY) / 1_000 });
  });

  test('gives a name when there is none', async () => {
    const { add, start } = account();
    const arn = add('rollout', PASS);
    expect(await start(arn)).toMatch(
      /:execution:rollout:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  test.each<[string, object, string]>([
    ['a name of 81 characters', { name: 'n'.repeat(81) }, 'InvalidName'],
    ['an empty name', { name: '' }, 'InvalidName'],
    ['a name with a blank', { name: 'a b' }, 'InvalidName'],
    ['a name with a colon', { name: 'a:b' }, 'InvalidName'],
    ['a name with a slash', { name: 'a/b' }, 'InvalidName'],
    ['an input that is no JSON', { input: '{' }, 'InvalidExecutionInput'],
    ['an input of more than 256 KiB', { input: JSON.stringify('x'.repeat(262_143)) }, 'InvalidExecutionInput'],
    ['an unknown machine', { stateMachineArn: NOBODY }, 'StateMachineDoesNotExist'],
    ['what is no ARN', { stateMachineArn: 'rollout' }, 'InvalidArn'],
    ['a field that is not known', { tags: [] }, 'ValidationException'],
  ])('refuses %s', async (_name, more, code) => {
    const { add, call } = account();
    const request = { stateMachineArn: add('rollout', PASS), ...more };
    await expect(call('StartExecution', request)).rejects.toMatchObject({ code, status: 400 });
  });

  test.each<[string, object]>([
    ['a name of 80 characters', { name: 'n'.repeat(80) }],
    ['an input of 256 KiB', { input: JSON.stringify('x'.repeat(262_142)) }],
  ])('takes %s', async (_name, more) => {
    const { add, start } = account();
    await expect(start(add('rollout', PASS), more)).resolves.toContain(':execution:rollout:');
  });
});
