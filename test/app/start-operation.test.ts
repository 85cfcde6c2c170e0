import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Fields } from '../../lambda/app/operation-ports.ts';
import { type OperationWish, startOperation } from '../../lambda/app/start-operation.ts';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { AutomationError } from '../../lambda/domain/failure.ts';
import { FakeExecutions } from './fake-executions.ts';
import { FakeClock } from './fakes.ts';

const CALLER = 'arn:aws:iam::111122223333:user/somebody';
let clock: FakeClock;
let executions: FakeExecutions;
let asked: number;
beforeEach(() => {
  clock = new FakeClock();
  executions = new FakeExecutions(clock.now);
  asked = 0;
});

const fingerprint = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
const start = (request: Fields, change: Partial<OperationWish> = {}, refuse?: AutomationError) =>
  startOperation(
    { kind: 'key-rollout', request, caller: CALLER, ...change },
    { executions, fingerprint, clock: clock.now },
    async () => {
      asked += 1;
      if (refuse !== undefined) throw refuse;
    },
  );
const REQUEST = { bindingId: 'prod', dryRun: true };

describe('starting an operation without a key of the caller', () => {
  test('gives the state machine what was asked for, and that a request started it', async () => {
    const { input, name } = await start(REQUEST);
    expect(input).toEqual({ ...REQUEST, trigger: { kind: 'request' } });
    expect(name).toMatch(/^api-[0-9a-f]{32}-[0-9a-z]+$/);
  });

  test('answers the operation that runs to the same request, however long it runs', async () => {
    const first = await start(REQUEST);
    clock.pass(600);
    expect(await start(REQUEST)).toEqual(first);
    expect(executions.started).toHaveLength(1);
  });

  test('answers one that ended within the same ten seconds, and starts another one after them', async () => {
    const first = await start(REQUEST);
    executions.end('key-rollout', first.name, { status: 'SUCCEEDED' });
    clock.time += 9_999;
    expect((await start(REQUEST)).name).toBe(first.name);
    clock.time += 1;
    const next = await start(REQUEST);
    expect(next).toMatchObject({ status: 'RUNNING' });
    expect(next.name).not.toBe(first.name);
  });

  test.each(['FAILED', 'TIMED_OUT', 'ABORTED'])(
    'starts another one at once after one that ended %s',
    async (status) => {
      const first = await start(REQUEST);
      executions.end('key-rollout', first.name, { status });
      const second = await start(REQUEST);
      expect(second).toMatchObject({ status: 'RUNNING', name: `${first.name}-2` });
      expect(await start(REQUEST)).toEqual(second);
    },
  );

  test('finds the one that runs among a hundred others', async () => {
    const first = await start(REQUEST);
    for (let number = 0; number < 99; number += 1) await start({ bindingId: `b${number}` });
    clock.pass(60);
    expect((await start(REQUEST)).name).toBe(first.name);
  });

  test('starts nothing while somebody else is in the way, and asks only before it starts', async () => {
    const busy = new AutomationError(FAILURE.workspaceLeased, 'busy');
    await expect(start(REQUEST, {}, busy)).rejects.toBe(busy);
    expect(executions.started).toEqual([]);
    await start(REQUEST);
    await start(REQUEST, {}, busy);
    expect(asked).toBe(2);
  });

  test('takes a rollout and a sync of the same words for two', async () => {
    const rollout = await start({});
    const sync = await start({}, { kind: 'secret-sync' });
    expect([rollout.kind, sync.kind]).toEqual(['key-rollout', 'secret-sync']);
    expect(executions.started).toHaveLength(2);
  });

  test('says so when Step Functions does not show yet what it started', async () => {
    executions.describe = async () => undefined;
    await expect(start(REQUEST)).rejects.toMatchObject({
      ...{ name: 'StateChanged', message: expect.stringContaining('ask for it again') },
    });
  });
});

describe('starting an operation with a key of the caller', () => {
  test('answers the same operation for ever, whatever became of it', async () => {
    const first = await start(REQUEST, { idempotencyKey: 'order-1' });
    executions.end('key-rollout', first.name, { status: 'FAILED' });
    clock.pass(60 * 24 * 80);
    expect(await start(REQUEST, { idempotencyKey: 'order-1' })).toMatchObject({ name: first.name, status: 'FAILED' });
    expect(executions.started).toHaveLength(1);
  });

  test('refuses the key with another request and starts nothing', async () => {
    await start(REQUEST, { idempotencyKey: 'order-1' });
    await expect(start({ bindingId: 'other' }, { idempotencyKey: 'order-1' })).rejects.toMatchObject({
      ...{ name: 'IdempotencyKeyReused', message: expect.stringContaining('Idempotency-Key: found') },
    });
    expect(executions.started).toHaveLength(1);
  });

  test('refuses it also when another request with the key is started at the same moment', async () => {
    const describe = executions.describe.bind(executions);
    let first = true;
    executions.describe = async (kind, name) => {
      if (!first) return describe(kind, name);
      first = false;
      await start({ bindingId: 'other' }, { idempotencyKey: 'order-1' });
      return undefined;
    };
    await expect(start(REQUEST, { idempotencyKey: 'order-1' })).rejects.toMatchObject({ name: 'IdempotencyKeyReused' });
  });

  test('keeps the keys of callers and of kinds apart', async () => {
    const names = new Set([
      (await start(REQUEST, { idempotencyKey: 'one' })).name,
      (await start(REQUEST, { idempotencyKey: 'two' })).name,
      (await start(REQUEST, { idempotencyKey: 'one', caller: `${CALLER}-else` })).name,
      (await start(REQUEST, { idempotencyKey: 'one', kind: 'secret-sync' })).name,
    ]);
    expect(names.size).toBe(4);
  });

  test('never takes an operation without a key for one with it', async () => {
    const without = await start(REQUEST);
    expect((await start(REQUEST, { idempotencyKey: 'one' })).name).not.toBe(without.name);
  });
});

describe('the same request', () => {
  test('is the same whatever the order of its fields, and another one with any other value', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.jsonValue(), { minKeys: 1 }),
        fc.jsonValue(),
        async (request, value) => {
          executions = new FakeExecutions(clock.now);
          const first = await start(request as Fields);
          expect((await start(reversed(request) as Fields)).name).toBe(first.name);
          const [field = ''] = Object.keys(request);
          if (sorted(request[field]) === sorted(value)) return;
          expect((await start({ ...request, [field]: value } as Fields)).name).not.toBe(first.name);
        },
      ),
      { seed: 20_260_520, numRuns: 200 },
    );
  });
});

/** The same value with the fields of every object the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, one]) => [name, reversed(one)]),
  );
}

/** Equal for equal values. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_name, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one) ? Object.entries(one).toSorted() : one,
  );
