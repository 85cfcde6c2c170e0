import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { createDatabricksHttp } from '../../lambda/databricks/http.ts';
import { TokenCache } from '../../lambda/databricks/token-cache.ts';
import { accountTokenUrl } from '../../lambda/databricks/token-request.ts';
import { createAgent, createTransport } from '../../lambda/databricks/transport.ts';
import { Sensitive } from '../../lambda/domain/sensitive.ts';
import { FakeTime, failureOfAct } from './client-bench.ts';
import {
  type Answerer,
  breakConnection,
  json,
  type SeenRequest,
  startServer,
  stayMute,
  text,
} from './scripted-server.ts';

const SECRET = 'canary-client-secret';
const TOKEN = 'canary-access-token';
const BODY = 'canary-request-body';
const QUERY = 'canary-query-value';
const CANARIES = [SECRET, TOKEN, BODY, QUERY, Buffer.from(`id:${SECRET}`).toString('base64')];

/** Everything a log could print of an error: message, stack, fields, causes. */
const everything = (error: unknown): string =>
  [inspect(error, { depth: 20, showHidden: true }), JSON.stringify(error), String(error)].join('\n');

/** What a careless server could repeat, in its own words. */
const echo = (request: SeenRequest): string => `you sent ${request.headers.authorization ?? ''} to me`;

const isTokenRequest = ({ path }: SeenRequest): boolean => path.startsWith('/oidc/');

const failWith = async (answerer: Answerer, tokenAnswerer?: Answerer): Promise<Error> => {
  const server = await startServer((request, response) => {
    if (!isTokenRequest(request)) return answerer(request, response);
    const given = tokenAnswerer ?? json(200, { access_token: TOKEN, expires_in: 3_600 });
    return given(request, response);
  });
  const dispatcher = createAgent();
  const transport = createTransport({ dispatcher, version: '1', maxAnswerBytes: 10_000 });
  const time = new FakeTime();
  const tools = { transport, sleep: time.sleep, now: time.now, random: () => 1 };
  const credentials = { clientId: 'id', clientSecret: new Sensitive(SECRET) };
  const tokens = new TokenCache(tools).source(accountTokenUrl(server.url, 'account'), async () => credentials);
  const http = createDatabricksHttp({ ...tools, baseUrl: server.url, api: 'account', tokens, requestTimeoutMs: 300 });
  const call = {
    method: 'POST',
    path: '/api/x',
    query: { q: QUERY },
    body: { string_value: BODY },
    answer: 'x',
  } as const;
  const failure = await failureOfAct(async () => (await http.request(call)).at('id').id());
  await dispatcher.destroy();
  await server.close();
  return failure;
};

const echoed =
  (status: number, code?: string): Answerer =>
  (request, response) =>
    json(status, { ...(code === undefined ? {} : { error_code: code }), message: echo(request) })(request, response);

describe('no secret shows up in', () => {
  test.each<[string, Answerer, string]>([
    ['Unauthenticated', echoed(401), FAILURE.databricksUnauthenticated],
    ['PermissionDenied', echoed(403), FAILURE.databricksPermissionDenied],
    ['NotFound', echoed(404), FAILURE.databricksNotFound],
    ['Conflict', echoed(409), FAILURE.databricksConflict],
    ['LimitReached', echoed(400, 'RESOURCE_LIMIT_EXCEEDED'), FAILURE.databricksLimitReached],
    ['Refused', echoed(400), FAILURE.databricksRefused],
    [
      'Refused, as text',
      (request, response) => text(400, `NO: ${echo(request)}`)(request, response),
      FAILURE.databricksRefused,
    ],
    [
      'Refused, as HTML',
      (request, response) => text(400, `<pre>${echo(request)}</pre>`)(request, response),
      FAILURE.databricksRefused,
    ],
    ['Refused, token as code', json(400, { error_code: TOKEN, message: '' }), FAILURE.databricksRefused],
    ['Throttled', echoed(429), FAILURE.databricksThrottled],
    ['Unavailable', echoed(503), FAILURE.databricksUnavailable],
    ['OutcomeUnknown by 500', echoed(500), FAILURE.databricksOutcomeUnknown],
    ['OutcomeUnknown by reset', breakConnection, FAILURE.databricksOutcomeUnknown],
    ['OutcomeUnknown by timeout', stayMute, FAILURE.databricksOutcomeUnknown],
    [
      'OutcomeUnknown by bytes that are not HTTP',
      (request, response) => {
        response.socket?.end(`${TOKEN} ${BODY} ${echo(request)}\r\n\r\n`);
      },
      FAILURE.databricksOutcomeUnknown,
    ],
    ['OutcomeUnknown by an answer too large', text(200, `"${BODY.repeat(1_000)}"`), FAILURE.databricksOutcomeUnknown],
    ['AnswerUnreadable by a page', text(200, `<html>${TOKEN} ${BODY}</html>`), FAILURE.databricksAnswerUnreadable],
    ['AnswerUnreadable by half a JSON', text(200, `{"a":"${BODY}`), FAILURE.databricksAnswerUnreadable],
    ['AnswerUnreadable by a wrong field', json(200, { id: [BODY, TOKEN] }), FAILURE.databricksAnswerUnreadable],
    [
      'AnswerUnreadable by a redirect',
      text(302, '', { location: `https://x.example/${TOKEN}?q=${QUERY}` }),
      FAILURE.databricksAnswerUnreadable,
    ],
  ])('%s', async (_kind, answerer, name) => {
    const failure = await failWith(answerer);
    expect(failure.name).toBe(name);
    const printed = everything(failure);
    for (const canary of CANARIES) expect(printed).not.toContain(canary);
  });

  test.each<[string, Answerer]>([
    [
      'a refused client',
      (request, response) =>
        json(401, { error: 'invalid_client', error_description: `${echo(request)} ${SECRET}` })(request, response),
    ],
    ['a forbidden client', (request, response) => text(403, echo(request))(request, response)],
    ['an endpoint that is busy', echoed(503)],
    ['a token without life', json(200, { access_token: TOKEN })],
    ['a page', text(200, `<html>${SECRET}</html>`)],
    ['a reset', breakConnection],
  ])('the failure of a token request: %s', async (_kind, tokenAnswerer) => {
    const printed = everything(await failWith(json(200, {}), tokenAnswerer));
    for (const canary of CANARIES) expect(printed).not.toContain(canary);
  });
});
