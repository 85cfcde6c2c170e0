import { beforeEach, describe, expect, test } from '@jest/globals';
import { startKeyRollout } from '../../lambda/app/start-key-rollout.ts';
import type { KeyBinding } from '../../lambda/contract/bindings.ts';
import { FakeExecutions } from './fake-executions.ts';
import { binding, bindings, FakeClock, FakeKeys, FakeRollouts } from './fakes.ts';

const HOME = { partition: 'aws', account: '111122223333', region: 'us-west-2' };
const DUE = '2026-05-20T20:00:00Z';
const SLOT = Math.floor(Date.parse(DUE) / 60_000).toString(36);

let clock: FakeClock;
let rollouts: FakeRollouts;
let executions: FakeExecutions;
beforeEach(() => {
  clock = new FakeClock();
  rollouts = new FakeRollouts();
  executions = new FakeExecutions(clock.now);
});

const fire = (time = DUE, ...bound: readonly KeyBinding[]) =>
  startKeyRollout(
    { trigger: { kind: 'schedule', time } },
    { bindings: bindings(...bound), home: HOME, keys: new FakeKeys(), rollouts, executions, clock: clock.now },
  );
const requestOf = (name: string) => rollouts.executions.get(name)?.request;

describe('a firing of the schedule', () => {
  test('starts one rollout for each binding, named by binding and minute', async () => {
    expect(await fire(DUE, binding(), binding({ id: 'other', workspaces: ['2'] }))).toEqual({
      ...{ started: [`prod-scheduled-${SLOT}`, `other-scheduled-${SLOT}`], known: [], underWay: [] },
    });
    expect(requestOf(`prod-scheduled-${SLOT}`)).toEqual({
      bindingId: 'prod',
      trigger: { kind: 'schedule', eventTime: '2026-05-20T20:00:00.000Z' },
    });
  });

  test('delivered twice is one rollout, however the first one ended', async () => {
    await fire();
    rollouts.end(`prod-scheduled-${SLOT}`, 'FAILED');
    clock.pass(90);
    expect(await fire()).toEqual({ started: [], known: [`prod-scheduled-${SLOT}`], underWay: [] });
    expect(rollouts.executions.size).toBe(1);
  });

  test('only plans where the binding reports', async () => {
    await fire(DUE, binding({ drift: 'report' }));
    expect(requestOf(`prod-scheduled-${SLOT}`)).toMatchObject({ dryRun: true });
  });

  test('only plans where two bindings would undo each other’s work every day', async () => {
    await fire(DUE, binding(), binding({ id: 'other', key: 'alias/other' }));
    expect(requestOf(`prod-scheduled-${SLOT}`)).toMatchObject({ dryRun: true });
    expect(requestOf(`other-scheduled-${SLOT}`)).toMatchObject({ dryRun: true });
  });

  test('starts nothing for a binding whose rollout waits for its window, whoever started it', async () => {
    await executions.start('key-rollout', 'by-hand', { bindingId: 'prod' });
    expect(await fire(DUE, binding(), binding({ id: 'other', workspaces: ['2'] }))).toEqual({
      ...{ started: [`other-scheduled-${SLOT}`], known: [], underWay: ['prod'] },
    });
    executions.end('key-rollout', 'by-hand', { status: 'SUCCEEDED' });
    expect(await fire()).toMatchObject({ started: [`prod-scheduled-${SLOT}`], underWay: [] });
  });

  test.each([
    ['a dry run', { bindingId: 'prod', dryRun: true }],
    ['a change of one workspace', { change: { workspaceId: '1' } }],
    ['a restart', { restart: { workspaceIds: ['1'] } }],
    ['a rollout of another binding', { bindingId: 'prod-2' }],
  ])('does not take %s for a rollout of the binding', async (_what, input) => {
    await executions.start('key-rollout', 'some', input);
    expect(await fire()).toMatchObject({ underWay: [] });
  });
});
