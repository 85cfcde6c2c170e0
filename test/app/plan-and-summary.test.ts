import { beforeEach, describe, expect, test } from '@jest/globals';
import { type PlanPorts, planKeyRollout } from '../../lambda/app/plan-key-rollout.ts';
import { summarizeRollout } from '../../lambda/app/summarize-rollout.ts';
import type { RolloutPlan, SummarizeInput, WorkspaceResult } from '../../lambda/contract/rollout.ts';
import { FakeRegistrations, FakeStoppedCompute } from './fake-state.ts';
import {
  binding,
  bindings,
  FakeClock,
  FakeEvidence,
  FakeKeys,
  FakeRegistry,
  FakeWorkspaces,
  ROLLOUT,
  workspace,
} from './fakes.ts';

const ROLE = 'arn:aws:iam::111122223333:role/databricks';
const clock = new FakeClock();
let keys: FakeKeys;
let registry: FakeRegistry;
let workspaces: FakeWorkspaces;
let stoppedCompute: FakeStoppedCompute;
let ports: PlanPorts;

beforeEach(() => {
  keys = new FakeKeys();
  registry = new FakeRegistry(clock.now);
  workspaces = new FakeWorkspaces(
    workspace('1', { credentialsId: 'cred' }),
    workspace('2', { credentialsId: 'cred', status: 'FAILED' }),
  );
  stoppedCompute = new FakeStoppedCompute();
  ports = {
    bindings: bindings(binding({ workspaces: ['1', '2'] }), binding({ id: 'volumes', useCases: ['STORAGE'] })),
    keys,
    registry,
    workspaces,
    credentials: { roleArn: async () => ROLE },
    registrations: new FakeRegistrations(),
    stoppedCompute,
    calls: () => 2,
  };
});

const plan = (bindingId = 'prod') => planKeyRollout({ bindingId }, ports);
const result = (change: Partial<WorkspaceResult> = {}): WorkspaceResult => ({
  workspaceId: '1',
  workspaceName: 'ws-1',
  outcome: 'ROLLED_OUT',
  keyConfigurationId: 'c1',
  restarted: [],
  secrets: null,
  failure: null,
  calls: 5,
  ...change,
});
const summary = (planned: RolloutPlan, results: readonly WorkspaceResult[]): SummarizeInput => ({
  plan: planned,
  rolloutId: ROLLOUT,
  startedAt: '2026-05-20T20:00:00Z',
  trigger: null,
  keyConfigurationId: 'c1',
  registered: true,
  results,
  calls: 3,
});

describe('planning', () => {
  test('a key that Databricks could not use fails before Databricks is asked', async () => {
    keys.key = { ...keys.key, state: 'PendingDeletion' };
    await expect(plan()).rejects.toMatchObject({
      name: 'KeyNotUsable',
      message: expect.stringContaining('aws kms cancel-key-deletion'),
    });
    expect(registry.lists).toBe(0);
  });

  test.each([
    [{ spec: 'RSA_2048', usage: 'SIGN_VERIFY' }, 'SYMMETRIC_DEFAULT'],
    [{ arn: 'arn:aws:kms:us-west-1:111122223333:key/1234' }, 'us-west-1'],
  ])('%j is not usable', async (change, message) => {
    keys.aliases.set('alias/x', { ...keys.key, ...change });
    ports = { ...ports, bindings: bindings(binding({ key: 'alias/x' })) };
    await expect(plan()).rejects.toMatchObject({ name: 'KeyNotUsable', message: expect.stringContaining(message) });
  });

  test('cluster volumes need the cross-account role in the key policy', async () => {
    await expect(plan('volumes')).rejects.toMatchObject({
      name: 'KeyPolicyIncomplete',
      message: expect.stringContaining(`"Principal":{"AWS":"${ROLE}"}`),
    });
  });

  test('a key that is gone bad is no reason not to restart what was stopped', async () => {
    keys.key = { ...keys.key, state: 'PendingDeletion' };
    await stoppedCompute.write({ workspaceId: '2', version: 1, rolloutId: 'before', stoppingSince: 0, units: [] });
    const planned = await planKeyRollout({ restart: { workspaceIds: ['1', '2'] } }, ports);
    expect(planned.workspaces.map(({ action }) => action)).toEqual(['unchanged', 'restart']);
  });

  test('compute that was left stopped is restarted although its workspace is refused', async () => {
    await stoppedCompute.write({ workspaceId: '2', version: 1, rolloutId: 'before', stoppingSince: 0, units: [] });
    const planned = await plan();
    expect(planned.workspaces.map(({ action }) => action)).toEqual(['roll-out', 'restart']);
    const done = await summarizeRollout(
      summary(planned, [result(), result({ workspaceId: '2', outcome: 'RESTARTED' })]),
      { evidence: new FakeEvidence(), clock: clock.now },
    );
    expect(done.workspaces.map(({ outcome }) => outcome)).toEqual(['ROLLED_OUT', 'REFUSED']);
    expect(done.ok).toBe(false);
  });
});

describe('the summary', () => {
  test('names every workspace, counts every call, and is put on record', async () => {
    const evidence = new FakeEvidence();
    const done = await summarizeRollout(summary(await plan(), [result()]), { evidence, clock: clock.now });
    expect(done).toMatchObject({
      ok: false,
      calls: 8,
      headline: 'key rollout of binding/prod is incomplete: 1 of 2 workspaces need attention',
    });
    expect(done.message).toContain('- ws-2 (2) REFUSED, 0 calls: WorkspaceNotRunning: workspace 2 is FAILED');
    expect(done.message).toContain(
      '- ws-1 (1) ROLLED_OUT, 5 calls\n  changes managed services key: it has no customer-managed key for managed services',
    );
    expect(evidence.records).toMatchObject([
      { subject: 'binding/prod', executionId: ROLLOUT, facts: { summary: { ok: false } } },
    ]);
  });

  test.each([
    ['schedule', 0],
    ['request', 1],
    ['material-rotation', 1],
  ] as const)('of a rollout by %s that found nothing to do leaves %d records', async (kind, records) => {
    const evidence = new FakeEvidence();
    const planned: RolloutPlan = { ...(await plan()), workspaces: [], batches: [] };
    await summarizeRollout({ ...summary(planned, []), trigger: { kind } }, { evidence, clock: clock.now });
    expect(evidence.records).toHaveLength(records);
  });

  test('of a look of the schedule that found something wrong is put on record', async () => {
    const evidence = new FakeEvidence();
    const input = { ...summary(await plan(), []), trigger: { kind: 'schedule' as const } };
    expect((await summarizeRollout(input, { evidence, clock: clock.now })).ok).toBe(false);
    expect(evidence.records).toHaveLength(1);
  });

  test('a workspace whose execution broke is not passed over', async () => {
    workspaces.set('2', { status: 'RUNNING' });
    ports = { ...ports, bindings: bindings(binding({ workspaces: ['1', '2'], canary: false })) };
    const done = await summarizeRollout(summary(await plan(), [result()]), {
      evidence: new FakeEvidence(),
      clock: clock.now,
    });
    expect(done.workspaces[1]).toMatchObject({
      outcome: 'NOT_REACHED',
      failure: { message: expect.stringContaining('map run') },
    });
  });
});
