import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { accessLog, startApi } from './running-api.ts';

let api: Awaited<ReturnType<typeof startApi>>;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

interface RawRequest {
  readonly method?: string;
  /** Names and values in turn, as they go over the wire. */
  readonly headers?: readonly string[];
  readonly body?: string | Buffer;
}

/** Sends headers as they are, unlike fetch. */
const raw = (path: string, { method = 'GET', headers = [], body }: RawRequest = {}) =>
  new Promise<{ readonly status: number; readonly headers: readonly string[]; readonly body: string }>(
    (resolve, reject) => {
      const { port, host } = new URL(api.url);
      const length = body === undefined ? [] : ['Content-Length', String(Buffer.byteLength(body))];
      const all = ['Host', host, ...headers, ...length];
      const sent = request({ host: '127.0.0.1', port, path: `/v1${path}`, method, headers: all }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.rawHeaders,
            body: Buffer.concat(parts).toString(),
          }),
        );
      });
      sent.on('error', reject).end(body);
    },
  );

const event = async (path: string, more?: RawRequest) => JSON.parse((await raw(path, more)).body);

describe('the event', () => {
  test('has every field of format 1.0, and null for what is empty', async () => {
    const { port, host } = new URL(api.url);
    const before = Date.now();

    const got = await event('/orders/latest', { headers: ['User-Agent', 'tests/1.0'] });

    const headers = {
      Host: host,
      'User-Agent': 'tests/1.0',
      'X-Amzn-Trace-Id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
      'X-Forwarded-For': '127.0.0.1',
      'X-Forwarded-Port': port,
      'X-Forwarded-Proto': 'http',
    };
    expect(got).toEqual({
      resource: '/orders/latest',
      path: '/orders/latest',
      httpMethod: 'GET',
      headers,
      multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: null,
      stageVariables: { color: 'green' },
      requestContext: {
        accountId: '111122223333',
        apiId: api.deployment.apis[0]?.restApiId,
        deploymentId: expect.stringMatching(/^[a-z0-9]{6}$/),
        domainName: host,
        domainPrefix: '127',
        extendedRequestId: expect.any(String),
        httpMethod: 'GET',
        identity: {
          accessKey: null,
          accountId: null,
          caller: null,
          cognitoAuthenticationProvider: null,
          cognitoAuthenticationType: null,
          cognitoIdentityId: null,
          cognitoIdentityPoolId: null,
          principalOrgId: null,
          sourceIp: '127.0.0.1',
          user: null,
          userAgent: 'tests/1.0',
          userArn: null,
        },
        path: '/v1/orders/latest',
        protocol: 'HTTP/1.1',
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        requestTime: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        requestTimeEpoch: expect.any(Number),
        resourceId: expect.stringMatching(/^[a-z0-9]{6}$/),
        resourcePath: '/orders/latest',
        stage: 'v1',
      },
      body: null,
      isBase64Encoded: false,
    });
    expect(got.requestContext.requestTimeEpoch).toBeGreaterThanOrEqual(before);
  });

  test('has the last of several values, and all of them', async () => {
    const got = await event('/?kind=a&kind=b&empty=&text=%C3%A4+%2B', { headers: ['X-One', '1', 'X-One', '2'] });

    expect(got.queryStringParameters).toEqual({ kind: 'b', empty: '', text: 'ä +' });
    expect(got.multiValueQueryStringParameters).toEqual({ kind: ['a', 'b'], empty: [''], text: ['ä +'] });
    expect([got.headers['X-One'], got.multiValueHeaders['X-One']]).toEqual(['2', ['1', '2']]);
  });

  test('has names of headers as they were sent, and none of those that concern the connection', async () => {
    const got = await event('/files/a', {
      method: 'POST',
      headers: ['aCcEpT', '*/*', 'Connection', 'close', 'TE', 'trailers', 'X-Forwarded-For', '10.0.0.1'],
      body: 'text',
    });

    expect(got.headers.aCcEpT).toBe('*/*');
    expect(got.headers['X-Forwarded-For']).toBe('10.0.0.1, 127.0.0.1');
    expect(Object.keys(got.headers)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(Connection|TE)$/)]));
    expect(got.headers['Content-Length']).toBeUndefined();
    expect(got.body).toBe('text');
  });

  test('has a path as it was sent', async () => {
    const got = await event('/files/a%20b/ä?x=1'.replace('ä', '%C3%A4'));

    expect([got.path, got.requestContext.path]).toEqual(['/files/a%20b/%C3%A4', '/v1/files/a%20b/%C3%A4']);
  });
});

const answering = (answer: unknown) => raw(`/open/answer?answer=${encodeURIComponent(JSON.stringify(answer))}`);

const pairsOf = ({ headers }: { readonly headers: readonly string[] }) =>
  headers.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${headers[index + 1]}`] : []));

describe("the function's answer", () => {
  test('becomes status, headers and body', async () => {
    const got = await answering({ statusCode: 201, headers: { 'X-Made': 'yes', 'X-Flag': true }, body: 'ä' });

    expect([got.status, got.body]).toEqual([201, 'ä']);
    expect(pairsOf(got)).toEqual(
      expect.arrayContaining(['X-Made: yes', 'X-Flag: true', 'Content-Type: application/json', 'Content-Length: 2']),
    );
  });

  test('may have a header more than once, which then comes from multiValueHeaders only', async () => {
    const got = await answering({
      statusCode: '200',
      headers: { 'set-cookie': 'lost', 'content-type': 'text/plain' },
      multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] },
    });

    expect(pairsOf(got)).toEqual(
      expect.arrayContaining(['content-type: text/plain', 'Set-Cookie: a=1', 'Set-Cookie: b=2']),
    );
    expect(pairsOf(got)).not.toContain('set-cookie: lost');
  });

  test('has no body with status 204', async () => {
    const got = await answering({ statusCode: 204, body: 'lost' });

    expect([got.status, got.body]).toEqual([204, '']);
    expect(pairsOf(got).join()).not.toContain('Content-Length');
  });

  test('has headers of the connection under other names, or not at all', async () => {
    const headers = { Date: 'then', Server: 'mine', Via: 'me', 'x-amzn-RequestId': 'mine', 'Content-Length': '7' };

    const got = await answering({ statusCode: 200, headers, body: 'b' });

    expect(pairsOf(got)).toEqual(
      expect.arrayContaining([
        'X-Amzn-Remapped-Date: then',
        'X-Amzn-Remapped-Server: mine',
        'X-Amzn-Remapped-x-amzn-RequestId: mine',
        'Content-Length: 1',
      ]),
    );
    expect(pairsOf(got).join()).not.toContain('Via');
  });

  test('keeps base64 as text, as the API has no binary media types', async () => {
    expect(await answering({ statusCode: 200, body: 'YQ==', isBase64Encoded: true })).toMatchObject({ body: 'YQ==' });
  });

  test.each<[string, unknown]>([
    ['nothing', null],
    ['a text', 'done'],
    ['a list', []],
    ['no status', { body: 'a' }],
    ['a status that is none', { statusCode: 'ok' }],
    ['a status out of range', { statusCode: 99 }],
    ['a body that is no text', { statusCode: 200, body: { a: 1 } }],
    ['another field', { statusCode: 200, cookies: [] }],
    ['headers that are none', { statusCode: 200, headers: 'x' }],
    ['a header that is an object', { statusCode: 200, headers: { a: {} } }],
    ['a header that HTTP does not allow', { statusCode: 200, headers: { a: 'x\ny' } }],
    ['a list of one value', { statusCode: 200, multiValueHeaders: { a: 'x' } }],
    ['base64 or not', { statusCode: 200, isBase64Encoded: 'yes' }],
  ])('is malformed: %s', async (_name, answer) => {
    const got = await answering(answer);

    expect([got.status, got.body]).toEqual([502, '{"broken":"DEFAULT_5XX"}']);
    expect(pairsOf(got)).toContain('x-amzn-ErrorType: InternalServerErrorException');
    expect((await accessLog(api.account)).at(-1)).toMatchObject({
      ...{ status: '502', lambda: '200', function: '-', error: 'Malformed Lambda proxy response' },
    });
  });
});
