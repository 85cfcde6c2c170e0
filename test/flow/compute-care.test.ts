import { afterEach, describe, expect, test } from '@jest/globals';
import type { ExecutionEvent } from '../../local/console/story.ts';
import { DEMO_ALIAS } from '../../local/demo/account.ts';
import { objections } from '../../local/demo/objections.ts';
import { databricksAdmin } from './databricks-admin.ts';
import { IDS, type RolloutWorld, startRolloutWorld } from './rollout-world.ts';
import { endOf, rolloutsNamed } from './rollouts.ts';

const MINUTE_MS = 60_000;
const [FIRST, SECOND] = IDS;

let world: RolloutWorld;
let stopped: Promise<unknown> | undefined;
afterEach(async () => {
  stopped = undefined;
  await world.close();
});

/** Stops the rollout that is under way as soon as one of its workspaces enters a state. */
const stopAt =
  (state: string) =>
  (event: ExecutionEvent): void => {
    if (stopped !== undefined || event.state !== state) return;
    stopped = rolloutsNamed(world, '').then((all) => {
      const running = all.find(({ status }) => status === 'RUNNING');
      return world.stepFunctions.handle('StopExecution', { executionArn: running?.executionArn });
    });
  };
const query = async (pk: string): Promise<readonly Readonly<Record<string, { readonly S?: string }>>[]> => {
  const { Items } = (await world.aws.callAws('dynamodb', 'Query', {
    TableName: world.outputs.StateTableName,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: pk } },
  })) as { readonly Items: readonly Readonly<Record<string, { readonly S?: string }>>[] };
  return Items;
};
/** Workspaces with compute on record. */
const owed = async () => (await query('stopped-compute')).map(({ sk }) => sk?.S);
const leased = async () => (await Promise.all(IDS.map((id) => query(`workspace/${id}`)))).flat();
const loseEvents = async (): Promise<void> => {
  for (const { name } of world.aws.bus.rules()) await world.aws.bus.handle('DisableRule', { Name: name });
};
const told = (start: string) => world.aws.sns.published.filter(({ subject }) => subject?.startsWith(start));
/** Nothing of the compute that stopped when its rollout was stopped starts before that is over. */
const pass = (minutes: number): void => world.clock.advance(minutes * MINUTE_MS);

describe('a rollout that is stopped in the middle', () => {
  test('leaves no lease and no compute stopped, without anybody asking', async () => {
    world = await startRolloutWorld({}, stopAt('Patch workspace'));
    const before = world.databricks.control.state();
    expect((await world.rotate()).status).toBe('ABORTED');

    const ended = await endOf(world, 'restart-managed-');

    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: { ok: true } });
    expect(new Set(world.outcomes(ended))).toEqual(new Set(['RESTARTED']));
    // What a step that was under way wrote down after the clean-up had looked is the sweep's.
    pass(5);
    await world.scheduledSweep();
    if ((await rolloutsNamed(world, 'sweep-')).length > 0) await endOf(world, 'sweep-');
    expect(await owed()).toEqual([]);
    expect(await leased()).toEqual([]);
    expect(objections(before, world.databricks.control.state(), new Map())).toEqual([]);
  });

  test('and told of twice is cleaned up after once', async () => {
    const ends: Parameters<RolloutWorld['aws']['bus']['accept']>[0][] = [];
    world = await startRolloutWorld({}, stopAt('Patch workspace'), undefined, (event) => {
      if ((event.detail as { readonly status?: string }).status === 'ABORTED') ends.push(event);
    });
    await world.rotate();
    const [end] = ends.filter(
      ({ detail }) => !String((detail as { stateMachineArn: string }).stateMachineArn).includes('/'),
    );
    if (end === undefined) throw new Error('no event');
    world.aws.bus.accept({ ...end, id: 'another delivery' });
    await endOf(world, 'restart-managed-');
    world.aws.bus.accept({ ...end, id: 'a late delivery' });
    await world.aws.settled();

    expect(await rolloutsNamed(world, 'restart-')).toHaveLength(1);
  });

  test('keeps the rest after a storage key was added', async () => {
    world = await startRolloutWorld({}, stopAt('Rest after the change'));
    expect((await world.bind('alias/test/storage')).status).toBe('ABORTED');
    const since = world.clock.now();

    const ended = await endOf(world, 'restart-storage-');

    expect(ended.status).toBe('SUCCEEDED');
    expect(world.clock.now() - since).toBeGreaterThan(20 * MINUTE_MS);
    expect(await owed()).toEqual([]);
    expect(world.databricks.control.state().violations).toEqual([]);
  });

  test('whose event is lost is found by the sweep when its leases have ended', async () => {
    world = await startRolloutWorld({}, stopAt('Patch workspace'));
    const before = world.databricks.control.state();
    await world.aws.kms.handle('RotateKeyOnDemand', { KeyId: world.keyArn });
    await loseEvents();
    expect((await world.nextEnd()).status).toBe('ABORTED');
    await world.scheduledSweep();
    expect(await rolloutsNamed(world, 'sweep-')).toEqual([]);
    expect(await owed()).not.toEqual([]);

    pass(61);
    await world.scheduledSweep();

    const ended = await endOf(world, 'sweep-');
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: { ok: true, subject: 'compute' } });
    expect(await owed()).toEqual([]);
    expect(await rolloutsNamed(world, 'sweep-')).toHaveLength(1);
    expect(objections(before, world.databricks.control.state(), new Map())).toEqual([]);
  });
});

test('a rollout that failed because of one workspace is not cleaned up after: it did so itself', async () => {
  world = await startRolloutWorld({ [SECOND]: { outcome: 'dropped' } });
  expect((await world.rotate()).status).toBe('FAILED');
  await world.aws.settled();
  expect(await rolloutsNamed(world, 'restart-')).toEqual([]);
  expect(await leased()).toEqual([]);
});

/** A rollout with a canary, which works on the first workspace alone, is stopped, and its end is told to nobody. */
const abortOne = async (): Promise<void> => {
  await world.aws.kms.handle('DeleteAlias', { AliasName: DEMO_ALIAS });
  await world.aws.kms.handle('CreateAlias', {
    AliasName: 'alias/test/canary',
    TargetKeyId: world.keyArn.split('/')[1],
  });
  // The new alias finds nothing to do; a second rollout would take over what the first one leaves.
  expect((await world.nextEnd()).status).toBe('SUCCEEDED');
  await world.aws.kms.handle('RotateKeyOnDemand', { KeyId: world.keyArn });
  await loseEvents();
  expect((await world.nextEnd()).status).toBe('ABORTED');
  expect(await owed()).toEqual([FIRST]);
};

describe('the sweep', () => {
  test('asks Databricks nothing while nothing is on record', async () => {
    world = await startRolloutWorld();
    world.databricks.control.resetRequests();
    await world.scheduledSweep();
    expect(world.databricks.control.requests()).toEqual([]);
    expect(await rolloutsNamed(world, '')).toEqual([]);
  });

  test('gives up the compute of a workspace that was deleted, and says so', async () => {
    world = await startRolloutWorld({}, stopAt('Patch workspace'));
    await abortOne();
    const gone = FIRST;
    await (await databricksAdmin(world)).deleteWorkspace(gone);
    pass(61);

    await world.scheduledSweep();

    expect(told(`Databricks workspace ${gone} is gone`)).toHaveLength(1);
    expect(told(`Databricks workspace ${gone} is gone`)[0]?.message).toContain(`- cluster 'shared' (${gone}-shared)`);
    expect(await owed()).not.toContain(gone);
  });

  test('tells people of compute that does not start, once a day, and goes on trying', async () => {
    world = await startRolloutWorld({}, stopAt('Patch workspace'));
    await abortOne();
    pass(61);
    world.databricks.control.addFault({
      kind: 'answer',
      status: 403,
      contentType: 'application/json',
      body: '{"error_code":"PERMISSION_DENIED","message":"not allowed"}',
      method: 'POST',
      path: 'clusters/start|/start$',
      probability: 1,
    });
    const sweep = async (): Promise<number> => {
      const before = (await rolloutsNamed(world, 'sweep-')).length;
      await world.scheduledSweep();
      const started = (await rolloutsNamed(world, 'sweep-')).length - before;
      if (started > 0) expect((await endOf(world, 'sweep-')).status).toBe('FAILED');
      pass(15);
      return started;
    };
    for (const _try of [1, 2, 3]) expect(await sweep()).toBe(1);
    expect(told('URGENT: compute of Databricks workspace')).toEqual([]);

    expect(await sweep()).toBe(1);
    expect(told('URGENT: compute of Databricks workspace')).toHaveLength(1);
    expect(told('URGENT')[0]?.message).toMatch(/could not be restarted 3 times\n- .*cluster 'shared' \(\d+-shared\)/s);
    expect(await sweep()).toBe(0);

    world.databricks.control.clearFaults();
    pass(24 * 60);
    await world.scheduledSweep();
    expect((await endOf(world, 'sweep-')).status).toBe('SUCCEEDED');
    expect(await owed()).toEqual([]);
  });
});
