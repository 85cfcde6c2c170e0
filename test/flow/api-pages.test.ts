import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Operation, OperationHead, OperationList, SecretSyncStatus } from '../../lambda/contract/api-answers.ts';
import { type ApiWorld, hasEnded, IDS, startApiWorld } from './api-world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld();
  await world.aws.secrets.handle('CreateSecret', { Name: 'app/one', SecretString: 'nothing secret' });
  await world.nextEndOf(world.outputs.SecretSyncStateMachineArn);
  for (let number = 0; number < 3; number += 1) {
    await run('/v1/key-rollouts', { bindingId: 'managed', dryRun: true }, `rollout-${number}`);
    await run('/v1/secret-syncs', { dryRun: number > 0 }, `sync-${number}`);
  }
  await run('/v1/key-rollouts', { bindingId: 'keyless' }, 'fails');
});
afterAll(() => world.close());

async function run(path: string, body: object, key: string): Promise<void> {
  const { json } = await world.post(path, body, { 'Idempotency-Key': key });
  await world.until((json as Operation).id, hasEnded);
}
const list = async (query: Readonly<Record<string, string>> = {}): Promise<OperationList> => {
  const { status, json } = await world.get('/v1/operations', query);
  expect(status).toBe(200);
  return json as OperationList;
};
/** Every page, until there is no next one. */
const pages = async (query: Readonly<Record<string, string>>): Promise<readonly OperationList[]> => {
  const all = [await list(query)];
  for (let next = all[0]?.next ?? null; next !== null; next = all.at(-1)?.next ?? null) {
    all.push(await list({ ...query, next }));
  }
  return all;
};
const idsOf = (operations: readonly OperationHead[]): readonly string[] => operations.map(({ id }) => id);

describe('the list of operations', () => {
  test('holds operations of both kinds, the newest first', async () => {
    const { operations, next } = await list();
    expect(next).toBeNull();
    expect(operations).toHaveLength(8);
    const times = operations.map(({ startedAt }) => Date.parse(startedAt));
    expect(times).toEqual(times.toSorted((one, other) => other - one));
  });

  test.each([['1'], ['2'], ['3'], ['100']])('in pages of %s of each kind holds the same ones once', async (limit) => {
    const all = await pages({ limit });
    const { operations } = await list();
    expect(all.flatMap((page) => idsOf(page.operations)).toSorted()).toEqual(idsOf(operations).toSorted());
    for (const page of all) expect(page.operations.length).toBeLessThanOrEqual(2 * Number(limit));
  });

  test.each<[string, Readonly<Record<string, string>>, (one: OperationHead) => boolean]>([
    ['one kind', { kind: 'key-rollout' }, ({ kind }) => kind === 'key-rollout'],
    ['the other kind', { kind: 'secret-sync' }, ({ kind }) => kind === 'secret-sync'],
    ['one status', { status: 'FAILED' }, ({ status }) => status === 'FAILED'],
    ['both', { kind: 'secret-sync', status: 'SUCCEEDED' }, ({ id, status }) => /^s/.test(id) && status === 'SUCCEEDED'],
    ['what there is none of', { status: 'TIMED_OUT' }, () => false],
  ])('is narrowed to %s, also in pages', async (_what, query, isMeant) => {
    const { operations } = await list();
    const wanted = idsOf(operations.filter(isMeant));
    expect(idsOf((await list(query)).operations)).toEqual(wanted);
    const paged = await pages({ ...query, limit: '1' });
    expect(paged.flatMap((page) => idsOf(page.operations))).toEqual(wanted);
  });

  test('of each operation tells what the operation itself tells', async () => {
    for (const head of (await list()).operations) {
      expect((await world.get(`/v1/operations/${head.id}`)).json).toMatchObject({ ...head });
    }
  });
});

describe('what secret syncs found', () => {
  test('is told by scope, in numbers and without a value', async () => {
    const { json, text } = await world.get('/v1/secret-syncs/status');
    expect((json as SecretSyncStatus).scopes).toMatchObject([
      {
        ...{ workspaceId: IDS.managed, workspaceName: `ws-${IDS.managed}`, scope: 'app', bindings: ['app'] },
        ...{ lastSyncAt: expect.any(String), failure: null, counts: { UNCHANGED: 1 } },
      },
    ]);
    expect(text).not.toContain('nothing secret');
  });
});
