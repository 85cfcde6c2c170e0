import { beforeEach, describe, expect, test } from '@jest/globals';
import { cleanUpAfter } from '../../lambda/app/clean-up-after.ts';
import { workspaceLease } from '../../lambda/app/take-lease.ts';
import { arnOf, FakeExecutions } from './fake-executions.ts';
import { FakeLeases, FakeStoppedCompute } from './fake-state.ts';
import { FakeClock } from './fakes.ts';

const HOME = { partition: 'aws', account: '111122223333', region: 'us-west-2' };

let clock: FakeClock;
let executions: FakeExecutions;
let leases: FakeLeases;
let stoppedCompute: FakeStoppedCompute;
beforeEach(() => {
  clock = new FakeClock();
  executions = new FakeExecutions(clock.now);
  leases = new FakeLeases(clock.now);
  stoppedCompute = new FakeStoppedCompute();
});

/** What EventBridge tells of an execution. */
const ended = (name: string, status: string, change: object = {}) => ({
  ...{ source: 'aws.states', 'detail-type': 'Step Functions Execution Status Change' },
  ...{ account: HOME.account, region: HOME.region, id: 'one', time: '2026-05-20T20:00:00Z', resources: [] },
  detail: { executionArn: arnOf('key-rollout', name), status, ...change },
});
const cleanUp = (event: unknown) =>
  cleanUpAfter(event, { home: HOME, executions, leases, stoppedCompute, clock: clock.now });
const lease = (workspaceId: string, name: string) =>
  leases.take(workspaceLease(workspaceId), arnOf('key-rollout', name), clock.time + 60 * 60_000);
const stop = (workspaceId: string, name: string) =>
  stoppedCompute.write({
    ...{ workspaceId, version: 1, rolloutId: arnOf('key-rollout', name), stoppingSince: clock.time, units: [] },
  });
const minutesHeld = async (workspaceId: string): Promise<number | undefined> => {
  const holder = await leases.holder(workspaceLease(workspaceId));
  return holder === undefined ? undefined : (holder.until - clock.time) / 60_000;
};
/** A rollout of the workspaces 1 to 3 that ended like this; a storage key was being added to the third. */
const rollOut = async (name: string, status: string, input: object = { bindingId: 'prod' }): Promise<void> => {
  await executions.start('key-rollout', name, input);
  const workspaces = ['1', '2', '3'].map((workspaceId) => ({ workspaceId }));
  executions.answer('key-rollout', name, 'Plan rollout', { workspaces });
  executions.end('key-rollout', name, { status });
};

describe('cleaning up after a rollout', () => {
  test.each(['ABORTED', 'TIMED_OUT', 'FAILED'])(
    'that is %s frees what it held and restarts what it stopped',
    async (status) => {
      await rollOut('one', status);
      await lease('1', 'one');
      await lease('2', 'one');
      await stop('1', 'one');
      expect(await cleanUp(ended('one', status))).toEqual({ freed: ['1', '2'], restart: 'restart-one' });
      expect([await minutesHeld('1'), await minutesHeld('2')]).toEqual([4, 4]);
      expect((await executions.describe('key-rollout', 'restart-one'))?.input).toEqual({
        ...{ restart: { workspaceIds: ['1'] }, trigger: { kind: 'clean-up' } },
      });
    },
  );

  test('told of twice, or cancelled over the API as well, starts one restart', async () => {
    await rollOut('one', 'ABORTED');
    await lease('1', 'one');
    await stop('1', 'one');
    await cleanUp(ended('one', 'ABORTED'));
    clock.pass(3);
    await cleanUp(ended('one', 'ABORTED'));
    expect(executions.started).toEqual(['one', 'restart-one']);
    expect(await minutesHeld('1')).toBe(1);
  });

  test('that failed because of some workspaces does nothing: it released its leases itself', async () => {
    await rollOut('one', 'FAILED');
    // What it could not restart is on record, and the sweep's.
    await stop('1', 'one');
    expect(await cleanUp(ended('one', 'FAILED'))).toEqual({ freed: [] });
    expect(executions.started).toEqual(['one']);
  });

  test('leaves alone what somebody else works on by now', async () => {
    await rollOut('one', 'ABORTED');
    await lease('1', 'other');
    await stop('1', 'other');
    expect(await cleanUp(ended('one', 'ABORTED'))).toEqual({ freed: [] });
    expect(await minutesHeld('1')).toBe(60);
  });

  test('starts no restart where nothing was stopped', async () => {
    await rollOut('one', 'ABORTED');
    await lease('1', 'one');
    expect(await cleanUp(ended('one', 'ABORTED'))).toEqual({ freed: ['1'] });
    expect(executions.started).toEqual(['one']);
  });

  test('that had no plan yet, or only planned, finds nothing', async () => {
    await executions.start('key-rollout', 'early', { bindingId: 'prod' });
    executions.end('key-rollout', 'early', { status: 'FAILED' });
    await rollOut('dry', 'ABORTED', { bindingId: 'prod', dryRun: true });
    await lease('1', 'dry');
    expect(await cleanUp(ended('early', 'FAILED'))).toEqual({ freed: [] });
    expect(await cleanUp(ended('dry', 'ABORTED'))).toEqual({ freed: [] });
  });

  test('never takes the event for the truth', async () => {
    await executions.start('key-rollout', 'one', { bindingId: 'prod' });
    executions.answer('key-rollout', 'one', 'Plan rollout', { workspaces: [{ workspaceId: '1' }] });
    await lease('1', 'one');
    const foreign = arnOf('key-rollout', 'one').replace(':key-rollout:', ':another-machine:');
    for (const event of [
      ended('one', 'ABORTED'),
      ended('one', 'SUCCEEDED'),
      ended('none', 'ABORTED'),
      ended('one', 'ABORTED', { executionArn: foreign }),
      { ...ended('one', 'ABORTED'), account: '999999999999' },
      undefined,
    ]) {
      expect(await cleanUp(event)).toEqual({ freed: [], ignored: expect.stringMatching(/\w/) });
    }
    expect(await minutesHeld('1')).toBe(60);
  });
});
