import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { WorkspaceSeed } from '../../local/databricks/seed.ts';
import { objections } from '../../local/demo/objections.ts';
import { IDS, OLD, type RolloutWorld, startRolloutWorld } from './rollout-world.ts';

let world: RolloutWorld;
const start = async (...options: Parameters<typeof startRolloutWorld>): Promise<void> => {
  world = await startRolloutWorld(...options);
};

const [FIRST, SECOND, THIRD] = IDS;
const configurations = () => world.databricks.control.state().keyConfigurations.length;

describe('when something goes wrong', () => {
  afterEach(() => world.close());

  test.each([
    ['reverted', 'KeyChangeReverted'],
    ['dropped', 'KeyNotInForce'],
  ] as const)(
    'one workspace that is FAILED is refused, an update that is %s is found out, the third is rolled out',
    async (outcome, name) => {
      await start({ [FIRST]: { status: 'FAILED' }, [SECOND]: { outcome } });
      const before = world.databricks.control.state();
      const ended = await world.rotate();
      expect(ended).toMatchObject({ status: 'FAILED', error: 'KeyRolloutIncomplete' });
      expect(world.outcomes(ended)).toEqual(['WorkspaceNotRunning', name, 'ROLLED_OUT']);
      expect(IDS.map((id) => world.keyOf(id) === OLD)).toEqual([true, true, false]);
      expect(objections(before, world.databricks.control.state(), new Map())).toEqual([]);
    },
  );

  test('a busy workspace is waited for, compute that does not stop fails its own, a job that starts again is stopped again', async () => {
    let refusals = 0;
    const changes: Record<string, Partial<WorkspaceSeed>> = {
      [FIRST]: { status: 'PROVISIONING', wasRunning: true },
      [SECOND]: { clusters: [{ id: 'stuck', name: 'stuck', ends: 'never' }] },
      [THIRD]: { clusters: [{ id: 'loop', name: 'loop', source: 'JOB', relaunches: 2 }] },
    };
    await start(changes, (event) => {
      if (event.type !== 'TaskFailed' || event.details?.error !== 'WorkspaceBusy') return;
      refusals += 1;
      if (refusals === 3) world.databricks.control.changeWorkspace(FIRST, { status: 'RUNNING' });
    });
    const ended = await world.rotate();
    expect(world.outcomes(ended)).toEqual(['ROLLED_OUT', 'ComputeDidNotStop', 'ROLLED_OUT']);
    expect(refusals).toBeGreaterThanOrEqual(3);
    expect(ended.cause).toContain("cluster 'stuck' (stuck) is TERMINATING");
    const [, second] = world.databricks.control.state().workspaces;
    expect(second?.warehouses).toMatchObject([{ state: expect.stringMatching(/RUNNING|STARTING/) }]);
    expect(world.writes().filter((write) => write.includes('clusters/start') && write.includes('loop'))).toEqual([]);
  });

  test('nothing is started while Databricks may still be at work on a change that could not be watched', async () => {
    let struck = false;
    await start({}, (event) => {
      if (struck || event.type !== 'TaskStateEntered' || event.state !== 'Check that the key is in force') return;
      struck = true;
      world.databricks.control.addFault({ kind: 'login-page', method: 'GET', path: `/workspaces/${FIRST}$` });
    });
    const before = world.databricks.control.state();
    expect(world.outcomes(await world.rotate())).toEqual(['DatabricksAnswerUnreadable', 'ROLLED_OUT', 'ROLLED_OUT']);
    expect(objections(before, world.databricks.control.state(), new Map())).toEqual([]);
  });

  test('with a canary that fails the others are not touched', async () => {
    await start({ [FIRST]: { network: 'customer', outcome: 'dropped' } });
    const ended = await world.rotateFor('alias/test/canary');
    expect(world.outcomes(ended)).toEqual(['KeyNotInForce', 'NotReached', 'NotReached']);
    expect(world.writes().filter((write) => write.includes(SECOND) || write.includes(THIRD))).toEqual([]);
  });

  test('a rollout that is killed between stop and patch is finished by the next one, compute included', async () => {
    let killed = false;
    await start({}, (event) => {
      if (killed || event.type !== 'TaskStateEntered' || event.state !== 'Patch workspace') return;
      killed = true;
      const parent = event.executionArn.replace(/\/Workspace:/, ':').replace(/:[^:]+$/, '');
      void world.stepFunctions
        .handle('ListExecutions', { stateMachineArn: parent.replace(':execution:', ':stateMachine:') })
        .then((listed) => {
          const [running] = (listed as { readonly executions: readonly { readonly executionArn: string }[] })
            .executions;
          return world.stepFunctions.handle('StopExecution', { executionArn: running?.executionArn });
        });
    });
    const before = world.databricks.control.state();
    expect((await world.rotate()).status).toBe('ABORTED');
    const ended = await world.rollOut({ bindingId: 'managed' });
    expect(ended.status).toBe('SUCCEEDED');
    expect(new Set(IDS.map(world.keyOf)).size).toBe(1);
    expect(configurations()).toBe(before.keyConfigurations.length + 1);
    expect(objections(before, world.databricks.control.state(), new Map())).toEqual([]);
  });

  test('where compute has to be stopped already, a running workspace is not touched', async () => {
    await start();
    const ended = await world.rotateFor('alias/test/stopped');
    expect(world.outcomes(ended)).toEqual(['ComputeRunning']);
    expect(world.writes().filter((write) => write.includes('/w/') || write.startsWith('PATCH'))).toEqual([]);
  });

  test('where compute is left running, a refusal by Databricks ends the rollout instead of looping', async () => {
    await start();
    expect(world.outcomes(await world.rotateFor('alias/test/running'))).toEqual(['ComputeRunning']);
  });

  test('where Databricks keeps one configuration for an ARN, it goes on serving', async () => {
    await start();
    world.databricks.control.setSwitches({ duplicateKey: 'conflict' });
    const ended = await world.rotate();
    expect(ended.status).toBe('SUCCEEDED');
    expect(configurations()).toBe(1);
  });
});

describe('through trouble that passes, one rollout after the other', () => {
  beforeAll(() => start());
  afterEach(() => world.databricks.control.clearFaults());
  afterAll(() => world.close());

  test.each([
    ['429 with Retry-After', { kind: 'throttled', retryAfterSeconds: 7, times: 30 }],
    ['429 without', { kind: 'throttled', times: 30 }],
    ['503', { kind: 'unavailable', times: 20 }],
    ['connections that break before the request took effect', { kind: 'reset', probability: 0.1 }],
    ['connections that break after it took effect', { kind: 'reset', tookEffect: true, probability: 0.1 }],
    // The older configuration does not serve instead.
    [
      'an empty 409 to a registration',
      { kind: 'empty-conflict', method: 'POST', path: 'customer-managed-keys', times: 2 },
    ],
    // Compute is started in the end.
    ['503 to what starts compute', { kind: 'unavailable', method: 'POST', path: 'clusters/start|/start$', times: 30 }],
  ] as const)('%s: every workspace is rolled out all the same', async (_what, fault) => {
    const before = world.databricks.control.state();
    world.databricks.control.addFault(fault);
    const ended = await world.rotate();
    expect([ended.status, ended.cause]).toEqual(['SUCCEEDED', undefined]);
    expect(world.outcomes(ended)).toEqual(['ROLLED_OUT', 'ROLLED_OUT', 'ROLLED_OUT']);
    expect(configurations()).toBe(before.keyConfigurations.length + 1);
    expect(objections(before, world.databricks.control.state(), new Map())).toEqual([]);
  });

  test('tokens that expire and one that is taken away in the middle are renewed', async () => {
    world.databricks.control.setSwitches({ timings: { tokenLifeMs: 5 * 60_000 } });
    world.databricks.control.addFault({ kind: 'token-dropped', method: 'PATCH', times: 1 });
    expect(world.outcomes(await world.rotate())).toEqual(['ROLLED_OUT', 'ROLLED_OUT', 'ROLLED_OUT']);
  });
});
