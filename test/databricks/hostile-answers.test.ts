import { describe, expect, test } from '@jest/globals';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { AccountWorkspaces } from '../../lambda/databricks/account-workspaces.ts';
import { retryAfterMs } from '../../lambda/databricks/backoff.ts';
import { workspaceBaseUrl } from '../../lambda/databricks/base-url.ts';
import { readPages } from '../../lambda/databricks/pages.ts';
import { TokenCache } from '../../lambda/databricks/token-cache.ts';
import { accountTokenUrl } from '../../lambda/databricks/token-request.ts';
import { createAgent, createTransport } from '../../lambda/databricks/transport.ts';
import { WorkspaceCompute } from '../../lambda/databricks/workspace-compute.ts';
import { Sensitive } from '../../lambda/domain/sensitive.ts';
import { FakeTime, failureOfAct, NOON } from './client-bench.ts';
import { opened } from './opened.ts';
import { inTurn, json, text } from './scripted-server.ts';

const { bench, server, closeLater } = opened();

const read = { method: 'GET', path: '/api/thing', answer: 'thing' } as const;
const write = { method: 'POST', path: '/api/thing', body: { string_value: 'hunter2' }, answer: 'thing' } as const;

describe.each([301, 302, 303, 307, 308])('a redirect with %i to another host', (status) => {
  test('gets neither the token nor the body', async () => {
    const thief = await server(json(200, {}));
    const { http } = await bench(text(status, '', { location: `${thief.url}/api/thing` }));

    for (const call of [read, write]) {
      const failure = await failureOfAct(() => http.request(call));
      expect(failure.name).toBe(FAILURE.databricksAnswerUnreadable);
      expect(failure.message).toContain('redirects are not followed');
    }
    expect(thief.seen).toEqual([]);
  });

  test('gets no client secret from a request for a token', async () => {
    const thief = await server(json(200, { access_token: 'theirs', expires_in: 3600 }));
    const host = await server(text(status, '', { location: `${thief.url}/oidc/v1/token` }));
    const dispatcher = createAgent();
    closeLater(() => dispatcher.destroy());
    const { now, sleep } = new FakeTime();
    const cache = new TokenCache({
      ...{ transport: createTransport({ dispatcher, version: '1' }), sleep, now, random: () => 1 },
    });
    const credentials = async () => ({ clientId: 'id', clientSecret: new Sensitive('hunter2') });

    const failure = await failureOfAct(() => cache.source(accountTokenUrl(host.url, 'a'), credentials).get({}));

    expect(failure.name).toBe(FAILURE.databricksAnswerUnreadable);
    expect(host.seen).toHaveLength(1);
    expect(thief.seen).toEqual([]);
  });
});

describe('the host of a workspace', () => {
  const TEMPLATE = 'https://{deployment_name}.cloud.databricks.com';

  test.each([
    ['evil.example/'],
    ['evil.example#'],
    ['evil.example?'],
    ['evil.example\\'],
    ['evil.example:443/'],
    ['token@evil.example/'],
    ['evil%2eexample%2f'],
    ['evil。example'],
    ['evil\n'],
    ['evil\u0000'],
    ['{deployment_name}'],
    ['$&'],
    ['xn--\u2488'],
    ['__proto__'],
  ])('is never made of the name %j', (name) => {
    expect(() => workspaceBaseUrl(TEMPLATE, name)).toThrow(
      expect.objectContaining({ name: FAILURE.databricksAnswerUnreadable }),
    );
  });

  test('stays in the domain of the configuration, whatever one label is called', () => {
    for (const name of ['localhost', 'evil-example', '0', 'accounts', '\u212a1']) {
      expect(new URL(workspaceBaseUrl(TEMPLATE, name)).hostname).toMatch(/^[a-z0-9-]+\.cloud\.databricks\.com$/);
    }
  });
});

describe('an answer', () => {
  test.each([
    ['lists without an end', '['.repeat(500_000)],
    ['half a million lists', '['.repeat(500_000) + ']'.repeat(500_000)],
    ['objects in objects', `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`],
  ])('of %s is refused', async (_what, body) => {
    const { http } = await bench(text(200, body));
    const failure = await failureOfAct(() => http.request(read));
    expect(failure.name).toBe(FAILURE.databricksAnswerUnreadable);
    expect(failure.message.length).toBeLessThan(200);
  });

  test('that names members of the prototype gives nothing a new meaning', async () => {
    const hostile = { workspace_id: 1, is_admin: true };
    const body = `{"__proto__":${JSON.stringify(hostile)},"constructor":{"prototype":${JSON.stringify(hostile)}}}`;
    const { http } = await bench(text(200, body));
    const answer = await http.request(read);
    expect(() => answer.at('workspace_id').id()).toThrow('thing.workspace_id: found nothing, wanted an id');
    expect(Object.hasOwn(Object.prototype, 'is_admin')).toBe(false);
  });

  test.each([
    ['null', null],
    ['a text', 'workspaces'],
    ['a list of null', [null]],
    ['a list of lists', [[]]],
    ['an object for the list', { workspaces: { 0: { workspace_id: 1 } } }],
    ['a list for an id', [{ workspace_id: [1] }]],
    ['an object for a name', [{ workspace_id: 1, workspace_name: { toString: 'x' } }]],
  ])('that holds %s is refused with the place', async (_what, body) => {
    const { http } = await bench(json(200, body));
    const failure = await failureOfAct(() => new AccountWorkspaces(http, 'account').list());
    expect(failure.name).toBe(FAILURE.databricksAnswerUnreadable);
    expect(failure.message).toMatch(/: workspaces\S*: found .+, wanted /);
  });
});

describe('pages', () => {
  const list = { path: '/api/things', list: 'things' };

  test('that never end are given up', async () => {
    let page = 0;
    const { http, server: host } = await bench((request, response) => {
      page += 1;
      return json(200, { things: [{}], next_page_token: `page ${page}` })(request, response);
    });
    const failure = await failureOfAct(() => readPages(http, list));
    expect(failure.name).toBe(FAILURE.databricksAnswerUnreadable);
    expect(failure.message).toContain('answer.next_page_token: found a token on page 1000, wanted an end');
    expect(host.seen).toHaveLength(1_000);
  });

  test('in a circle are given up', async () => {
    const tokens = ['a', 'b', 'c', 'a'];
    const pages = tokens.map((token) => json(200, { things: [{}], next_page_token: token }));
    const { http, server: host } = await bench(inTurn(...pages));
    const failure = await failureOfAct(() => readPages(http, list));
    expect(failure.message).toContain('found a token that came before');
    expect(host.seen).toHaveLength(4);
  });

  test('of very many items are read', async () => {
    const things = Array.from({ length: 300_000 }, () => 0);
    const { http } = await bench(json(200, { things }));
    expect(await readPages(http, list)).toHaveLength(things.length);
  });
});

describe('Retry-After', () => {
  test.each([
    ['a hundred years', 3_600_000, '3153600000'],
    ['more digits than a number has', 3_600_000, '9'.repeat(400)],
    ['a date in a thousand years', 3_600_000, 'Mon, 04 May 3026 12:00:00 GMT'],
    ['a date that is past', 0, 'Mon, 04 May 2015 12:00:00 GMT'],
    ['less than nothing', undefined, '-5'],
    ['no number', undefined, 'NaN'],
    ['another notation', undefined, '1e9'],
    ['words', undefined, 'x'.repeat(5_000)],
  ])('of %s is %j', (_what, expected, header) => {
    expect(retryAfterMs(header, NOON)).toBe(expected);
  });

  test('that is longer than the invocation ends it at once', async () => {
    const started = await bench(text(429, '', { 'retry-after': '9'.repeat(400) }), { remainingMs: () => 900_000 });
    const failure = await failureOfAct(() => started.http.request(read));
    expect(failure.name).toBe(FAILURE.databricksThrottled);
    expect(started.time.pauses).toEqual([]);
  });
});

/** Each took minutes while it was read in more than one pass; a test that does that again does not end in its time. */
describe('a page of a megabyte that is made to keep its reader busy', () => {
  const LENGTH = 1_000_000;

  test.each([
    ['beginnings without an end', '<pre>'.repeat(LENGTH / 5), ''],
    ['tags without an end', `<pre>${'<'.repeat(LENGTH)}</pre>`, '<<<'],
    ['blanks', `<pre>down${' '.repeat(LENGTH)}for now</pre>`, 'down for now'],
    ['periods', `<pre>down${'.'.repeat(LENGTH)}x</pre>`, 'down...'],
    ['words that begin like a known one', `{"message":"${'worker env '.repeat(LENGTH / 11)}"}`, 'worker env'],
  ])('of %s is a refusal like any other', async (_what, body, words) => {
    const { http } = await bench(text(400, body));
    const failure = await failureOfAct(() => http.request(read));
    expect(failure.name).toBe(FAILURE.databricksRefused);
    expect(failure.message).toContain(words);
    expect(failure.message.length).toBeLessThan(700);
  });
});

describe('words of others', () => {
  const HOSTILE = 'x\r\n- all is well\u001b[2K\u001b[1A\u009b31m\u2028\u202egnp.exe\u0000';
  const BROKEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

  test('stay on one line of a failure', async () => {
    for (const answerer of [
      json(400, { error_code: 'BAD_REQUEST', message: HOSTILE }),
      json(400, { error_code: HOSTILE, message: HOSTILE }),
      text(400, `<html><pre>${HOSTILE}</pre></html>`, { 'content-type': 'text/html' }),
    ]) {
      const { http } = await bench(answerer);
      const { message } = await failureOfAct(() => http.request(read));
      expect(message).toContain('- all is well');
      expect(message).not.toMatch(BROKEN);
    }
  });

  test('stay on one line as names of workspaces and compute', async () => {
    const wire = { workspace_id: 1, deployment_name: 'a', aws_region: 'us-west-2', workspace_status: 'RUNNING' };
    const { http } = await bench(json(200, [{ ...wire, workspace_name: HOSTILE, workspace_status_message: HOSTILE }]));
    const [found] = await new AccountWorkspaces(http, 'account').list();
    expect(found?.name).toMatch(/^x - all is well/);
    expect(JSON.stringify(found)).not.toMatch(/\\[nru]|[\u007f-\u009f\u2028\u202e]/);

    const clusters = { clusters: [{ cluster_id: 'c', cluster_name: HOSTILE, state: 'RUNNING', cluster_source: 'UI' }] };
    const { http: workspace } = await bench((request, response) =>
      json(200, request.path.includes('/clusters/') ? clusters : {})(request, response),
    );
    const units = await new WorkspaceCompute(workspace).list();
    expect(JSON.stringify(units)).toContain('- all is well');
    expect(JSON.stringify(units)).not.toMatch(/\\[nru]|[\u007f-\u009f\u2028\u202e]/);
  });
});
