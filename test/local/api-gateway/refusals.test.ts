import { afterEach, describe, expect, test } from '@jest/globals';
import { LocalClock } from '../../../local/clock.ts';
import { accessLog, resource, signedFetch, startApi } from './running-api.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const started: typeof startApi = async (settings) => {
  const api = await startApi(settings);
  closing.push(api.close);
  return api;
};

describe('a function that', () => {
  test('fails is a bad gateway, and its error goes to the access log only', async () => {
    const { url, account } = await started();

    const answer = await fetch(`${url}/open/fail`);

    expect([answer.status, await answer.text()]).toEqual([502, '{"broken":"INTEGRATION_FAILURE"}']);
    expect(await accessLog(account)).toMatchObject([
      {
        ...{ path: '/open/fail', status: '502', lambda: '200', function: '-', type: 'INTEGRATION_FAILURE' },
        error: 'Lambda Customer Function Error: the scope is full',
      },
    ]);
  });

  test('Lambda does not call is an error of the server', async () => {
    const { url, account } = await started();

    const answer = await fetch(`${url}/open/busy`);

    expect(answer.status).toBe(500);
    expect(await accessLog(account)).toMatchObject([{ status: '500', lambda: '429', error: 'Rate Exceeded.' }]);
  });

  test('rests for less than the timeout is waited for, in no time', async () => {
    const { url } = await started();

    const answer = await fetch(`${url}/open/pause?ms=28000`);

    expect([answer.status, await answer.text()]).toEqual([200, 'rested']);
  });

  test('rests for longer is given up', async () => {
    const { url, account } = await started();
    const before = account.clock.now();

    const answer = await fetch(`${url}/open/pause?ms=60000`);

    expect([answer.status, answer.headers.get('x-amzn-errortype')]).toEqual([504, 'InternalServerErrorException']);
    expect(await answer.text()).toBe('{"broken":"INTEGRATION_TIMEOUT"}');
    expect(account.clock.now() - before).toBeGreaterThanOrEqual(29_000);
  });

  test('has as much time as the integration gives it', async () => {
    const { url } = await started({
      change: (template) => {
        const { Integration } = resource(template, 'Method', 'ApiopenpauseGET').Properties;
        (Integration as { TimeoutInMillis?: number }).TimeoutInMillis = 5_000;
      },
    });

    expect((await fetch(`${url}/open/pause?ms=6000`)).status).toBe(504);
    expect((await fetch(`${url}/open/pause?ms=4000`)).status).toBe(200);
  });
});

test('a body of 10 MB is read, a larger one is refused in plain text whatever the API says', async () => {
  const { url, account } = await started();
  const send = (bytes: number) => fetch(`${url}/files/a`, { method: 'POST', body: 'x'.repeat(bytes) });

  const [most, more] = [await send(10_485_760), await send(10_485_761)];

  // Read, but more than the 6 MB that Lambda takes.
  expect(most.status).toBe(500);
  expect([more.status, more.headers.get('content-type')]).toEqual([413, 'text/plain']);
  expect(await more.text()).toBe('HTTP content length exceeded 10485760 bytes.');
  expect((await accessLog(account)).map(({ status }) => status)).toEqual(['500', '413']);
});

describe('gateway responses', () => {
  test('of an own type give status, headers, content type and body', async () => {
    const { url } = await started();

    const answer = await fetch(`${url}/orders`, {
      method: 'PUT',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });

    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('x-why')).toBe('model');
    expect(await answer.json()).toEqual({
      title: 'Invalid request body',
      detail: '[object has missing required properties (["count","name"])]',
      type: 'BAD_REQUEST_BODY',
      id: answer.headers.get('x-amzn-requestid'),
    });
  });

  test('of the hundred stand in for all others, with the status that they give', async () => {
    const { url } = await started({
      change: (template) => {
        const { Properties } = resource(template, 'GatewayResponse', 'ApiBadBody');
        Object.assign(Properties, { ResponseType: 'DEFAULT_4XX', StatusCode: '418', ResponseTemplates: {} });
        Object.assign(Properties.ResponseParameters as object, {
          'gatewayresponse.header.content-type': "'text/plain'",
        });
      },
    });

    const answer = await fetch(`${url}/nothing`);

    expect([answer.status, answer.headers.get('x-why')]).toEqual([418, 'model']);
    expect(answer.headers.get('content-type')).toBe('text/plain');
    expect(await answer.json()).toEqual({ message: 'Missing Authentication Token' });
  });
});

describe('throttling', () => {
  test('lets as many requests through as the bucket holds, and fills it with time', async () => {
    const clock = new LocalClock(() => 1_800_000_000_000);
    const { url } = await started({ clock });
    const ask = async () => (await fetch(`${url}/orders/latest`)).status;

    expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 429]);
    clock.advance(2_000);
    expect([await ask(), await ask()]).toEqual([200, 429]);
    clock.advance(3_600_000);
    expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 429]);
  });

  test('tells the caller, and is no matter of other methods', async () => {
    const { url, account } = await started({ clock: new LocalClock(() => 1_800_000_000_000) });
    for (let asked = 0; asked < 2; asked += 1) await fetch(`${url}/orders/latest`);

    const answer = await fetch(`${url}/orders/latest`);

    expect(answer.headers.get('x-amzn-errortype')).toBe('TooManyRequestsException');
    expect(await answer.json()).toEqual({ message: 'Too Many Requests' });
    expect((await accessLog(account)).at(-1)).toMatchObject({ status: '429', type: 'THROTTLED' });
    expect((await fetch(url)).status).toBe(200);
  });

  test('has the limits of the stage for all other methods', async () => {
    const { url } = await started({ clock: new LocalClock(() => 1_800_000_000_000) });
    const all = await Promise.all(Array.from({ length: 51 }, () => fetch(`${url}/open/answer`)));

    expect(all.map(({ status }) => status).toSorted()).toEqual([429, ...Array.from({ length: 50 }, () => 502)]);
  });
});

test('the access log has a line for every request', async () => {
  const { url, account } = await started();

  const first = await signedFetch(`${url}/orders/17`, { headers: { 'user-agent': 'a "quoted" one' } });
  const length = (await first.text()).length;
  const second = await fetch(`${url}/nothing`);

  expect(await accessLog(account)).toEqual([
    {
      id: first.headers.get('x-amzn-requestid'),
      extended: first.headers.get('x-amz-apigw-id'),
      caller: 'arn:aws:iam::111122223333:user/local',
      agent: 'a "quoted" one',
      ...{ method: 'GET', path: '/orders/{id}', status: '200', length: String(length), function: '200', lambda: '200' },
      ...{ error: '-', type: '-', validation: '-', stranger: '-' },
    },
    {
      id: second.headers.get('x-amzn-requestid'),
      extended: second.headers.get('x-amz-apigw-id'),
      ...{
        caller: '-',
        agent: 'node',
        method: 'GET',
        path: '-',
        status: '403',
        length: '42',
        function: '-',
        lambda: '-',
      },
      ...{ error: '-', type: 'MISSING_AUTHENTICATION_TOKEN', validation: '-', stranger: '-' },
    },
  ]);
});

test('a request that has ended holds no time', async () => {
  const { url, account } = await started();
  for (const path of ['', '/nothing', '/open/fail', '/open/pause?ms=60000']) await fetch(`${url}${path}`);

  const actor = account.clock.enter();
  const hour = account.clock.now() + 3_600_000;
  await actor.sleepUntil(hour);

  expect(account.clock.now()).toBeGreaterThanOrEqual(hour);
  actor.leave();
});
