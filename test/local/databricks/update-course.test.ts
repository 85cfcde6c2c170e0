import { describe, expect, test } from '@jest/globals';
import type { AccountSeed, UseCase, WorkspaceSeed } from '../../../local/databricks/seed.ts';
import { ACME, field, KEY_1, KEY_2, MINUTE, run, SECOND } from './running-simulator.ts';

const PATH = '/workspaces/123456789';
const BOTH = ['MANAGED_SERVICES', 'STORAGE'] as const;
const MANAGED_KEY = 'managed_services_customer_managed_key_id';
const STORAGE_KEY = 'storage_customer_managed_key_id';
const STOPPED = { id: 'c-1', state: 'TERMINATED' } as const;
const START = ['POST', '/api/2.1/clusters/start', { cluster_id: 'c-1' }] as const;

const seed = (workspace: Partial<WorkspaceSeed> = {}): AccountSeed => ({
  keyConfigurations: [
    { id: 'old', keyArn: KEY_1, useCases: BOTH },
    { id: 'new', keyArn: KEY_2, useCases: BOTH },
  ],
  workspaces: [{ ...ACME, managedServicesKeyId: 'old', clusters: [STOPPED], ...workspace }],
});

/** Status and managed services key, as GET shows them. */
const seen = async ({ account }: Pick<Awaited<ReturnType<typeof run>>, 'account'>) => {
  const reply = await account('GET', PATH);
  return `${field(reply, 'workspace_status')} ${field(reply, MANAGED_KEY)}`;
};

describe('the course of an accepted update', () => {
  test('in a customer-managed VPC the status stays RUNNING and the field changes after a while', async () => {
    const running = await run(seed());

    await running.account('PATCH', PATH, { [MANAGED_KEY]: 'new' });
    const atOnce = await seen(running);
    running.pass(89 * SECOND);
    const before = await seen(running);
    running.pass(SECOND);

    expect([atOnce, before, await seen(running)]).toEqual(['RUNNING old', 'RUNNING old', 'RUNNING new']);
  });

  test('in a Databricks-managed VPC the status goes over PROVISIONING and the field changes at the end', async () => {
    const running = await run(seed({ network: 'managed' }));

    await running.account('PATCH', PATH, { [MANAGED_KEY]: 'new' });
    const atOnce = await seen(running);
    running.pass(10 * MINUTE - SECOND);
    const before = await seen(running);
    running.pass(SECOND);

    expect([atOnce, before, await seen(running)]).toEqual(['PROVISIONING old', 'PROVISIONING old', 'RUNNING new']);
  });

  test.each([
    ['customer', 'dropped', ['RUNNING old', 'RUNNING old', 'RUNNING old']],
    ['customer', 'reverted', ['RUNNING old', 'RUNNING new', 'RUNNING old']],
    ['customer', 'failed', ['RUNNING old', 'RUNNING old', 'RUNNING old']],
    ['managed', 'dropped', ['PROVISIONING old', 'RUNNING old', 'RUNNING old']],
    ['managed', 'reverted', ['PROVISIONING old', 'RUNNING new', 'RUNNING old']],
    ['managed', 'failed', ['PROVISIONING old', 'FAILED old', 'FAILED old']],
  ] as const)('%s network, outcome %s', async (network, outcome, expected) => {
    const running = await run(seed({ network, outcome }));
    const effectMs = network === 'customer' ? 90 * SECOND : 10 * MINUTE;

    await running.account('PATCH', PATH, { [MANAGED_KEY]: 'new' });
    const atOnce = await seen(running);
    running.pass(effectMs);
    const inEffect = await seen(running);
    running.pass(2 * MINUTE);

    expect([atOnce, inEffect, await seen(running)]).toEqual(expected);
  });

  test('a failed workspace shows the new values at once and is set up again', async () => {
    const running = await run(seed({ status: 'FAILED' }));

    await running.account('PATCH', PATH, { [MANAGED_KEY]: 'new' });
    const atOnce = await seen(running);
    running.pass(10 * MINUTE);

    expect([atOnce, await seen(running)]).toEqual(['PROVISIONING new', 'RUNNING new']);
  });

  test.each([
    ['void', ''],
    ['object', '{}'],
  ] as const)('answers in the form %s', async (patchBody, text) => {
    const { account } = await run(seed(), { switches: { patchBody } });

    expect(await account('PATCH', PATH, { [MANAGED_KEY]: 'new' })).toMatchObject({ status: 200, text });
  });

  test.each([
    ['workspace', 'old'],
    ['workspace-as-asked', 'new'],
  ] as const)('answers in the form %s with the key %s', async (patchBody, key) => {
    const { account } = await run(seed(), { switches: { patchBody } });

    const reply = await account('PATCH', PATH, { [MANAGED_KEY]: 'new' });

    expect(reply.body).toMatchObject({ workspace_id: 123456789, [MANAGED_KEY]: key });
  });

  test('takes over tags, and empty tags change nothing', async () => {
    const { account, pass } = await run(seed({ customTags: { Env: 'Dev' } }));

    await account('PATCH', PATH, { custom_tags: { Env: 'Prod' } });
    pass(2 * MINUTE);
    await account('PATCH', PATH, { custom_tags: {} });
    pass(2 * MINUTE);

    expect(field(await account('GET', PATH), 'custom_tags')).toEqual({ Env: 'Prod' });
  });
});

describe('a key that Databricks cannot use', () => {
  test('is asked for once with its ARN and use case', async () => {
    const asked: [string, UseCase][] = [];
    const canUseKey = async (keyArn: string, useCase: UseCase) => {
      asked.push([keyArn, useCase]);
      return true;
    };
    const running = await run(seed(), { canUseKey });

    await running.account('PATCH', PATH, { [MANAGED_KEY]: 'new', [STORAGE_KEY]: 'old' });
    running.pass(2 * MINUTE);
    await seen(running);

    expect(asked).toEqual([
      [KEY_2, 'MANAGED_SERVICES'],
      [KEY_1, 'STORAGE'],
    ]);
  });

  test('is accepted and never shown in a customer-managed VPC', async () => {
    const running = await run(seed(), { canUseKey: async () => false });

    const accepted = await running.account('PATCH', PATH, { [MANAGED_KEY]: 'new' });
    running.pass(60 * MINUTE);

    expect(accepted.status).toBe(200);
    expect(await seen(running)).toBe('RUNNING old');
  });

  test('ends a Databricks-managed one FAILED with the reason', async () => {
    const running = await run(seed({ network: 'managed' }), { canUseKey: async () => 'the key policy says no' });

    await running.account('PATCH', PATH, { [MANAGED_KEY]: 'new' });
    running.pass(10 * MINUTE);

    expect(await seen(running)).toBe('FAILED old');
    expect(field(await running.account('GET', PATH), 'workspace_status_message')).toBe('the key policy says no');
  });
});

describe('compute that is started too early', () => {
  test.each([
    ['during the update', { [MANAGED_KEY]: 'new' }, 89 * SECOND, ['started-during-update']],
    ['after an update of the managed services key', { [MANAGED_KEY]: 'new' }, 90 * SECOND, []],
    [
      '19 min after a storage key took effect',
      { [STORAGE_KEY]: 'new' },
      90 * SECOND + 19 * MINUTE,
      ['started-during-rest'],
    ],
    ['20 min after a storage key took effect', { [STORAGE_KEY]: 'new' }, 90 * SECOND + 20 * MINUTE, []],
  ])('%s', async (_when, body, after, kinds) => {
    const { account, workspace, pass, simulator } = await run(seed());

    await account('PATCH', PATH, body);
    pass(after);
    const reply = await workspace(...START);

    expect(reply.status).toBe(200);
    expect(simulator.control.state().violations.map(({ kind }) => kind)).toEqual(kinds);
  });

  test('is noted for warehouses too, but not for serverless ones', async () => {
    const warehouses = [
      { id: 'w-1', name: 'classic', state: 'STOPPED' },
      { id: 'w-2', name: 'serverless', state: 'STOPPED', serverless: true },
    ] as const;
    const { account, workspace, simulator } = await run(seed({ warehouses }));
    await account('PATCH', PATH, { [MANAGED_KEY]: 'new' });

    for (const id of ['w-1', 'w-2']) await workspace('POST', `/api/2.0/sql/warehouses/${id}/start`, {});

    expect(simulator.control.state().violations.map(({ text }) => text)).toEqual([
      'SQL warehouse w-1 was started by the caller',
    ]);
  });

  test('is noted at its own time when a scheduler did it and nobody looked', async () => {
    const clusters = [{ id: 'c-1', relaunches: 1 }];
    const { account, workspace, pass, simulator, now } = await run(seed({ clusters }));
    await workspace('POST', '/api/2.1/clusters/delete', { cluster_id: 'c-1' });
    pass(20 * SECOND);
    await account('PATCH', PATH, { [MANAGED_KEY]: 'new' });
    const acceptedAt = now();

    pass(60 * MINUTE);

    expect(simulator.control.state().violations).toEqual([
      {
        at: acceptedAt + 30 * SECOND,
        workspaceId: '123456789',
        kind: 'started-during-update',
        text: 'cluster c-1 was started by the scheduler',
      },
    ]);
  });
});
