import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { LocalClock } from '../../../local/clock.ts';
import { LambdaPool } from '../../../local/lambda/lambda-pool.ts';
import { machine } from '../asl/run-machine.ts';
import { account } from './account.ts';

const FUNCTION = 'arn:aws:lambda:us-west-2:111122223333:function:plan';
const TEN_MINUTES = 10 * 60 * 1_000;

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

/** A function of the fixture bundle behind Step Functions. Real time stands still, so only a jump ends a pause. */
const withFunction = (handler: string) => {
  const start = Date.now();
  const clock = new LocalClock(() => start);
  const pool = new LambdaPool({ clock, region: 'us-west-2', endpointUrl: () => 'http://127.0.0.1:9' });
  pool.add({
    name: 'plan',
    arn: FUNCTION,
    assetDir: join(import.meta.dirname, 'fixtures/pauses'),
    handler: `index.${handler}`,
    timeoutSeconds: 7_200,
    memoryMb: 256,
    environment: {},
  });
  opened.push(() => pool.close());
  const invoke = async (functionArn: string, payload: unknown) => {
    const outcome = await pool.invoke(functionArn, JSON.stringify(payload));
    return outcome.kind === 'error' ? { error: outcome.error } : { payload: JSON.parse(outcome.payload) };
  };
  const made = account(
    {
      invokeLambda: invoke,
      callAws: async (_service, _action, input) =>
        invoke(FUNCTION, JSON.parse((input as { readonly Payload: string }).Payload)),
    },
    { clock },
  );
  return { ...made, invoke, passed: () => clock.now() - start };
};

const listening = async (): Promise<{ readonly url: string; readonly asked: () => number }> => {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.writeHead(429).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked };
};

const task = (Resource: string, more: object) => machine({ Only: { Type: 'Task', Resource, ...more, End: true } });

describe('the pauses of a function that an execution waits for', () => {
  test.each<[string, object]>([
    [FUNCTION, {}],
    ['arn:aws:states:::lambda:invoke', { Arguments: { FunctionName: 'plan', Payload: '{% $states.input %}' } }],
    [
      'arn:aws:states:::aws-sdk:lambda:invoke',
      { Arguments: { FunctionName: 'plan', Payload: '{% $string($states.input) %}' } },
    ],
    [FUNCTION, { TimeoutSeconds: 7_200 }],
  ])('pass at once after requests, through %s with %j', async (resource, more) => {
    const { runOnce, passed } = withFunction('askAgain');
    const { url, asked } = await listening();

    const described = await runOnce(task(resource, more), { url, times: 3, pauseMs: TEN_MINUTES });

    expect(described.status).toBe('SUCCEEDED');
    expect(asked()).toBe(3);
    expect(passed()).toBeGreaterThanOrEqual(3 * TEN_MINUTES);
    expect(passed()).toBeLessThan(4 * TEN_MINUTES);
  });

  test("count against the task's TimeoutSeconds", async () => {
    const { runOnce } = withFunction('askAgain');
    const { url } = await listening();

    const limited = task(FUNCTION, { TimeoutSeconds: 900 });

    expect(await runOnce(limited, { url, times: 3, pauseMs: TEN_MINUTES })).toMatchObject({ error: 'States.Timeout' });
  });

  test('do not bring time past the work of another execution', async () => {
    const { add, start, ended, clock, passed } = withFunction('rest');
    const worker = clock.enter();
    const executionArn = await start(add('m', task(FUNCTION, {})), { input: JSON.stringify({ pauseMs: TEN_MINUTES }) });
    for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(passed()).toBe(0);

    worker.leave();
    expect(await ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '"slept"' });
    expect(passed()).toBeGreaterThanOrEqual(TEN_MINUTES);
  });
});

test.each([
  ['giveUpPause', 'AbortError'],
  ['leavePause', 'left'],
])('a thread announces the pauses of an invocation that comes after %s', async (way, payload) => {
  const { invoke, clock, passed } = withFunction('eachWay');
  const holder = clock.enter();
  expect(await invoke(FUNCTION, { way, pauseMs: TEN_MINUTES })).toEqual({ payload });
  holder.leave();
  const before = passed();

  expect(await invoke(FUNCTION, { way: 'rest', pauseMs: TEN_MINUTES })).toEqual({ payload: 'slept' });
  expect(passed() - before).toBeGreaterThanOrEqual(TEN_MINUTES);
});
