import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { CredentialsRefused, NotReachable } from '../../cli/failures.ts';
import { REQUEST_ID, refusal } from './answer.ts';
import { ApiServer } from './api-server.ts';
import { eachServer } from './each-server.ts';
import { CREDENTIALS, dbsa } from './run-dbsa.ts';
import { signatureObjections } from './signature.ts';

let server: ApiServer;
eachServer((one) => {
  server = one;
});

const times = (count: number, fault: ApiServer['faults'][number]): void => {
  for (let index = 0; index < count; index += 1) server.faults.push(fault);
};

describe('signatures', () => {
  // The other tests have every request verified; these show that the verification bites.
  test('the test refuses a signature of another secret', async () => {
    server.credentials = { ...CREDENTIALS, secretAccessKey: 'another secret access key' };
    const { code } = await dbsa(server, 'keys list', {
      aws: { credentials: () => async () => CREDENTIALS },
    });

    expect(code).toBe(5);
    expect(server.complaints.splice(0)).toEqual([expect.stringMatching(/^the signature does not verify/)]);
  });

  test('the test refuses a signature for another Region', async () => {
    const { code } = await dbsa(server, 'keys list --region eu-central-1');

    expect(code).toBe(5);
    expect(server.complaints.splice(0)).toEqual([
      'signed for eu-central-1, not us-west-2',
      expect.stringMatching(/^the signature does not verify/),
    ]);
  });

  test('the test takes no request without one', () => {
    const request = { method: 'GET', target: '/', headers: { host: 'example.amazonaws.com' }, body: '' };

    expect(signatureObjections(request, { region: 'us-east-1', credentials: CREDENTIALS })).toEqual([
      expect.stringContaining('malformed'),
    ]);
  });

  test('credentials without a session token are good', async () => {
    server.credentials = { accessKeyId: CREDENTIALS.accessKeyId, secretAccessKey: CREDENTIALS.secretAccessKey };

    expect((await dbsa(server, 'keys list')).code).toBe(0);
  });

  test('each try is signed anew, with its own time', async () => {
    server.faults.push({
      fault: { status: 429, body: { message: null }, headers: { 'retry-after': '7' } },
      after: true,
    });
    await dbsa(server, 'keys list');

    expect(server.calls.map(({ amzDate }) => amzDate)).toEqual(['20260801T120000Z', '20260801T120007Z']);
  });
});

describe('what may pass is tried again', () => {
  test.each([429, 502, 503, 504])('%i, a few times', async (status) => {
    times(3, { fault: { status, body: { message: 'Later' } } });
    const { code, slept, err } = await dbsa(server, 'keys list');

    expect(code).toBe(0);
    expect(slept).toEqual([375, 750, 1500]);
    expect(err.split('\n')[0]).toBe(
      `GET ${server.url}/v1/key-configurations answered ${status}; trying again in 0.4 s`,
    );
  });

  test('a broken connection', async () => {
    times(3, { fault: 'break' });
    const { code, slept } = await dbsa(server, 'secrets sync');

    expect([code, slept.length]).toEqual([0, 3]);
  });

  test('a server that says nothing', async () => {
    server.faults.push({ fault: 'mute' });
    const { code, err } = await dbsa(server, 'keys list', { timeoutMs: 1000 });

    expect(code).toBe(0);
    expect(err).toContain('no answer (nothing came within 1 s); trying again');
  });

  test('but not for ever', async () => {
    times(9, { fault: refusal(503, 'Unknown', 'later') });
    const { code, slept, err } = await dbsa(server, 'keys list');

    expect([code, slept.length, server.faults.length]).toEqual([4, 3, 5]);
    expect(err).toContain('answered 503 Unknown: It cannot be done\n  later\n');
  });

  test('as late as Retry-After asks for, in seconds or as a date', async () => {
    times(1, { fault: { status: 429, body: {}, headers: { 'retry-after': '4' } } });
    times(1, { fault: { status: 503, body: {}, headers: { 'retry-after': 'Sat, 01 Aug 2026 12:00:10 GMT' } } });

    expect((await dbsa(server, 'keys list')).slept).toEqual([4000, 6000]);
  });

  test('unless that is too late', async () => {
    times(1, { fault: { status: 429, body: { message: 'Limit Exceeded' }, headers: { 'retry-after': '3600' } } });
    const { code, slept, err } = await dbsa(server, 'keys list');

    expect([code, slept]).toEqual([3, []]);
    expect(err).toContain('  Limit Exceeded\n');
  });

  test('a deletion whose answer was lost is told from one that was refused', async () => {
    server.faults.push({ fault: 'break', after: true });
    const { code, err } = await dbsa(server, 'keys delete cmk-2');

    expect(code).toBe(3);
    expect(err).toContain('An earlier try of this command may have done it: its answer was lost.');
  });
});

describe('what does not pass is told at once', () => {
  test.each([400, 404, 409, 422])('%i ends with 3', async (status) => {
    times(1, { fault: refusal(status, 'InputInvalid', 'no') });
    const { code, slept } = await dbsa(server, 'keys list');

    expect([code, slept]).toEqual([3, []]);
  });

  test('500 ends with 4, and says where more stands', async () => {
    times(1, { fault: refusal(500, 'Unknown', 'look into the logs with the request id') });
    const { code, slept, err } = await dbsa(server, 'keys list');

    expect([code, slept]).toEqual([4, []]);
    expect(err).toContain(`  request id ${REQUEST_ID}\nThe log of the function says more; look for the request id.\n`);
  });

  test('403 of API Gateway ends with 5, and names the request of its header', async () => {
    times(1, {
      fault: { status: 403, body: { Message: 'User: x is not authorized' }, headers: { 'x-amzn-requestid': 'req-1' } },
    });
    const { code, err } = await dbsa(server, 'keys list');

    expect(code).toBe(5);
    expect(err).toContain('answered 403\n  User: x is not authorized\n  request id req-1\n');
    expect(err).toContain('execute-api:Invoke');
  });

  test.each([
    ['Signature expired: 20260801T120000Z is now earlier than 20260801T121000Z', "Set this machine's clock right."],
    ['The security token included in the request is expired', 'Log in again'],
    ['Missing Authentication Token', 'does it name the stage, as in https://HOST/STAGE?'],
  ])('what API Gateway says of a request that it does not let in leads on: %s', async (words, hint) => {
    times(1, { fault: { status: 403, body: { message: words } } });
    times(1, { fault: refusal(403, 'ACCESS_DENIED', words) });
    const raw = await dbsa(server, 'keys list');
    const problem = await dbsa(server, 'keys list');

    expect([raw.code, problem.code]).toEqual([5, 5]);
    for (const { err } of [raw, problem]) expect(err).toContain(hint);
  });

  test('an answer that repeats the request prints no credentials', async () => {
    const repeated = ({ headers }: IncomingMessage): string =>
      `The signature ${headers.authorization} does not match\n\nThe Canonical String was\n${headers['x-amz-security-token']}`;
    times(2, {
      fault: (request) => ({ status: 403, body: { message: repeated(request), echo: request.headers } }),
    });
    times(1, { fault: (request) => refusal(403, 'INVALID_SIGNATURE', repeated(request)) });
    const people = await dbsa(server, 'keys list');
    const programs = await dbsa(server, 'keys list --json');
    const problem = await dbsa(server, 'keys list');

    // The runner refuses every output that holds a part of them.
    expect([people.code, programs.code, problem.code]).toEqual([5, 5, 5]);
    for (const { err } of [people, problem]) expect(err).not.toContain('Canonical');
    expect(programs.out).toContain('[hidden]');
  });

  test('a redirect is not followed', async () => {
    const elsewhere = await new ApiServer(CREDENTIALS).start();
    times(1, { fault: { status: 302, headers: { location: `${elsewhere.url}/v1/key-configurations` } } });
    const { code, err } = await dbsa(server, 'keys list');
    await elsewhere.close();

    expect(code).toBe(4);
    expect(err).toContain('answered 302');
    expect(err).toContain('Redirects are not followed');
    expect(elsewhere.calls).toEqual([]);
  });

  test('an answer of another shape is not taken for good', async () => {
    times(1, { fault: { status: 200, body: { keyConfigurations: [{ id: 7 }] } } });
    times(1, { fault: { status: 200, body: '<html>Sign in</html>' } });
    const shape = await dbsa(server, 'keys list');
    const page = await dbsa(server, 'keys list');

    expect([shape.code, page.code]).toEqual([4, 4]);
    expect(shape.err).toContain('the answer.keyConfigurations[0].keyArn: found nothing');
    expect(page.err).toContain('the answer: found undefined, wanted object');
  });

  test('a page of somebody else is not printed', async () => {
    times(1, { fault: { status: 404, body: '<html>Not here</html>' } });
    const { code, out, err } = await dbsa(server, 'keys list --json');

    expect([code, out]).toEqual([3, '']);
    expect(err).toContain('found text/html, wanted JSON');
  });

  test('fields and words that are new are let through', async () => {
    const [key] = server.keys.values();
    times(1, {
      fault: { status: 200, body: { keyConfigurations: [{ ...key, useCases: ['NEW_USE'], more: 1 }], more: [] } },
    });
    const { code, out } = await dbsa(server, 'keys list');

    expect(code).toBe(0);
    expect(out).toContain('NEW_USE');
  });

  test('a server that is not there ends with 4', async () => {
    await server.close();
    const { code, err } = await dbsa(server, 'keys list');

    expect(code).toBe(4);
    expect(err).toMatch(/no answer \(connect ECONNREFUSED 127\.0\.0\.1:\d+\)\nIs the URL right/);
    await server.start();
  });
});

test('credentials that cannot be had end with 5, before anything is sent', async () => {
  const { code, err } = await dbsa(server, 'rollout start main', {
    aws: {
      credentials: () => async () => {
        throw new CredentialsRefused('no AWS credentials: the login has expired', 'Log in.');
      },
    },
  });

  expect(code).toBe(5);
  expect(err).toBe('dbsa: no AWS credentials: the login has expired\nLog in.\n');
  expect(server.calls).toEqual([]);
});

test('a stack that cannot be looked at says nothing of what may have been started', async () => {
  const { code, err } = await dbsa(server, 'rollout start main --stage prod', {
    environment: { DBSA_API_URL: '' },
    aws: { stackOutput: () => Promise.reject(new NotReachable('stack: no answer')) },
  });

  expect([code, err]).toEqual([4, 'dbsa: stack: no answer\n']);
});

test('a failure that nobody foresaw is called a mistake, not something else, and holds no credentials', async () => {
  const { code, err } = await dbsa(server, 'keys list', {
    aws: {
      credentials: () => {
        let asked = 0;
        return async () => {
          asked += 1;
          if (asked > 1) throw new TypeError(`cannot read ${CREDENTIALS.secretAccessKey}`);
          server.faults.push({ fault: 'break' });
          return CREDENTIALS;
        };
      },
    },
  });

  expect(code).toBe(70);
  expect(err).toContain('dbsa: a mistake in this program\nTypeError: cannot read [hidden]\n');
});
