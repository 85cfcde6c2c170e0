import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { ExecutionEvent } from '../../local/console/story.ts';
import { ONCE, type ProvisioningWorld, startProvisioningWorld, summaryOf } from './provisioning-world.ts';

let world: ProvisioningWorld;
let onHistory: (event: ExecutionEvent) => void = () => undefined;
beforeAll(async () => {
  world = await startProvisioningWorld({ onHistory: (event) => onHistory(event) });
});
afterAll(() => world.close());
afterEach(() => {
  onHistory = () => undefined;
  world.databricks.control.clearFaults();
});

const KINDS = ['credentials', 'storage-configurations', 'networks', 'customer-managed-keys', 'workspaces'] as const;
const pathOf = (kind: string): string => `/accounts/[^/]+/${kind}$`;

/** Requests that a fault struck, as `POST credentials`. */
const struck = (): readonly string[] =>
  world.databricks.control
    .requests()
    .filter(({ fault }) => fault !== null)
    .map(({ method, path }) => `${method} ${path.split('/').at(-1)}`);

/** Provisions a workspace of this name while every function dies that has one of its requests under way. */
async function crashingAt(name: string, method: 'GET' | 'POST', change: object = {}) {
  const { control } = world.databricks;
  const request = { ...(await world.ownRequest(name)), ...change };
  control.resetRequests();
  // Its answer takes so long that the function dies first.
  for (const kind of KINDS) control.addFault({ kind: 'slow', realMs: 20_000, method, path: pathOf(kind) });
  let isOver = false;
  const ended = world.provision({ provision: request }).finally(() => {
    isOver = true;
  });
  let crashes = 0;
  while (!isOver) {
    if (struck().length > crashes) {
      crashes = struck().length;
      await world.aws.functions.crash();
    }
    await setTimeout(5);
  }
  return await ended;
}

describe('a function that dies', () => {
  test('after each of its creations, before it is told of it, leaves one of each', async () => {
    const ended = await crashingAt('dies-after', 'POST');
    expect(struck()).toEqual(KINDS.map((kind) => `POST ${kind}`));
    expect(summaryOf(ended)).toMatchObject({ ok: true, status: 'RUNNING' });
    expect(world.made('dies-after')).toEqual(ONCE);
  });

  test('before it has put on record what it created leaves a workspace that is not deleted for having failed', async () => {
    const name = 'dies-unknown';
    world.planCreation({ ends: 'FAILED', message: 'no', workspaceName: name });
    const ended = await crashingAt(name, 'POST', { onFailure: 'recreate' });
    expect(ended.cause).toContain('could not be set up, and stays: there is no record');
    expect(world.made(name)).toEqual({ ...ONCE, workspaces: ['FAILED'] });
  });

  test('before each of its creations, leaves one of each', async () => {
    const ended = await crashingAt('dies-before', 'GET');
    expect(new Set(struck())).toEqual(new Set(KINDS.map((kind) => `GET ${kind}`)));
    expect(summaryOf(ended)).toMatchObject({ ok: true, status: 'RUNNING' });
    expect(world.made('dies-before')).toEqual(ONCE);
  });
});

describe('answers that do not come', () => {
  test.each([
    ['lost-after', { kind: 'reset', tookEffect: true }],
    ['lost-before', { kind: 'reset' }],
    ['gateway-after', { kind: 'bad-gateway', tookEffect: true }],
    ['gateway-before', { kind: 'server-error' }],
  ] as const)('to every creation (%s) leave one of each', async (name, fault) => {
    const request = await world.ownRequest(name);
    world.databricks.control.resetRequests();
    for (const kind of KINDS) world.databricks.control.addFault({ ...fault, method: 'POST', path: pathOf(kind) });
    const ended = await world.provision({ provision: request });
    expect(struck()).toEqual(KINDS.map((kind) => `POST ${kind}`));
    expect(summaryOf(ended)).toMatchObject({ ok: true, status: 'RUNNING' });
    expect(world.made(name)).toEqual(ONCE);
  });

  test.each([
    ['storm-429', { kind: 'throttled', times: 40 }],
    ['storm-503', { kind: 'unavailable', times: 25 }],
  ] as const)('for a while (%s) are waited for', async (name, fault) => {
    const request = await world.ownRequest(name);
    world.databricks.control.addFault({ ...fault, path: '/accounts/' });
    expect(summaryOf(await world.provision({ provision: request }))).toMatchObject({ ok: true, status: 'RUNNING' });
    expect(world.made(name)).toEqual(ONCE);
  });
});

describe('an execution that is stopped', () => {
  test.each(['Ensure configurations', 'Create workspace', 'Check workspace', 'Sync its secrets'])(
    'at %p is finished by the same request again',
    async (state) => {
      const name = `stopped-${state.split(' ')[0]?.toLowerCase()}`;
      const request = await world.ownRequest(name);
      onHistory = ({ type, state: entered, executionArn }) => {
        if (type !== 'TaskStateEntered' || entered !== state) return;
        onHistory = () => undefined;
        void world.stepFunctions.handle('StopExecution', { executionArn });
      };
      expect((await world.provision({ provision: request })).status).toBe('ABORTED');
      const again = await world.provision({ provision: request });
      expect(summaryOf(again)).toMatchObject({ ok: true, status: 'RUNNING' });
      expect(world.made(name)).toEqual(ONCE);
    },
  );
});

describe('a key that Databricks cannot use after all', () => {
  test('fails the workspace, with what Databricks says of it', async () => {
    const workspaceName = 'keyless';
    const request = await world.ownRequest(workspaceName);
    const { KeyMetadata } = (await world.aws.kms.handle('DescribeKey', {
      KeyId: request.storageKey.key,
    })) as { readonly KeyMetadata: { readonly KeyId: string } };
    onHistory = ({ type, state }) => {
      if (type !== 'TaskStateEntered' || state !== 'Create workspace') return;
      onHistory = () => undefined;
      void world.aws.kms.handle('DisableKey', { KeyId: KeyMetadata.KeyId });
    };
    const ended = await world.provision({ provision: request });
    expect(ended.cause).toContain('WorkspaceFailed');
    expect(ended.cause).toContain('the key is Disabled');
    expect(world.made(workspaceName).workspaces).toEqual(['FAILED']);
  });
});
