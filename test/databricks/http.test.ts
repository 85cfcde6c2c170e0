import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { Agent } from 'undici';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { DatabricksError } from '../../lambda/databricks/databricks-error.ts';
import { createDatabricksHttp } from '../../lambda/databricks/http.ts';
import { createAgent, createTransport } from '../../lambda/databricks/transport.ts';
import { FakeTime, failureOfAct, numberedTokens } from './client-bench.ts';
import { opened } from './opened.ts';
import { type Answerer, breakConnection, inTurn, json, startServer, stayMute, text } from './scripted-server.ts';

const { bench, server, closeLater } = opened();

const read = { method: 'GET', path: '/api/thing', answer: 'thing' } as const;
const create = { method: 'POST', path: '/api/thing', body: { name: 'x' }, answer: 'thing' } as const;
const repeatableWrite = { ...create, repeatable: true } as const;

describe('a request', () => {
  test('carries token, agent, query and JSON body', async () => {
    const { http, server } = await bench(json(200, { ok: true }));
    const query = { update_mask: 'a,b', states: ['RUNNING', 'PENDING'], scope: 'my/branch' };

    await http.request({ ...create, query });

    const [seen] = server.seen;
    expect(seen?.headers.authorization).toBe('Bearer token-1');
    expect(seen?.headers['user-agent']).toBe('databricks-security-automation/1.2.3');
    expect(seen?.headers['content-type']).toBe('application/json');
    expect(seen?.body).toBe('{"name":"x"}');
    expect(seen?.query.get('update_mask')).toBe('a,b');
    expect(seen?.query.getAll('states')).toEqual(['RUNNING', 'PENDING']);
    expect(seen?.query.get('scope')).toBe('my/branch');
  });

  test('brings int64 ids through unharmed', async () => {
    const { http } = await bench(text(200, '{"workspace_id":9223372036854775807}'));
    expect((await http.request(read)).at('workspace_id').id()).toBe('9223372036854775807');
  });

  test.each([200, 201, 202, 204])('succeeds with %i', async (status) => {
    const { http } = await bench(text(status, ''));
    expect((await http.request(create)).raw).toBeUndefined();
  });

  test('without a body in its answer names what is missing once it is read', async () => {
    const { http, server } = await bench(text(200, ''));
    const answer = await http.request(read);
    expect(() => answer.at('id')).toThrow(`GET ${server.url}/api/thing: thing: found nothing, wanted an object`);
  });
});

describe('repeating', () => {
  test.each([
    ['429', text(429, '')],
    ['503', text(503, '')],
    ['RESOURCE_EXHAUSTED with 400', json(400, { error_code: 'RESOURCE_EXHAUSTED', message: 'x' })],
    ['no worker environment', json(500, { message: 'Unknown worker environment WorkerEnvId(x)' })],
  ])('also a create after %s', async (_what, answerer) => {
    const { http, server, time } = await bench(inTurn(answerer, answerer, json(201, { id: 'a' })));

    const answer = await http.request(create);

    expect(answer.at('id').id()).toBe('a');
    expect(server.seen).toHaveLength(3);
    expect(http.calls()).toBe(3);
    expect(time.pauses).toEqual([500, 1_000]);
  });

  test.each([500, 502, 504])('a read after %i', async (status) => {
    const { http, server } = await bench(inTurn(text(status, ''), json(200, {})));
    await http.request(read);
    expect(server.seen).toHaveLength(2);
  });

  test('a repeatable write after a 500', async () => {
    const { http, server } = await bench(inTurn(text(500, ''), json(200, {})));
    await http.request(repeatableWrite);
    expect(server.seen).toHaveLength(2);
  });

  test.each([
    ['a 500', text(500, '')],
    ['a broken connection', breakConnection],
    ['a timeout', stayMute],
  ])('never a create after %s: its outcome is unknown', async (_what, answerer) => {
    const { http, server } = await bench(answerer, { requestTimeoutMs: 300 });

    const failure = await failureOfAct(() => http.request(create));

    expect(failure.name).toBe(FAILURE.databricksOutcomeUnknown);
    expect(failure.message).toContain('look before asking again');
    expect(server.seen).toHaveLength(1);
    expect(http.calls()).toBe(1);
  });

  test('a read after a broken connection', async () => {
    const { http, server } = await bench(inTurn(breakConnection, json(200, {})));
    await http.request(read);
    expect(server.seen).toHaveLength(2);
  });

  test('a read whose answer breaks off in the middle', async () => {
    const half: Answerer = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"id":');
      setImmediate(() => response.destroy());
    };
    const { http, server } = await bench(inTurn(half, json(200, { id: 'a' })));
    expect((await http.request(read)).at('id').id()).toBe('a');
    expect(server.seen).toHaveLength(2);
  });

  test('a create whose connection is refused: nothing was sent', async () => {
    const gone = await startServer(json(200, {}));
    await gone.close();
    const dispatcher = createAgent();
    closeLater(() => dispatcher.destroy());
    const time = new FakeTime();
    const http = createDatabricksHttp({
      baseUrl: gone.url,
      api: 'account',
      tokens: numberedTokens(),
      transport: createTransport({ dispatcher, version: '1' }),
      sleep: time.sleep,
      now: time.now,
      random: () => 1,
    });

    const failure = await failureOfAct(() => http.request(create));

    expect(failure.name).toBe(FAILURE.databricksUnreachable);
    expect(failure.message).toContain(`no connection to 127.0.0.1:${gone.port}`);
    expect(failure.message).toContain('(4 tries)');
    expect(time.pauses).toEqual([500, 1_000, 2_000]);
    expect(http.calls()).toBe(0);
  });

  test('stops after four tries', async () => {
    const { http, server } = await bench(text(503, ''));
    const failure = await failureOfAct(() => http.request(read));
    expect(failure.name).toBe(FAILURE.databricksUnavailable);
    expect(server.seen).toHaveLength(4);
  });

  test.each([
    ['whole seconds', '2', 2_000],
    ['fractional seconds', '1.58', 1_580],
    ['an HTTP date', 'Mon, 04 May 2026 12:00:09 GMT', 9_000],
  ])('waits as Retry-After says in %s', async (_form, header, pause) => {
    const { http, time } = await bench(inTurn(text(429, '', { 'retry-after': header }), json(200, {})));
    await http.request(read);
    expect(time.pauses).toEqual([pause]);
  });

  test('stops early enough to report', async () => {
    const slow = text(429, '', { 'retry-after': '30' });
    const { http, server, time } = await bench(slow, { remainingMs: () => 20_000 });
    const failure = await failureOfAct(() => http.request(read));
    expect(failure.name).toBe(FAILURE.databricksThrottled);
    expect(server.seen).toHaveLength(1);
    expect(time.pauses).toEqual([]);
  });

  test('does not begin without time to end', async () => {
    const { http, server } = await bench(json(200, {}), { remainingMs: () => 2_000 });
    const failure = await failureOfAct(() => http.request(create));
    expect(failure.name).toBe(FAILURE.databricksUnavailable);
    expect(server.seen).toHaveLength(0);
  });

  test.each([400, 403, 404, 409])('never after %i', async (status) => {
    const { http, server } = await bench(text(status, ''));
    await failureOfAct(() => http.request(read));
    expect(server.seen).toHaveLength(1);
  });
});

describe('the invocation ends', () => {
  test('a read in flight is given up', async () => {
    const ends = new AbortController();
    const { http } = await bench(() => ends.abort(), { signal: ends.signal });
    const failure = await failureOfAct(() => http.request(read));
    expect(failure.name).toBe(FAILURE.databricksUnavailable);
    expect(failure.message).toContain('because the invocation ends');
  });

  test('a create in flight has an unknown outcome', async () => {
    const ends = new AbortController();
    const { http } = await bench(() => ends.abort(), { signal: ends.signal });
    const failure = await failureOfAct(() => http.request(create));
    expect(failure.name).toBe(FAILURE.databricksOutcomeUnknown);
  });

  test('a pause is cut short and the refusal before it reported', async () => {
    const ends = new AbortController();
    const throttle: Answerer = (request, response) => {
      response.on('finish', () => ends.abort());
      return text(429, '', { 'retry-after': '5' })(request, response);
    };
    const { http } = await bench(throttle, { signal: ends.signal });
    const failure = await failureOfAct(() => http.request(read));
    expect([FAILURE.databricksThrottled, FAILURE.databricksUnavailable]).toContain(failure.name);
  });
});

describe('a token that is refused', () => {
  test('is dropped and the request sent once more with a new one, also a create', async () => {
    const { http, server, tokens } = await bench(inTurn(text(401, ''), json(201, { id: 'a' })));
    await http.request(create);
    expect(tokens.dropped).toEqual(['token-1']);
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(http.calls()).toBe(2);
  });

  test('twice is a failure', async () => {
    const { http, server } = await bench(json(401, { error_code: 'UNAUTHENTICATED', message: 'no' }));
    const failure = await failureOfAct(() => http.request(read));
    expect(failure.name).toBe(FAILURE.databricksUnauthenticated);
    expect(server.seen).toHaveLength(2);
  });

  test('in the middle of a series does not use up a try', async () => {
    const { http, server } = await bench(
      inTurn(text(503, ''), text(401, ''), text(503, ''), text(503, ''), json(200, {})),
    );
    await http.request(read);
    expect(server.seen).toHaveLength(5);
  });
});

describe('a redirect', () => {
  test('to another host is an error and never receives the token', async () => {
    const other = await server(json(200, { stolen: true }));
    const { http } = await bench(text(307, '', { location: `${other.url}/api/thing?state=abc` }));

    const failure = await failureOfAct(() => http.request(create));

    expect(failure.name).toBe(FAILURE.databricksAnswerUnreadable);
    expect(failure.message).toContain(`redirect to 127.0.0.1:${other.port}`);
    expect(failure.message).not.toContain('abc');
    expect(other.seen).toHaveLength(0);
  });

  test('within the host is not followed either', async () => {
    const { http, server } = await bench(text(302, '', { location: '/login.html' }));
    const failure = await failureOfAct(() => http.request(read));
    expect(failure.name).toBe(FAILURE.databricksAnswerUnreadable);
    expect(server.seen).toHaveLength(1);
  });

  test('of PrivateLink is a missing permission', async () => {
    const location = '/login.html?error=private-link-validation-error:1';
    const { http } = await bench(text(302, '', { location }), { api: 'workspace' });
    const failure = await failureOfAct(() => http.request(read));
    expect(failure.name).toBe(FAILURE.databricksPermissionDenied);
    expect(failure.message).toContain('PrivateLink');
  });
});

describe('an answer that cannot be read', () => {
  test.each([
    ['a sign-in page', '<!DOCTYPE html><html>Sign in</html>', { 'content-type': 'text/html' }, 'sign-in page'],
    ['other text', 'fine, thanks', {}, '12 characters that are not JSON'],
    ['half a JSON', '{"id":', {}, '6 characters that are not JSON'],
  ])('%s with 200 is refused', async (_what, body, headers, problem) => {
    const { http } = await bench(text(200, body, headers));
    const failure = await failureOfAct(() => http.request(read));
    expect(failure.name).toBe(FAILURE.databricksAnswerUnreadable);
    expect(failure.message).toContain(problem);
    expect(failure.message).not.toContain('thanks');
  });

  test('because it is too large is refused', async () => {
    const { http } = await bench(text(200, JSON.stringify('x'.repeat(2_000))), { maxAnswerBytes: 1_000 });
    const failure = await failureOfAct(() => http.request(read));
    expect(failure.name).toBe(FAILURE.databricksAnswerUnreadable);
    expect(failure.message).toContain('larger than this client reads');
  });
});

describe('a failure', () => {
  test('names method, URL, code and words, and what to do', async () => {
    const refusal = json(403, { error_code: 'PERMISSION_DENIED', message: 'nope' });
    const { http, server } = await bench(refusal);
    const failure = await failureOfAct(() => http.request({ ...read, query: { q: 'sesame' } }));
    expect(failure).toBeInstanceOf(DatabricksError);
    expect(failure).toMatchObject({
      name: FAILURE.databricksPermissionDenied,
      method: 'GET',
      path: '/api/thing',
      status: 403,
      code: 'PERMISSION_DENIED',
      serverMessage: 'nope',
      message: `GET ${server.url}/api/thing: 403 PERMISSION_DENIED "nope"; give the service principal the account admin role`,
    });
  });

  test('of a workspace names the workspace role', async () => {
    const { http } = await bench(text(403, ''), { api: 'workspace' });
    const failure = await failureOfAct(() => http.request(read));
    expect(failure.message).toContain('workspace admin role');
  });
});

describe('connecting', () => {
  const clientOf = (baseUrl: string, dispatcher: Agent) => {
    closeLater(() => dispatcher.destroy());
    const time = new FakeTime();
    const transport = createTransport({ dispatcher, version: '1' });
    const tokens = numberedTokens();
    const http = createDatabricksHttp({
      baseUrl,
      api: 'account',
      tokens,
      transport,
      sleep: time.sleep,
      now: time.now,
      random: () => 1,
    });
    return { http, time };
  };

  test('where TLS fails is given up at once', async () => {
    const plain = await server(json(200, {}));
    const { http, time } = clientOf(`https://127.0.0.1:${plain.port}`, createAgent());
    const failure = await failureOfAct(() => http.request(read));
    expect(failure.name).toBe(FAILURE.databricksUnreachable);
    expect(failure.message).toContain(`no trusted connection to 127.0.0.1:${plain.port}`);
    expect(time.pauses).toEqual([]);
    expect(plain.seen).toHaveLength(0);
  });

  test('that breaks before anything was sent is repeated, also for a create', async () => {
    let connections = 0;
    const hangsUp = createTcpServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => {
      hangsUp.listen(0, '127.0.0.1', resolve);
    });
    closeLater(() => new Promise((resolve) => hangsUp.close(() => resolve())));
    const { port } = hangsUp.address() as AddressInfo;
    const { http } = clientOf(`https://127.0.0.1:${port}`, createAgent());

    const failure = await failureOfAct(() => http.request(create));

    expect(failure.name).toBe(FAILURE.databricksUnreachable);
    expect(connections).toBe(4);
    expect(http.calls()).toBe(0);
  });

  test('where the name does not resolve names the host', async () => {
    const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    const agent = new Agent({ connect: { lookup: (_host, _options, answer) => answer(unknown, '', 4) } });
    const { http } = clientOf('https://accounts.example.test', agent);
    const failure = await failureOfAct(() => http.request(create));
    expect(failure.name).toBe(FAILURE.databricksUnreachable);
    expect(failure.message).toContain('the name accounts.example.test could not be resolved');
  });

  test('over plain http to another host is refused before anything is sent', () => {
    expect(() => clientOf('http://accounts.cloud.databricks.com', createAgent())).toThrow(
      expect.objectContaining({ name: FAILURE.settingsInvalid }),
    );
  });
});

test('each try is told to the observer without query, body or header', async () => {
  const { http, server, tries } = await bench(inTurn(text(503, ''), breakConnection, json(200, {})));
  await http.request({ ...read, query: { q: 'sesame' } });
  expect(tries).toEqual([
    { method: 'GET', url: `${server.url}/api/thing`, attempt: 1, outcome: 503, durationMs: 0 },
    { method: 'GET', url: `${server.url}/api/thing`, attempt: 2, outcome: 'reset', durationMs: 0 },
    { method: 'GET', url: `${server.url}/api/thing`, attempt: 3, outcome: 200, durationMs: 0 },
  ]);
});
