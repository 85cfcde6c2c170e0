import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Operation, OperationList } from '../../lambda/contract/api-answers.ts';
import type { Actor } from '../../local/clock.ts';
import { type ApiWorld, hasEnded, IDS, problemIn, startApiWorld } from './api-world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(() => world.close());

/** Keeps the local clock from jumping, so that what was started stays under way. */
let hold: Actor;
beforeEach(() => {
  hold = world.clock.enter();
});
afterEach(async () => {
  hold.leave();
  for (const id of begun.splice(0)) await ended(id);
});

const begun: string[] = [];
const start = async (path: string, body: object, headers: Readonly<Record<string, string>> = {}) => {
  const reply = await world.post(path, body, headers);
  const operation = reply.json as Operation;
  if (reply.status === 202) begun.push(operation.id);
  return { reply, operation };
};
const ended = (id: string): Promise<Operation> => world.until(id, hasEnded);
const total = async (): Promise<number> =>
  ((await world.get('/v1/operations', { limit: '100' })).json as OperationList).operations.length;

const ROLLOUT = { bindingId: 'first' };

describe('starting an operation', () => {
  test('answers 202 with an operation that Location names, and tells its result when it ended', async () => {
    const { reply, operation } = await start('/v1/key-rollouts', { bindingId: 'managed', dryRun: true });
    expect(reply.headers.location).toBe(`/v1/operations/${operation.id}`);
    expect(operation).toMatchObject({ kind: 'key-rollout', status: 'RUNNING', result: null, failure: null });
    hold.leave();
    expect(await ended(operation.id)).toMatchObject({
      ...{ status: 'SUCCEEDED', request: { bindingId: 'managed', dryRun: true }, finishedAt: expect.any(String) },
      result: { subject: 'binding/managed', workspaces: [{}, {}] },
    });
  });

  test('a failed one names its failure in the words of the product', async () => {
    const { operation } = await start('/v1/key-rollouts', { bindingId: 'keyless' });
    hold.leave();
    expect(await ended(operation.id)).toMatchObject({
      ...{ status: 'FAILED', failure: { name: 'KeyNotFound', message: expect.stringContaining('alias/test/nothing') } },
    });
  });

  test.each([
    ['/v1/key-rollouts', { bindingId: 'managed', dryRun: true }, { dryRun: true, bindingId: 'managed' }],
    ['/v1/secret-syncs', { dryRun: true, bindings: ['app'] }, { bindings: ['app'], dryRun: true }],
  ])('answers the same operation to a repeated request to %s', async (path, body, other) => {
    // Requests are alike for ten seconds by the clock, also after the end of what they started.
    world.clock.advance(10_000 - (world.clock.now() % 10_000));
    const first = await start(path, body);
    const before = await total();
    for (const again of [body, other]) {
      const { reply, operation } = await start(path, again);
      expect(reply.headers.location).toBe(first.reply.headers.location);
      expect(operation.id).toBe(first.operation.id);
    }
    expect(await total()).toBe(before);
  });

  test('starts another one for another request', async () => {
    const one = await start('/v1/secret-syncs', { dryRun: true, scopes: ['app'] });
    const other = await start('/v1/secret-syncs', { dryRun: true, scopes: ['App'] });
    expect(other.operation.id).not.toBe(one.operation.id);
  });

  test('answers the same operation to a repeated Idempotency-Key, also long after its end', async () => {
    const key = { 'Idempotency-Key': 'order-1' };
    const first = await start('/v1/secret-syncs', { dryRun: true }, key);
    hold.leave();
    await ended(first.operation.id);
    world.clock.advance(3_600_000);
    const again = await start('/v1/secret-syncs', { dryRun: true }, { 'idempotency-key': 'order-1' });
    expect(again.operation).toMatchObject({ id: first.operation.id, status: 'SUCCEEDED' });
    const anew = await start('/v1/secret-syncs', { dryRun: true });
    expect(anew.operation.id).not.toBe(first.operation.id);
  });

  test('refuses an Idempotency-Key that came with another body and starts nothing', async () => {
    const key = { 'Idempotency-Key': 'order-2' };
    await start('/v1/key-rollouts', { bindingId: 'managed', dryRun: true }, key);
    const before = await world.footprint();
    const { reply } = await start('/v1/key-rollouts', { bindingId: 'first', dryRun: true }, key);
    expect(problemIn(reply)).toMatchObject({ status: 422, name: 'IdempotencyKeyReused' });
    expect(await world.footprint()).toEqual(before);
  });

  test('takes one Idempotency-Key for a rollout and for a sync', async () => {
    const key = { 'Idempotency-Key': 'order-3' };
    const rollout = await start('/v1/key-rollouts', { bindingId: 'managed', dryRun: true }, key);
    const sync = await start('/v1/secret-syncs', { dryRun: true }, key);
    expect([rollout.reply.status, sync.reply.status]).toEqual([202, 202]);
  });

  test.each([
    ['129 characters', 'x'.repeat(129)],
    ['a blank', 'with a blank'],
  ])('refuses an Idempotency-Key with %s', async (_what, key) => {
    const before = await world.footprint();
    const { reply } = await start('/v1/key-rollouts', ROLLOUT, { 'Idempotency-Key': key });
    expect(problemIn(reply)).toEqual({ status: 400, name: 'InputInvalid', paths: ['Idempotency-Key'] });
    expect(await world.footprint()).toEqual(before);
  });

  test.each([
    ['/v1/key-rollouts', { bindingId: 'nobody' }],
    ['/v1/secret-syncs', { bindings: ['app', 'nobody'] }],
  ])('%s of a binding that there is not is 422 and starts nothing', async (path, body) => {
    const before = await world.footprint();
    const { reply } = await start(path, body);
    expect(problemIn(reply)).toMatchObject({ status: 422, name: 'BindingUnknown' });
    expect((reply.json as { readonly detail: string }).detail).toContain('nobody');
    expect(await world.footprint()).toEqual(before);
  });
});

describe('a workspace that somebody works on', () => {
  test('is 409 with the operation in the way and starts nothing; a dry run and a sync are let through', async () => {
    const { operation } = await start('/v1/key-rollouts', { bindingId: 'managed' });
    await leased(IDS.managed);
    const before = await world.footprint();
    const { reply } = await start('/v1/key-rollouts', ROLLOUT);
    expect(problemIn(reply)).toMatchObject({ status: 409, name: 'WorkspaceLeased' });
    expect(reply.json).toMatchObject({
      ...{ operation: `/v1/operations/${operation.id}`, detail: expect.stringContaining(IDS.managed) },
    });
    expect(await world.footprint()).toMatchObject({ executions: (before as { executions: unknown }).executions });
    expect((await start('/v1/key-rollouts', { ...ROLLOUT, dryRun: true })).reply.status).toBe(202);
    expect((await start('/v1/secret-syncs', { dryRun: true })).reply.status).toBe(202);
    // What is under way is shown with the step it is in.
    const shown = await world.until(operation.id, ({ items }) => items.some(({ step }) => step !== null));
    expect(shown).toMatchObject({ status: 'RUNNING', progress: { total: 1 } });
    expect(shown.items.map(({ item }) => item)).toContain(`ws-${IDS.managed} (${IDS.managed})`);
    hold.leave();
    expect(await ended(operation.id)).toMatchObject({ status: 'SUCCEEDED', items: [], progress: { succeeded: 1 } });
  });
});

async function leased(workspaceId: string): Promise<void> {
  for (;;) {
    const { lease } = (await world.get(`/v1/workspaces/${workspaceId}`)).json as { readonly lease: object | null };
    if (lease !== null) return;
    await setTimeout(30);
  }
}
