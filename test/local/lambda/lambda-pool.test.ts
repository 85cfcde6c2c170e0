import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { FunctionSpec } from '../../../local/lambda/function-spec.ts';
import { poolWith } from './pool.ts';

const MINUTES = 60_000;

let open: { readonly close: () => Promise<void> } | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const started = (handler: string, spec: Partial<FunctionSpec> = {}) => {
  const made = poolWith(handler, spec);
  open = made.pool;
  return made;
};

describe('a function', () => {
  test('gets its event and a context, and answers JSON', async () => {
    const { run } = started('echo', { timeoutSeconds: 30 });

    const { kind, payload } = await run({ a: 1 });

    expect(kind).toBe('success');
    expect(payload.event).toEqual({ a: 1 });
    expect(payload.context).toMatchObject({
      functionName: 'worker',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:us-west-2:111122223333:function:worker',
      memoryLimitInMB: '256',
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(payload.context.left).toBeGreaterThan(0);
    expect(payload.context.left).toBeLessThanOrEqual(30_000);
  });

  test('stays warm for the next invocation', async () => {
    const { run } = started('echo');

    await run();

    expect((await run()).payload.invocations).toBe(2);
  });

  test('runs in threads of its own when it is invoked twice at once', async () => {
    const { run } = started('echo');

    const both = await Promise.all([run(), run()]);

    expect(both.map(({ payload }) => payload.invocations)).toEqual([1, 1]);
  });

  test('sees its own variables and those of Lambda, and nothing of this process', async () => {
    process.env.AWS_PROFILE = 'a-real-profile';
    const { run } = started('environment');

    const { payload } = await run();
    delete process.env.AWS_PROFILE;

    expect(payload).toMatchObject({
      TABLE: 'state',
      SIMULATOR_URL: 'http://127.0.0.1:9',
      AWS_REGION: 'us-west-2',
      AWS_ACCESS_KEY_ID: 'worker',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_LAMBDA_FUNCTION_NAME: 'worker',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      LAMBDA_TASK_ROOT: expect.stringMatching(/bundle$/),
      _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};/),
    });
    expect(Object.keys(payload)).not.toContain('AWS_PROFILE');
    expect(Object.keys(payload)).not.toContain('PATH');
    expect(Object.keys(payload)).not.toContain('HOME');
  });

  test('is refused beyond its reserved concurrency', async () => {
    const { run } = started('echo', { concurrency: 1 });

    const both = await Promise.allSettled([run(), run()]);

    expect(both).toMatchObject([
      { status: 'fulfilled' },
      { reason: { code: 'TooManyRequestsException', status: 429 } },
    ]);
  });

  test('that is not there is refused', async () => {
    const { pool } = started('echo');

    await expect(pool.invoke('nobody', '{}')).rejects.toMatchObject({ code: 'ResourceNotFoundException', status: 404 });
  });
});

describe('a failure', () => {
  test('arrives with the name of the error', async () => {
    const { run } = started('fail');

    const { kind, payload } = await run();

    expect(kind).toBe('error');
    expect(payload).toMatchObject({ errorType: 'ScopeIsFull', errorMessage: 'the scope is full' });
    expect(payload.trace[0]).toBe('ScopeIsFull: the scope is full');
  });

  test('that is no Error arrives with its type', async () => {
    const { run } = started('throwText');

    expect((await run()).payload).toEqual({ errorType: 'string', errorMessage: 'no error at all', trace: [] });
  });

  test('by timeout is Sandbox.Timedout, and the next invocation starts anew', async () => {
    const { pool, run } = started('spin', { timeoutSeconds: 1 });

    const { payload } = await run();

    expect(payload.errorType).toBe('Sandbox.Timedout');
    expect(payload.errorMessage).toMatch(/^RequestId: [0-9a-f-]{36} Error: Task timed out after 1\.00 seconds$/);
    pool.add({ ...pool.find('worker'), handler: 'index.echo' });
    expect((await run()).payload.invocations).toBe(1);
  });

  test('of the environment ends what runs in it, and the next invocation starts anew', async () => {
    const { pool, run } = started('spin', { timeoutSeconds: 30 });
    const running = run();

    await pool.crash();

    expect((await running).payload.errorType).toBe('Runtime.ExitError');
    pool.add({ ...pool.find('worker'), handler: 'index.echo' });
    expect((await run()).payload.invocations).toBe(1);
  });

  test.each([
    ['leave', { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('exit status 3') }],
    ['nothing', { errorType: 'Runtime.HandlerNotFound' }],
    ['callback', { errorType: 'Runtime.CallbackHandlerDeprecated' }],
  ])('of %s names what happened', async (handler, expected) => {
    const { run } = started(handler);

    expect((await run()).payload).toMatchObject(expected);
  });

  test('to find the bundle is Runtime.ImportModuleError', async () => {
    const { run } = started('echo', { handler: 'missing.handler' });

    expect((await run()).payload).toMatchObject({ errorType: 'Runtime.ImportModuleError' });
  });
});

describe('time in a function', () => {
  test('passes at once while it does nothing but sleep, and its Date shows it', async () => {
    const { run } = started('pause');
    const before = Date.now();

    const { payload } = await run({ ms: 30 * MINUTES });

    expect(payload.slept).toBeGreaterThanOrEqual(30 * MINUTES);
    expect(payload.shown).toBeGreaterThanOrEqual(30 * MINUTES);
    expect(payload.left).toBeLessThanOrEqual(30 * MINUTES);
    expect(Date.now() - before).toBeLessThan(30 * MINUTES);
  });

  test('wakes two pauses in their order', async () => {
    const { run } = started('pauseTwice');

    const { payload } = await run({ short: 5 * MINUTES, long: 10 * MINUTES });

    expect(payload.order).toEqual(['short', 'long']);
    expect(payload.slept).toBeGreaterThanOrEqual(10 * MINUTES);
    expect(payload.slept).toBeLessThan(11 * MINUTES);
  });

  test('stays real while a request is under way beside the pause', async () => {
    const server = createServer((_request, response) => setTimeout(() => response.end(), 100));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { run } = started('pauseWhileWorking');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

    const { payload } = await run({ url, ms: 20 * MINUTES });
    await new Promise((resolve) => server.close(resolve));

    expect(payload.answered).toBeLessThan(20 * MINUTES);
    expect(payload.slept).toBeGreaterThanOrEqual(20 * MINUTES);
  });

  test('counts a pause against the timeout', async () => {
    const { run } = started('pause', { timeoutSeconds: 900 });

    expect((await run({ ms: 30 * MINUTES })).payload).toMatchObject({ errorType: 'Sandbox.Timedout' });
  });

  test('does not run out when somebody else moves the clock', async () => {
    const { clock, run } = started('pauseWhileWorking', { timeoutSeconds: 900 });
    const server = createServer((_request, response) => setTimeout(() => response.end(), 100));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

    const running = run({ url, ms: 1 });
    clock.advance(60 * MINUTES);
    const { kind } = await running;
    await new Promise((resolve) => server.close(resolve));

    expect(kind).toBe('success');
  });

  test('of others goes on while it sleeps', async () => {
    const { clock, run } = started('pause');
    const actor = clock.enter();
    const shown: number[] = [];
    const start = clock.now();

    const running = run({ ms: 20 * MINUTES });
    await actor.sleepUntil(start + 10 * MINUTES);
    shown.push(Math.round((clock.now() - start) / MINUTES));
    actor.leave();
    await running;
    shown.push(Math.round((clock.now() - start) / MINUTES));

    expect(shown).toEqual([10, 20]);
  });

  test('can be cut short by a signal', async () => {
    const { clock, run } = started('abortPause');
    const holder = clock.enter();

    const { payload } = await run();
    holder.leave();

    expect(payload).toBe('AbortError');
  });
});

test('what a function prints arrives line by line with its request id', async () => {
  const { lines, run } = started('print');

  await run({ text: 'one\ntwo' });

  const requestId = lines[0]?.requestId;
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(lines.map(({ functionName, requestId: id, stream, text }) => [functionName, id, stream, text])).toEqual([
    ['worker', requestId, 'stdout', 'one'],
    ['worker', requestId, 'stdout', 'two'],
    ['worker', requestId, 'stderr', 'to the other stream'],
    ['worker', requestId, 'stdout', 'without an end'],
  ]);
});

test('payloads beyond 6 MB are refused on both ways', async () => {
  const { pool, run } = started('large');
  const limit = 6 * 1024 * 1024;

  await expect(pool.invoke('worker', JSON.stringify('x'.repeat(limit)))).rejects.toMatchObject({
    code: 'RequestTooLargeException',
    status: 413,
  });
  expect((await run({ bytes: limit })).payload).toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' });
  expect((await run({ bytes: limit - 2 })).kind).toBe('success');
});
