import { beforeEach, describe, expect, test } from '@jest/globals';
import { cancelOperation } from '../../lambda/app/cancel-operation.ts';
import { workspaceLease } from '../../lambda/app/take-lease.ts';
import type { OperationKind } from '../../lambda/contract/api-answers.ts';
import { arnOf, FakeExecutions } from './fake-executions.ts';
import { FakeLeases } from './fake-state.ts';
import { FakeClock } from './fakes.ts';

const CALLER = 'arn:aws:iam::111122223333:user/somebody';
let clock: FakeClock;
let executions: FakeExecutions;
let leases: FakeLeases;
beforeEach(() => {
  clock = new FakeClock();
  executions = new FakeExecutions(clock.now);
  leases = new FakeLeases(clock.now);
});

const cancel = (id: string) => cancelOperation(id, CALLER, { executions, leases, clock: clock.now });
/** A rollout under way that holds the leases of its workspaces for an hour. */
const rollOut = async (
  name: string,
  fields: Readonly<Record<string, readonly string[]>>,
  input: object = { bindingId: 'prod' },
): Promise<void> => {
  await executions.start('key-rollout', name, { ...input, trigger: { kind: 'request' } });
  const workspaces = Object.entries(fields).map(([workspaceId, changed]) => ({ workspaceId, fields: changed }));
  executions.answer('key-rollout', name, 'Plan rollout', { workspaces });
  for (const id of Object.keys(fields)) {
    await leases.take(workspaceLease(id), arnOf('key-rollout', name), clock.time + 60 * 60_000);
  }
};
const minutesHeld = async (workspaceId: string): Promise<number | undefined> => {
  const holder = await leases.holder(workspaceLease(workspaceId));
  return holder === undefined ? undefined : (holder.until - clock.time) / 60_000;
};
const inputOf = async (kind: OperationKind, name: string) => (await executions.describe(kind, name))?.input;

describe('cancelling a rollout', () => {
  test('ends it in the name of who asked', async () => {
    await rollOut('one', { '1': ['managedServices'] });
    expect((await cancel('key-rollout.one')).operation).toMatchObject({
      ...{ id: 'key-rollout.one', status: 'ABORTED', finishedAt: expect.any(String) },
      failure: { name: 'Cancelled', message: `cancelled by ${CALLER}` },
    });
  });

  test('ends its leases once no step of it can be at work any more, so that nobody waits an hour', async () => {
    await rollOut('one', { '1': ['managedServices'], '2': [] });
    await cancel('key-rollout.one');
    expect([await minutesHeld('1'), await minutesHeld('2')]).toEqual([4, 4]);
    clock.pass(4.1);
    expect([await minutesHeld('1'), await minutesHeld('2')]).toEqual([undefined, undefined]);
  });

  test('leaves a lease alone that somebody else holds, and takes none that nobody holds', async () => {
    await rollOut('one', { '1': [], '2': [] });
    await leases.release(workspaceLease('1'), arnOf('key-rollout', 'one'));
    await leases.take(workspaceLease('1'), 'other', clock.time + 30 * 60_000);
    await leases.release(workspaceLease('2'), arnOf('key-rollout', 'one'));
    await cancel('key-rollout.one');
    expect(leases.held.get(workspaceLease('1'))).toMatchObject({ owner: 'other' });
    expect([await minutesHeld('1'), await minutesHeld('2')]).toEqual([30, undefined]);
  });

  test('starts one that only restarts compute, and names it', async () => {
    await rollOut('one', { '1': ['managedServices'] });
    expect((await cancel('key-rollout.one')).restart).toBe('/v1/operations/key-rollout.restart-one');
    expect(await inputOf('key-rollout', 'restart-one')).toEqual({
      ...{ restart: { workspaceIds: ['1'] }, trigger: { kind: 'request' } },
    });
  });

  test('before its plan restarts nothing, because nothing was touched', async () => {
    await executions.start('key-rollout', 'one', { bindingId: 'prod', trigger: { kind: 'request' } });
    expect((await cancel('key-rollout.one')).restart).toBeUndefined();
    expect(executions.started).toEqual(['one']);
  });

  test('of a dry run restarts nothing and touches no lease', async () => {
    await rollOut('one', { '1': ['managedServices'] }, { bindingId: 'prod', dryRun: true });
    expect((await cancel('key-rollout.one')).restart).toBeUndefined();
    expect(await minutesHeld('1')).toBe(60);
    expect(executions.started).toEqual(['one']);
  });

  test('that only restarts compute starts another one that does', async () => {
    await rollOut('restart-one', { '1': [] }, { restart: { workspaceIds: ['1'] } });
    expect((await cancel('key-rollout.restart-one')).restart).toBe('/v1/operations/key-rollout.restart-restart-one');
  });

  test('with a name as long as Step Functions allows gives each restart a name of its own', async () => {
    const long = `${'b'.repeat(30)}-1234abcd-12ab-34cd-56ef-1234567890ab-m`;
    const [first, second] = [`${long}12345678-1`, `${long}12345678-2`];
    for (const name of [first, second]) {
      await rollOut(name, { '1': ['managedServices'] });
      const { restart = '' } = await cancel(`key-rollout.${name}`);
      expect(restart).toMatch(/^\/v1\/operations\/key-rollout\.[A-Za-z0-9_-]{1,80}$/);
    }
    expect(executions.started).toHaveLength(4);
  });
});

describe('cancelling a provisioning', () => {
  const name = 'workspace-name/prod';
  const held = (resource: string): number | undefined => {
    const holder = leases.held.get(resource);
    return holder === undefined ? undefined : (holder.until - clock.time) / 60_000;
  };
  const provision = async (input: object, ...resources: readonly string[]): Promise<void> => {
    await executions.start('workspace-provisioning', 'one', input);
    for (const resource of resources) {
      await leases.take(resource, arnOf('workspace-provisioning', 'one'), clock.time + 60 * 60_000);
    }
  };

  test('before there is a workspace lets go of the name', async () => {
    await provision({ provision: { workspaceName: 'prod' } }, name);
    await cancel('workspace-provisioning.one');
    expect(held(name)).toBe(4);
  });

  test.each(['Create workspace', 'Check workspace'])('lets go of the workspace that %p told of', async (state) => {
    await provision({ provision: { workspaceName: 'prod' } }, name, workspaceLease('7'));
    executions.answer('workspace-provisioning', 'one', state, { workspaceId: '7' });
    await cancel('workspace-provisioning.one');
    expect([held(name), held(workspaceLease('7'))]).toEqual([4, 4]);
  });

  test('of a removal lets go of its workspace', async () => {
    await provision({ remove: { workspaceId: '7', workspaceName: 'prod' } }, workspaceLease('7'));
    await cancel('workspace-provisioning.one');
    expect(held(workspaceLease('7'))).toBe(4);
  });

  test('leaves alone what somebody else holds', async () => {
    await provision({ provision: { workspaceName: 'prod' } });
    await leases.take(name, 'other', clock.time + 30 * 60_000);
    await cancel('workspace-provisioning.one');
    expect(leases.held.get(name)).toMatchObject({ owner: 'other' });
    expect(held(name)).toBe(30);
  });
});

describe('cancelling', () => {
  test('a secret sync ends it and starts nothing', async () => {
    await executions.start('secret-sync', 'one', { trigger: { kind: 'request' } });
    const { operation, restart } = await cancel('secret-sync.one');
    expect(operation.status).toBe('ABORTED');
    expect(restart).toBeUndefined();
    expect(executions.started).toEqual(['one']);
  });

  test.each(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'])('what ended %s is refused', async (status) => {
    await rollOut('one', { '1': ['managedServices'] });
    executions.end('key-rollout', 'one', { status });
    await expect(cancel('key-rollout.one')).rejects.toMatchObject({
      ...{ name: 'OperationEnded', message: expect.stringContaining(status) },
    });
    expect(await minutesHeld('1')).toBe(60);
    expect(executions.started).toEqual(['one']);
  });

  test.each(['key-rollout.none', 'other.one', 'nonsense', ''])(
    '%p, of which nothing is known, is refused',
    async (id) => {
      await expect(cancel(id)).rejects.toMatchObject({ name: 'OperationNotFound' });
    },
  );
});
