import { describe, expect, test } from '@jest/globals';
import { machine } from '../asl/run-machine.ts';
import { account, busyAccount, machineArn } from './account.ts';

describe('a Distributed Map', () => {
  const items = machine({
    Each: {
      Type: 'Map',
      Label: 'workspaces',
      ToleratedFailurePercentage: 50,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: 'Choose',
        States: {
          Choose: {
            Type: 'Choice',
            Choices: [{ Condition: '{% $states.input < 0 %}', Next: 'Refuse' }],
            Default: 'Done',
          },
          Refuse: { Type: 'Fail', Error: 'IsNegative' },
          Done: { Type: 'Succeed' },
        },
      },
      End: true,
    },
  });

  test('runs each item as an execution with an ARN and a history of its own', async () => {
    const { add, call, start, ended } = account();
    const executionArn = await start(add('rollout', items), { input: '[1,-1]' });
    expect(await ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '[1]' });

    const { mapRuns } = await call('ListMapRuns', { executionArn });
    const [run] = mapRuns as readonly { readonly mapRunArn: string }[];
    const mapRunArn = String(run?.mapRunArn);
    expect(mapRunArn).toMatch(/^arn:aws:states:us-west-2:111122223333:mapRun:rollout\/workspaces:[0-9a-f-]{36}$/);
    const count = {
      pending: 0,
      running: 0,
      succeeded: 1,
      failed: 1,
      timedOut: 0,
      aborted: 0,
      total: 2,
      resultsWritten: 0,
    };
    expect(await call('DescribeMapRun', { mapRunArn })).toMatchObject({
      status: 'SUCCEEDED',
      toleratedFailurePercentage: 50,
      itemCounts: count,
      executionCounts: count,
    });

    const { executions } = await call('ListExecutions', { mapRunArn, statusFilter: 'FAILED' });
    const [child] = executions as readonly { readonly executionArn: string }[];
    expect(child).toMatchObject({ mapRunArn, stateMachineArn: machineArn('rollout/workspaces') });
    expect(child?.executionArn).toMatch(/:execution:rollout\/workspaces:[0-9a-f-]{36}$/);
    const { events } = await call('GetExecutionHistory', { executionArn: child?.executionArn });
    expect((events as readonly { readonly type: string }[]).at(-1)?.type).toBe('ExecutionFailed');
  });

  test('its children are not listed among the executions of the machine', async () => {
    const { add, call, start, ended } = account();
    const stateMachineArn = add('rollout', items);
    await ended(await start(stateMachineArn, { input: '[1]' }));
    expect((await call('ListExecutions', { stateMachineArn })).executions).toHaveLength(1);
  });

  test('stopping the parent stops the children', async () => {
    const { add, call, start } = busyAccount();
    const waiting = structuredClone(items);
    const resting = { StartAt: 'Rest', States: { Rest: { Type: 'Wait', Seconds: 99, End: true } } };
    Object.assign((waiting.States as Record<string, { ItemProcessor: object }>).Each?.ItemProcessor ?? {}, resting);
    const executionArn = await start(add('rollout', waiting), { input: '[1,2]' });
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    await call('StopExecution', { executionArn });
    const { mapRuns } = await call('ListMapRuns', { executionArn });
    const [run] = mapRuns as readonly { readonly mapRunArn: string }[];
    expect(await call('DescribeMapRun', { mapRunArn: run?.mapRunArn })).toMatchObject({
      status: 'ABORTED',
      executionCounts: { aborted: 2, running: 0 },
    });
  });

  test('stopped while its children enter a task, it does not begin the task and leaves nothing unhandled', async () => {
    const invoked: unknown[] = [];
    const parents: string[] = [];
    const made = account(
      {
        invokeLambda: async (functionArn, _payload, signal) => {
          invoked.push(functionArn);
          signal.throwIfAborted();
          return {};
        },
      },
      {
        hear: ({ type }) => {
          if (type === 'TaskStateEntered') void made.call('StopExecution', { executionArn: parents[0] });
        },
      },
    );
    const working = structuredClone(items);
    const task = { Type: 'Task', Resource: 'arn:aws:lambda:us-west-2:111122223333:function:patch', End: true };
    const block = { StartAt: 'Patch', States: { Patch: task } };
    Object.assign((working.States as Record<string, { ItemProcessor: object }>).Each?.ItemProcessor ?? {}, block);

    parents.push(await made.start(made.add('rollout', working), { input: '[1,2]' }));
    const described = await made.ended(String(parents[0]));
    await new Promise((resolve) => setImmediate(resolve));

    expect(described.status).toBe('ABORTED');
    expect(made.history.map(({ type }) => type)).toContain('TaskStateEntered');
    expect(invoked).toEqual([]);
  });
});
