import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { LambdaFault } from '../../../local/lambda/lambda-faults.ts';
import { poolWith } from './pool.ts';

let server: Server;
let url: string;
/** Methods of the requests that arrived. */
let arrived: (string | undefined)[];
beforeEach(async () => {
  arrived = [];
  server = createServer((request, response) => {
    arrived.push(request.method);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

let made: ReturnType<typeof poolWith>;
const started = (handler: string, fault?: LambdaFault) => {
  made = poolWith(handler, { timeoutSeconds: 120 });
  if (fault !== undefined) made.pool.faults.add(fault);
  return made;
};
afterEach(async () => {
  await made.pool.close();
  server.close();
  server.closeAllConnections();
});

const writes = () => arrived.filter((method) => method === 'POST').length;

describe.each(['fetch', 'http'])('an environment that sends by %s', (how) => {
  test.each([
    ['before-write', 2, 1],
    ['after-write', 2, 2],
    ['before-write', 1, 0],
    ['after-write', 3, 3],
  ] as const)('dies %s %i, when %i took effect, and the next invocation gets a new one', async (at, write, effects) => {
    const { run } = started('writeThrice', { kind: 'crash', moment: { at, write } });

    const died = await run({ url, how });

    expect(died).toMatchObject({ kind: 'error', payload: { errorType: 'Runtime.ExitError' } });
    expect(writes()).toBe(effects);
    expect(await run({ url, how })).toEqual({ kind: 'success', payload: 'written' });
  });

  test('hangs until its time is over, which the clock lets pass at once', async () => {
    const { run, clock } = started('writeThrice', { kind: 'timeout', moment: { at: 'after-write', write: 1 } });
    const before = clock.now();

    const died = await run({ url, how });

    expect(died).toMatchObject({ kind: 'error', payload: { errorType: 'Sandbox.Timedout' } });
    expect(writes()).toBe(1);
    expect(clock.now() - before).toBeGreaterThanOrEqual(119_000);
  });
});

test('an environment may die before it does anything, or with everything done and nothing told', async () => {
  const { run, pool } = started('writeThrice', { kind: 'crash', moment: { at: 'start' } });
  expect((await run({ url })).kind).toBe('error');
  expect(arrived).toEqual([]);

  pool.faults.add({ kind: 'crash', moment: { at: 'end' } });

  expect((await run({ url })).kind).toBe('error');
  expect(writes()).toBe(3);
});

test('a moment that an invocation does not come to passes it by', async () => {
  const { run } = started('echo', { kind: 'crash', moment: { at: 'before-write', write: 1 }, times: 9 });

  expect((await run()).kind).toBe('success');
});

test('a fault strikes the functions that it names', async () => {
  const { run } = started('echo', { kind: 'crash', moment: { at: 'start' }, functionName: '^other' });

  expect((await run()).kind).toBe('success');
});

test('a wrong clock is what the function sees', async () => {
  const { run, pool, clock } = started('now');
  pool.faults.skewClocks(3_600_000);

  const shown = (await run()).payload as number;

  const [least, most] = [clock.now() - 3_700_000, clock.now() + 3_700_000];
  expect(Math.abs(shown - clock.now())).toBeGreaterThan(1_000);
  expect(shown).toBeGreaterThan(least);
  expect(shown).toBeLessThan(most);
});

test('a fault that is counted and probable at once is refused', () => {
  const { pool } = started('now');

  expect(() => pool.faults.add({ kind: 'crash', moment: { at: 'end' }, times: 1, probability: 1 })).toThrow('either');
});
