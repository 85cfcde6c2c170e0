import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signedFetch, signedHeaders, startApi } from './running-api.ts';

const run = promisify(execFile);
const curl = spawnSync('curl', ['--help', 'auth']).stdout?.includes('--aws-sigv4') ?? false;

const MINUTES = 60_000;
/** A time to sign with: that of the test, not that at which its table was made. */
const minutesFromNow = (minutes: number) => (): Date => new Date(Date.now() + minutes * MINUTES);

let api: Awaited<ReturnType<typeof startApi>>;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const order = JSON.stringify({ name: 'tea', count: 1 });
const post = { method: 'POST', body: order, headers: { 'content-type': 'application/json', 'x-trace': 't' } };

const told = async (answer: Response) => [
  answer.status,
  answer.headers.get('x-amzn-errortype'),
  ((await answer.json()) as { readonly message: string }).message,
];

describe("the signature of AWS's own signer is taken", () => {
  test.each([
    ['without a body', '/orders/17', {}],
    ['with a body', '/orders?dry=1', post],
    ['with the session token of local functions', '/orders/17', { sessionToken: 'local' }],
    ['with an encoded path', '/orders/a%2Fb%20c%3A', {}],
    ['with a query to encode', '/orders/17?b=%C3%A4%20%2B&a=2&a=1&c=&d=x%27y', {}],
    ['of a moment ago', '/orders/17', { signingDate: minutesFromNow(-4) }],
  ])('%s', async (_name, path, request) => {
    const answer = await signedFetch(`${api.url}${path}`, request);

    expect(await answer.json()).toMatchObject({
      requestContext: {
        identity: {
          accessKey: 'local',
          accountId: '111122223333',
          caller: 'LOCAL',
          user: 'LOCAL',
          userArn: 'arn:aws:iam::111122223333:user/local',
        },
      },
    });
  });

  test('and does not reach the function', async () => {
    const answer = await signedFetch(`${api.url}/orders/17`, { headers: { 'x-kept': 'yes' } });

    const { headers } = (await answer.json()) as { readonly headers: object };
    expect(Object.keys(headers)).toContain('x-kept');
    expect(Object.keys(headers).map((name) => name.toLowerCase())).not.toContain('authorization');
  });
});

(curl ? test : test.skip)('the signature of curl is taken', async () => {
  const { stdout } = await run('curl', [
    ...['--silent', '--aws-sigv4', 'aws:amz:us-west-2:execute-api', '--user', 'local:local'],
    ...['--header', 'content-type: application/json', '--header', 'x-trace: t', '--data', order],
    `${api.url}/orders?dry=1`,
  ]);

  expect(JSON.parse(stdout)).toMatchObject({ body: order, requestContext: { identity: { accessKey: 'local' } } });
});

describe('a signature is refused', () => {
  test('when there is none', async () => {
    expect(await told(await fetch(`${api.url}/orders/17`))).toEqual([
      403,
      'MissingAuthenticationTokenException',
      'Missing Authentication Token',
    ]);
  });

  const INVALID = 'InvalidSignatureException';
  test.each([
    ['by another secret', { secretAccessKey: 'other' }, INVALID, /^The request signature we calculated does not match/],
    ['for another Region', { region: 'eu-west-1' }, INVALID, /valid region, not 'eu-west-1'\. $/],
    [
      'for another service',
      { service: 'lambda' },
      INVALID,
      /^Credential should be scoped to correct service: 'execute-api'\. $/,
    ],
    [
      'of six minutes ago',
      { signingDate: minutesFromNow(-6) },
      INVALID,
      /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 5 min\.\)$/,
    ],
    [
      'of six minutes to come',
      { signingDate: minutesFromNow(6) },
      INVALID,
      /^Signature not yet current: .* is still later than .* \+ 5 min\.\)$/,
    ],
    ['by an unknown key', { accessKeyId: 'AKIAOTHER' }, 'UnrecognizedClientException', /^The security token included/],
    ['with another token', { sessionToken: 'x' }, 'UnrecognizedClientException', /is invalid\.$/],
  ])('%s', async (_name, request, type, message) => {
    const answer = await signedFetch(`${api.url}/orders/17`, request);

    expect(await told(answer)).toEqual([403, type, expect.stringMatching(message)]);
  });

  test('when the request was changed afterwards, with what should have been signed', async () => {
    const { host: _host, ...headers } = await signedHeaders(`${api.url}/orders?dry=1`, post);

    const answer = await fetch(`${api.url}/orders?dry=2`, { method: 'POST', body: order, headers });

    const [status, type, message] = await told(answer);
    expect([status, type]).toEqual([403, INVALID]);
    expect(message).toContain(
      "should have been\n'POST\n/v1/orders\ndry=2\ncontent-type:application/json\nhost:127.0.0.1:",
    );
    expect(message).toContain("The String-to-Sign should have been\n'AWS4-HMAC-SHA256\n");
  });

  const INCOMPLETE = 'IncompleteSignatureException';
  const whole = 'AWS4-HMAC-SHA256 Credential=local/20260101/us-west-2/execute-api/aws4_request, ';
  const digits = 'a'.repeat(64);
  test.each([
    ['of another kind', 'Bearer secret-token', INCOMPLETE, /^Invalid key=value pair \(missing equal-sign\)/],
    [
      'without its parts',
      'AWS4-HMAC-SHA256 Credential=a',
      INCOMPLETE,
      /^Authorization header requires 'Signature' parameter\. Authorization header requires 'SignedHeaders' parameter\. \(Hashed/,
    ],
    ['that is too short', `${whole}SignedHeaders=host;x-amz-date, Signature=abc`, INCOMPLETE, /64 hexadecimal digits/],
    [
      'that leaves the host out',
      `${whole}SignedHeaders=x-amz-date, Signature=${digits}`,
      INVALID,
      /^'Host' or ':authority' must be/,
    ],
    ['that leaves the time out', `${whole}SignedHeaders=host, Signature=${digits}`, INVALID, /^'X-Amz-Date' must be/],
    [
      'by another algorithm',
      `AWS4-X Credential=a, SignedHeaders=host;x-amz-date, Signature=${digits}`,
      INCOMPLETE,
      /^Unsupported AWS 'algorithm': 'AWS4-X'/,
    ],
    [
      'with half a credential',
      `AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host;x-amz-date, Signature=${digits}`,
      INCOMPLETE,
      /must have exactly 5 slash-delimited elements/,
    ],
    [
      'of another day, to another end',
      `AWS4-HMAC-SHA256 Credential=local/20200101/us-west-2/execute-api/aws5, SignedHeaders=host;x-amz-date, Signature=${digits}`,
      INVALID,
      /^Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5'\. Date in Credential scope does not match/,
    ],
  ])('%s', async (_name, authorization, type, message) => {
    const now = `${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;

    const answer = await fetch(`${api.url}/orders/17`, { headers: { authorization, 'x-amz-date': now } });

    const answered = await told(answer);
    expect(answered).toEqual([403, type, expect.stringMatching(message)]);
    expect(JSON.stringify(answered)).not.toContain('secret-token');
  });

  test.each([
    ['without a time', undefined, /requires existence of either a 'X-Amz-Date'/],
    ['with a time of another form', 'yesterday', /^Date must be in ISO-8601 'basic format'\. Got 'yesterday'/],
  ])('%s', async (_name, date, message) => {
    const authorization = `${whole}SignedHeaders=host;x-amz-date, Signature=${digits}`;
    const headers = { authorization, ...(date === undefined ? {} : { 'x-amz-date': date }) };

    const answer = await fetch(`${api.url}/orders/17`, { headers });

    expect(await told(answer)).toEqual([403, INCOMPLETE, expect.stringMatching(message)]);
  });
});

test('a method for everybody takes a request with any header', async () => {
  const answer = await fetch(`${api.url}/orders/17`, { method: 'DELETE', headers: { authorization: 'Bearer mine' } });

  expect(await answer.json()).toMatchObject({
    headers: { authorization: 'Bearer mine' },
    requestContext: { identity: { accessKey: null, userArn: null } },
  });
});
