import { afterEach, describe, expect, test } from '@jest/globals';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { needsRefresh } from '../../lambda/databricks/access-token.ts';
import type { ClientCredentials, CredentialSource } from '../../lambda/databricks/credential-secret.ts';
import { createDatabricksHttp } from '../../lambda/databricks/http.ts';
import { TokenCache } from '../../lambda/databricks/token-cache.ts';
import { workspaceTokenUrl } from '../../lambda/databricks/token-request.ts';
import { createAgent, createTransport } from '../../lambda/databricks/transport.ts';
import { Sensitive } from '../../lambda/domain/sensitive.ts';
import { FakeTime, failureOfAct } from './client-bench.ts';
import { type Answerer, breakConnection, inTurn, json, startServer, text } from './scripted-server.ts';

const HOUR = 3_600;
const MINUTE_MS = 60_000;
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

const person = (clientId: string, secret: string): ClientCredentials => ({
  clientId,
  clientSecret: new Sensitive(secret),
});

const always =
  (credentials: ClientCredentials): CredentialSource =>
  async () =>
    credentials;

const bench = async (answerer: Answerer, credentials: CredentialSource = always(person('id', 'secret'))) => {
  const server = await startServer(answerer);
  const dispatcher = createAgent();
  const transport = createTransport({ dispatcher, version: '1' });
  const time = new FakeTime();
  const cache = new TokenCache({ transport, sleep: time.sleep, now: time.now, random: () => 1 });
  const url = workspaceTokenUrl(server.url);
  open.push({
    close: async () => {
      await dispatcher.destroy();
      await server.close();
    },
  });
  return { server, transport, time, cache, url, tokens: cache.source(url, credentials) };
};

/** token-1, token-2, ..., each for an hour. */
const numbered = (life: unknown = HOUR): Answerer => {
  let count = 0;
  return (request, response) => {
    count += 1;
    return json(200, { access_token: `token-${count}`, token_type: 'Bearer', expires_in: life })(request, response);
  };
};

test('asks with client credentials in HTTP Basic, form encoded', async () => {
  const { server, tokens } = await bench(numbered(), always(person('0987-id', 'a+b c:d%ü')));

  await tokens.get({});

  const [seen] = server.seen;
  expect(seen?.method).toBe('POST');
  expect(seen?.path).toBe('/oidc/v1/token');
  expect(seen?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  expect(Object.fromEntries(new URLSearchParams(seen?.body))).toEqual({
    grant_type: 'client_credentials',
    scope: 'all-apis',
  });
  const basic = Buffer.from(seen?.headers.authorization?.replace('Basic ', '') ?? '', 'base64').toString();
  expect(basic).toBe('0987-id:a%2Bb+c%3Ad%25%C3%BC');
});

describe('a held token', () => {
  test('is used until five minutes before its end', async () => {
    const { server, time, tokens } = await bench(numbered());
    expect((await tokens.get({})).reveal()).toBe('token-1');
    time.pass(55 * MINUTE_MS - 1);
    expect((await tokens.get({})).reveal()).toBe('token-1');
    time.pass(1);
    expect((await tokens.get({})).reveal()).toBe('token-2');
    expect(server.seen).toHaveLength(2);
  });

  test('that lives shorter is renewed after half its life', () => {
    const token = { value: new Sensitive('x'), askedAt: 0, expiresAt: 2 * MINUTE_MS };
    expect(needsRefresh(token, MINUTE_MS - 1)).toBe(false);
    expect(needsRefresh(token, MINUTE_MS)).toBe(true);
  });

  test('is forgotten when dropped, a newer one is not', async () => {
    const { server, tokens } = await bench(numbered());
    const first = await tokens.get({});
    tokens.drop(first);
    const second = await tokens.get({});
    tokens.drop(first);
    expect(await tokens.get({})).toBe(second);
    expect(server.seen).toHaveLength(2);
  });

  test('belongs to one client id and one endpoint', async () => {
    const { server, cache, url } = await bench(numbered());
    await cache.source(url, always(person('a', 's'))).get({});
    await cache.source(url, always(person('b', 's'))).get({});
    await cache.source(`${url}/other`, always(person('a', 's'))).get({});
    await cache.source(url, always(person('a', 's'))).get({});
    expect(server.seen).toHaveLength(3);
  });

  test('serves sources made for later invocations', async () => {
    const { server, cache, url } = await bench(numbered());
    const first = await cache.source(url, always(person('a', 's'))).get({});
    expect(await cache.source(url, always(person('a', 's'))).get({})).toBe(first);
    expect(server.seen).toHaveLength(1);
  });
});

describe('callers at the same time', () => {
  test('share one request', async () => {
    const { server, tokens } = await bench(numbered());
    const got = await Promise.all([tokens.get({}), tokens.get({}), tokens.get({})]);
    expect(got.map((token) => token.reveal())).toEqual(['token-1', 'token-1', 'token-1']);
    expect(server.seen).toHaveLength(1);
  });

  test('share its failure, and the next caller asks again', async () => {
    const { server, tokens } = await bench(inTurn(text(403, ''), numbered()));
    const results = await Promise.allSettled([tokens.get({}), tokens.get({})]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect((await tokens.get({})).reveal()).toBe('token-1');
    expect(server.seen).toHaveLength(2);
  });

  test('do not stop each other: one gives up, the other gets the token', async () => {
    const ends = new AbortController();
    const answerWhenStopped: Answerer = (request, response) => {
      ends.abort();
      return numbered()(request, response);
    };
    const { server, tokens } = await bench(answerWhenStopped);
    const [stopped, patient] = await Promise.allSettled([tokens.get({ signal: ends.signal }), tokens.get({})]);
    expect(stopped).toMatchObject({ status: 'rejected', reason: { name: FAILURE.databricksUnavailable } });
    expect(patient.status).toBe('fulfilled');
    expect(server.seen).toHaveLength(1);
  });
});

describe('the answer', () => {
  test('may give its life as text', async () => {
    const { server, time, tokens } = await bench(numbered('3600'));
    await tokens.get({});
    time.pass(30 * MINUTE_MS);
    await tokens.get({});
    expect(server.seen).toHaveLength(1);
  });

  test.each([
    ['without a token', json(200, { token_type: 'Bearer', expires_in: 1 }), 'without access_token'],
    ['with an empty token', json(200, { access_token: '', expires_in: 1 }), 'without access_token'],
    ['without a life', json(200, { access_token: 'x' }), 'without a usable expires_in'],
    ['with a life that is over', json(200, { access_token: 'x', expires_in: 0 }), 'without a usable expires_in'],
    ['with a life that is no number', json(200, { access_token: 'x', expires_in: 'x' }), 'without a usable expires_in'],
    ['that is a page', text(200, '<html>sign in</html>'), 'without a JSON object'],
    ['that is a redirect', text(302, '', { location: 'https://login.example.com/' }), 'redirect to login.example.com'],
  ])('%s is refused', async (_what, answerer, problem) => {
    const { server, tokens } = await bench(answerer);
    const failure = await failureOfAct(() => tokens.get({}));
    expect(failure.name).toBe(FAILURE.databricksAnswerUnreadable);
    expect(failure.message).toContain(`POST ${server.url}/oidc/v1/token`);
    expect(failure.message).toContain(problem);
  });
});

describe('the token endpoint', () => {
  test.each([
    ['429', text(429, '')],
    ['502', text(502, '')],
    ['503', text(503, '')],
    ['504', text(504, '')],
    ['a throttle in OAuth words', json(400, { error: 'invalid_request', error_description: 'Temporarily throttled' })],
    ['a broken connection', breakConnection],
  ])('is asked again after %s', async (_what, answerer) => {
    const { server, time, tokens } = await bench(inTurn(answerer, numbered()));
    expect((await tokens.get({})).reveal()).toBe('token-1');
    expect(server.seen).toHaveLength(2);
    expect(time.pauses).toEqual([500]);
  });

  test('is waited for as Retry-After says', async () => {
    const { time, tokens } = await bench(inTurn(text(429, '', { 'retry-after': '3' }), numbered()));
    await tokens.get({});
    expect(time.pauses).toEqual([3_000]);
  });

  test('that refuses the client tells what to check', async () => {
    const { server, tokens } = await bench(json(401, { error: 'invalid_client', error_description: 'no such client' }));
    const failure = await failureOfAct(() => tokens.get({}));
    expect(failure.name).toBe(FAILURE.databricksUnauthenticated);
    expect(failure.message).toContain('401 invalid_client "no such client"; check client id and secret');
    expect(server.seen).toHaveLength(1);
  });
});

describe('a secret that was rotated', () => {
  const rotated: Answerer = (request, response) => {
    const basic = Buffer.from(request.headers.authorization?.slice(6) ?? '', 'base64').toString();
    return basic === 'id:new'
      ? numbered()(request, response)
      : json(401, { error: 'invalid_client' })(request, response);
  };

  test('is read afresh once when the known one is refused', async () => {
    const asked: boolean[] = [];
    const { server, tokens } = await bench(rotated, async ({ fresh }) => {
      asked.push(fresh);
      return person('id', fresh ? 'new' : 'old');
    });
    expect((await tokens.get({})).reveal()).toBe('token-1');
    expect(asked).toEqual([false, true]);
    expect(server.seen).toHaveLength(2);
  });

  test('is not tried again if it is still the same', async () => {
    const { server, tokens } = await bench(rotated, always(person('id', 'old')));
    const failure = await failureOfAct(() => tokens.get({}));
    expect(failure.name).toBe(FAILURE.databricksUnauthenticated);
    expect(server.seen).toHaveLength(1);
  });
});

test('a token that ends between two requests is renewed between them, and once more when the server refuses it early', async () => {
  let issued = 0;
  const { server, transport, time, tokens } = await bench((request, response) => {
    if (request.path === '/oidc/v1/token') {
      issued += 1;
      return json(200, { access_token: `token-${issued}`, expires_in: HOUR })(request, response);
    }
    const isRevoked = request.headers.authorization === 'Bearer token-2';
    return isRevoked ? text(401, '')(request, response) : json(200, {})(request, response);
  });
  const http = createDatabricksHttp({
    baseUrl: server.url,
    api: 'workspace',
    tokens,
    transport,
    sleep: time.sleep,
    now: time.now,
    random: () => 1,
  });

  await http.request({ method: 'GET', path: '/api/thing', answer: 'thing' });
  time.pass(59 * MINUTE_MS);
  await http.request({ method: 'GET', path: '/api/thing', answer: 'thing' });

  const sent = server.seen.filter(({ path }) => path === '/api/thing').map(({ headers }) => headers.authorization);
  expect(sent).toEqual(['Bearer token-1', 'Bearer token-2', 'Bearer token-3']);
  expect(http.calls()).toBe(3);
});
