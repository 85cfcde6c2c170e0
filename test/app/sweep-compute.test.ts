import { beforeEach, describe, expect, test } from '@jest/globals';
import { careForCompute } from '../../lambda/app/care-for-compute.ts';
import type { StoppedComputeRecord } from '../../lambda/app/ports.ts';
import { workspaceLease } from '../../lambda/app/take-lease.ts';
import { FakeExecutions } from './fake-executions.ts';
import { FakeLeases, FakeStoppedCompute } from './fake-state.ts';
import { FakeClock, FakeMessenger, FakeWorkspaces, ROLLOUT, workspace } from './fakes.ts';
import { FakeToldNews } from './key-watch-fakes.ts';

const HOME = { partition: 'aws', account: '111122223333', region: 'us-west-2' };
const UNITS = [
  { kind: 'cluster', id: 'c-1', name: 'etl', state: 'RUNNING', source: 'UI' },
  { kind: 'sql-warehouse', id: 'w-1', name: 'bi', state: 'RUNNING', serverless: false },
] as const;

let clock: FakeClock;
let executions: FakeExecutions;
let leases: FakeLeases;
let stoppedCompute: FakeStoppedCompute;
let workspaces: FakeWorkspaces;
let told: FakeToldNews;
let messenger: FakeMessenger;
let lists: number;
beforeEach(() => {
  clock = new FakeClock();
  executions = new FakeExecutions(clock.now);
  leases = new FakeLeases(clock.now);
  stoppedCompute = new FakeStoppedCompute();
  workspaces = new FakeWorkspaces(workspace('1'), workspace('2'));
  told = new FakeToldNews(clock.now);
  messenger = new FakeMessenger();
  lists = 0;
});

const sweep = () =>
  careForCompute(
    { trigger: { kind: 'schedule', time: new Date(clock.time).toISOString() } },
    {
      ...{ home: HOME, executions, leases, stoppedCompute, told, messenger, clock: clock.now, calls: () => lists },
      workspaces: {
        get: (id) => workspaces.get(id),
        list: () => {
          lists += 1;
          return workspaces.list();
        },
      },
    },
  );
const stop = (workspaceId: string, change: Partial<StoppedComputeRecord> = {}) =>
  stoppedCompute.write({
    ...{ workspaceId, version: 1, rolloutId: ROLLOUT, stoppingSince: clock.time, units: UNITS },
    ...change,
  });
const lease = (workspaceId: string, minutes: number) =>
  leases.take(workspaceLease(workspaceId), ROLLOUT, clock.time + minutes * 60_000);
const subjects = () => messenger.all.map(({ subject }) => subject);

describe('the sweep', () => {
  test('asks Databricks nothing while nothing is on record', async () => {
    expect(await sweep()).toEqual({ workspaceIds: [], gone: [], told: [], calls: 0 });
    expect(lists).toBe(0);
  });

  test('leaves alone what somebody has leased, until that lease ends', async () => {
    await stop('1');
    await lease('1', 30);
    expect(await sweep()).toMatchObject({ workspaceIds: [], calls: 0 });
    clock.pass(31);
    expect(await sweep()).toMatchObject({ workspaceIds: ['1'] });
  });

  test('has all of it restarted by one rollout, however often the firing is delivered', async () => {
    await stop('1');
    await stop('2');
    const { restart = '' } = (await sweep()) as { readonly restart?: string };
    await sweep();
    expect(restart).toMatch(/^sweep-[a-z0-9]+$/);
    expect(executions.started).toEqual([restart]);
    expect((await executions.describe('key-rollout', restart))?.input).toEqual({
      restart: { workspaceIds: ['1', '2'] },
      trigger: { kind: 'schedule', eventTime: new Date(clock.time).toISOString() },
    });
  });

  test('gives up the compute of a workspace that is no more, and tells of it once', async () => {
    await stop('9');
    messenger.refusals = 1;
    await expect(sweep()).rejects.toMatchObject({ name: 'NewsNotSent' });
    expect(await sweep()).toMatchObject({ gone: ['9'], workspaceIds: [] });
    expect(subjects()).toEqual(['Databricks workspace 9 is gone, and the compute that was stopped in it']);
    expect(messenger.all[0]?.message).toContain("- cluster 'etl' (c-1)\n- SQL warehouse 'bi' (w-1)");
    expect(await stoppedCompute.all()).toEqual([]);
    expect(executions.started).toEqual([]);
  });

  test('takes a workspace that a list lacks and that is there for what it is', async () => {
    await stop('1');
    const { get } = workspaces;
    workspaces.all.delete('1');
    workspaces.get = async (id) => (id === '1' ? workspace('1') : get.call(workspaces, id));
    expect(await sweep()).toMatchObject({ gone: [], workspaceIds: ['1'] });
  });

  test('does not take a Databricks that cannot be reached for a workspace that is gone', async () => {
    await stop('9');
    workspaces.get = async () => {
      throw new Error('no connection');
    };
    await expect(sweep()).rejects.toThrow('no connection');
    expect(await stoppedCompute.all()).toHaveLength(1);
    expect(messenger.all).toEqual([]);
  });

  test('tells of what three sweeps could not restart, and from then on tries and tells once a day', async () => {
    await stop('1');
    const sweepsOf = async (hours: number): Promise<number> => {
      const before = executions.started.length;
      for (let quarter = 0; quarter < hours * 4; quarter += 1) {
        await sweep();
        clock.pass(15);
      }
      return executions.started.length - before;
    };
    expect(await sweepsOf(0.75)).toBe(3);
    expect(messenger.all).toEqual([]);
    expect(await sweepsOf(24)).toBe(1);
    expect(subjects()).toEqual(['URGENT: compute of Databricks workspace ws-1 (1) is still stopped']);
    expect(messenger.all[0]?.message).toMatch(
      /could not be restarted 3 times\n- cluster 'etl' \(c-1\)\n- SQL warehouse 'bi' \(w-1\)\n.*docs\/runbook\.md#compute-left-stopped/s,
    );
    expect(await sweepsOf(24)).toBe(1);
    expect(messenger.all).toHaveLength(2);
  });

  test('counts anew when another rollout stopped it', async () => {
    await stop('1', { sweeps: 3 });
    await stop('1', { version: 2, rolloutId: 'another' });
    await sweep();
    expect(messenger.all).toEqual([]);
    expect((await stoppedCompute.read('1'))?.sweeps).toBe(1);
  });

  test('leaves a record alone that is being changed', async () => {
    await stop('1');
    const { all } = stoppedCompute;
    stoppedCompute.all = async () => {
      const read = await all.call(stoppedCompute);
      await stop('1', { version: 2 });
      return read;
    };
    expect(await sweep()).toMatchObject({ workspaceIds: [] });
    expect(executions.started).toEqual([]);
  });
});
