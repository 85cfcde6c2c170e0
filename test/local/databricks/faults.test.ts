import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../../local/databricks/faults.ts';
import { ACME, field, KEY_1, requestToken, run } from './running-simulator.ts';

const KEYS = '/customer-managed-keys';
const NEW_KEY = { use_cases: ['STORAGE'], aws_key_info: { key_arn: KEY_1 } };
const ON_KEYS = { path: '/customer-managed-keys$' } as const;

describe('faults', () => {
  test.each<readonly [Fault, number, string]>([
    [{ kind: 'throttled', retryAfterSeconds: 7, ...ON_KEYS }, 429, 'REQUEST_LIMIT_EXCEEDED'],
    [{ kind: 'throttled', ...ON_KEYS }, 429, 'REQUEST_LIMIT_EXCEEDED'],
    [{ kind: 'server-error', ...ON_KEYS }, 500, 'INTERNAL_ERROR'],
    [{ kind: 'unavailable', ...ON_KEYS }, 503, 'TEMPORARILY_UNAVAILABLE'],
    [{ kind: 'bad-gateway', ...ON_KEYS }, 502, '<pre>Bad Gateway</pre>'],
    [{ kind: 'login-page', ...ON_KEYS }, 200, 'Sign In'],
    [{ kind: 'text-error', status: 400, code: 'INVALID_STATE', message: 'no', ...ON_KEYS }, 400, 'INVALID_STATE: no'],
    [{ kind: 'numeric-error', status: 403, message: 'no', ...ON_KEYS }, 403, '"error_code":403'],
    [{ kind: 'answer', status: 418, body: 'teapot', contentType: 'text/plain', ...ON_KEYS }, 418, 'teapot'],
  ])('%j strikes once, without effect', async (fault, status, part) => {
    const { account } = await run({}, { faults: [fault] });

    const struck = await account('POST', KEYS, NEW_KEY);
    const next = await account('GET', KEYS);

    expect(struck.status).toBe(status);
    expect(struck.text).toContain(part);
    expect(next).toMatchObject({ status: 200, body: [] });
  });

  test('throttles with Retry-After only when told to', async () => {
    const { account } = await run(
      {},
      {
        faults: [
          { kind: 'throttled', retryAfterSeconds: 7, ...ON_KEYS },
          { kind: 'throttled', ...ON_KEYS },
        ],
      },
    );

    expect((await account('GET', KEYS)).headers.get('retry-after')).toBe('7');
    expect((await account('GET', KEYS)).headers.get('retry-after')).toBeNull();
  });

  test('an empty 409 has no body at all', async () => {
    const { account } = await run({}, { faults: [{ kind: 'empty-conflict', ...ON_KEYS }] });

    expect(await account('GET', KEYS)).toMatchObject({ status: 409, text: '' });
  });

  test('pages of HTML say so', async () => {
    const { account } = await run({}, { faults: [{ kind: 'login-page', ...ON_KEYS }] });

    expect((await account('GET', KEYS)).headers.get('content-type')).toContain('text/html');
  });

  test.each([
    [false, 0],
    [true, 1],
  ])('a connection cut with tookEffect %s leaves %s configurations behind', async (tookEffect, count) => {
    const { account, simulator } = await run({}, { faults: [{ kind: 'reset', tookEffect, ...ON_KEYS }] });

    await expect(account('POST', KEYS, NEW_KEY)).rejects.toThrow();

    expect((await account('GET', KEYS)).body).toHaveLength(count);
    expect(simulator.control.requests()[1]).toMatchObject({ method: 'POST', status: 'reset', fault: 'reset' });
  });

  test('a server error can take effect too', async () => {
    const { account } = await run({}, { faults: [{ kind: 'server-error', tookEffect: true, ...ON_KEYS }] });

    expect((await account('POST', KEYS, NEW_KEY)).status).toBe(500);
    expect((await account('GET', KEYS)).body).toHaveLength(1);
  });

  test('a slow answer comes', async () => {
    const { account } = await run({}, { faults: [{ kind: 'slow', realMs: 1, ...ON_KEYS }] });

    expect((await account('POST', KEYS, NEW_KEY)).status).toBe(201);
  });

  test('a caller who gives up on a slow answer does not undo what was asked', async () => {
    const { account, simulator } = await run({}, { faults: [{ kind: 'slow', realMs: 600_000, ...ON_KEYS }] });
    const { accountHost, accountId, clientId, clientSecret } = simulator;
    const token = field(
      await requestToken(`${accountHost}/oidc/accounts/${accountId}/v1/token`, clientId, clientSecret),
      'access_token',
    );
    const giveUp = new AbortController();

    const abandoned = fetch(`${accountHost}/api/2.0/accounts/${accountId}${KEYS}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(NEW_KEY),
      signal: giveUp.signal,
    });
    while (simulator.control.requests().at(-1)?.fault !== 'slow') await new Promise((turn) => setImmediate(turn));
    giveUp.abort();

    await expect(abandoned).rejects.toThrow();
    expect((await account('GET', KEYS)).body).toHaveLength(1);
  });

  test('a dropped token is refused from then on, and a new one works', async () => {
    const { simulator } = await run();
    const host = `${simulator.accountHost}/api/2.0/accounts/${simulator.accountId}`;
    const issuer = `${simulator.accountHost}/oidc/accounts/${simulator.accountId}/v1/token`;
    const token = async () =>
      String(field(await requestToken(issuer, simulator.clientId, simulator.clientSecret), 'access_token'));
    const list = async (bearer: string) =>
      (await fetch(`${host}${KEYS}`, { headers: { authorization: `Bearer ${bearer}` } })).status;
    const first = await token();
    const good = await list(first);
    simulator.control.addFault({ kind: 'token-dropped', ...ON_KEYS });

    const statuses = [good, await list(first), await list(first), await list(await token())];

    expect(statuses).toEqual([200, 401, 401, 200]);
  });

  test('matches by method, path and workspace, the next so many times', async () => {
    const other = { ...ACME, id: '42', deploymentName: 'other' };
    const { account, workspace } = await run(
      { workspaces: [ACME, other] },
      {
        faults: [
          { kind: 'server-error', method: 'GET', workspace: 'acme', path: '/clusters/', times: 2 },
          { kind: 'unavailable', workspace: '42', method: 'GET' },
        ],
      },
    );
    const list = () => workspace('GET', '/api/2.1/clusters/list').then(({ status }) => status);

    expect((await workspace('POST', '/api/2.1/clusters/delete', { cluster_id: 'x' })).status).toBe(400);
    expect((await workspace('GET', '/api/2.0/sql/warehouses')).status).toBe(200);
    expect([await list(), await list(), await list()]).toEqual([500, 500, 200]);
    expect((await account('GET', '/workspaces/123456789')).status).toBe(200);
    expect((await account('GET', '/workspaces/42')).status).toBe(503);
  });

  test('a probable fault strikes the same requests again with the same seed', async () => {
    const statuses = async (randomSeed: number) => {
      const fault: Fault = { kind: 'server-error', probability: 0.5, ...ON_KEYS };
      const { account } = await run({}, { faults: [fault], randomSeed });
      const seen: number[] = [];
      for (let request = 0; request < 20; request += 1) seen.push((await account('GET', KEYS)).status);
      return seen;
    };

    const first = await statuses(7);

    expect(new Set(first)).toEqual(new Set([200, 500]));
    expect(await statuses(7)).toEqual(first);
    expect(await statuses(8)).not.toEqual(first);
  });

  test('the token endpoint can fail as well', async () => {
    const { account } = await run({}, { faults: [{ kind: 'unavailable', path: '/oidc/' }] });

    expect((await account('GET', KEYS)).status).toBe(401);
  });

  test('a fault that is counted and probable at once is refused', async () => {
    const { simulator } = await run();

    expect(() => simulator.control.addFault({ kind: 'reset', times: 1, probability: 1 })).toThrow('either times');
  });

  test('faults can be cleared', async () => {
    const { account, simulator } = await run({}, { faults: [{ kind: 'server-error', times: 5 }] });

    simulator.control.clearFaults();

    expect((await account('GET', KEYS)).status).toBe(200);
  });
});
