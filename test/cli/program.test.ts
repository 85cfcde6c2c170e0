import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ApiServer, REGION } from './api-server.ts';
import { eachServer } from './each-server.ts';
import { WORKSPACE_BODY } from './provisioning-examples.ts';
import { CREDENTIALS } from './run-dbsa.ts';

const PROJECT = join(import.meta.dirname, '..', '..');
const DBSA = join(PROJECT, 'cli', 'dbsa.js');
const { sessionToken = '' } = CREDENTIALS;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const folder = mkdtempSync(join(tmpdir(), 'dbsa-'));
const file = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

/** Nothing of the machine's own AWS settings. */
const BARE = {
  PATH: process.env.PATH ?? '',
  HOME: folder,
  AWS_CONFIG_FILE: file('config'),
  AWS_SHARED_CREDENTIALS_FILE: file('credentials'),
  AWS_EC2_METADATA_DISABLED: 'true',
};
const LOGGED_IN = {
  ...BARE,
  AWS_REGION: REGION,
  AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  AWS_SESSION_TOKEN: sessionToken,
};

type Environment = Readonly<Record<string, string>>;

const launch = (program: readonly string[], env: Environment, onOut?: (text: string, kill: () => void) => void) =>
  new Promise<Ended>((resolve, reject) => {
    const [command = '', ...args] = program;
    const child = spawn(command, args, { cwd: PROJECT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      onOut?.(out, () => child.kill('SIGINT'));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    child.on('error', reject).on('close', (code) => resolve({ code, out, err }));
  });

const dbsa = (line: string, env: Environment, onOut?: (text: string, kill: () => void) => void): Promise<Ended> =>
  launch([process.execPath, DBSA, ...line.split(' ')], env, onOut);

let server: ApiServer;
eachServer((one) => {
  server = one;
});

const holdsNoCredentials = ({ out, err }: Ended): void => {
  for (const value of Object.values(CREDENTIALS)) expect(`${out}${err}`).not.toContain(value);
};

describe('the program', () => {
  test('runs as npx dbsa in this project', async () => {
    const npm = process.env.npm_execpath;
    const npx = npm === undefined ? ['npm'] : [process.execPath, npm];
    const env = { ...BARE, npm_config_cache: file('npm') };
    const { code, out } = await launch([...npx, 'exec', '--offline', '--', 'dbsa', '--version'], env);

    expect([code, out]).toEqual([0, '0.1.0\n']);
  });

  test('says so on a Node.js that cannot run TypeScript', async () => {
    const { code, err } = await launch([process.execPath, '--no-experimental-strip-types', DBSA, 'health'], BARE);

    expect(code).toBe(2);
    expect(err).toMatch(/^dbsa: Node\.js \S+ found, 24 wanted/);
  });

  test('ends Ctrl-C with 130 and what to do next', async () => {
    const id = server.operations.add({});
    const ended = await dbsa(`operations watch ${id} --url ${server.url}`, LOGGED_IN, (text, kill) => {
      if (text.includes('RUNNING')) kill();
    });

    expect(ended.code).toBe(130);
    expect(ended.err).toBe(`dbsa: interrupted\n${id} goes on. Watch it again: npx dbsa operations watch ${id}\n`);
  });

  test('reads a request from standard input, and from a file', async () => {
    writeFileSync(file('workspace.json'), JSON.stringify(WORKSPACE_BODY));
    const create = `"${process.execPath}" "${DBSA}" workspaces create --url ${server.url} -f`;
    const command = `${create} - < "${file('workspace.json')}" && ${create} "${file('workspace.json')}"`;
    const { code, err } = await launch(['bash', '-c', command], LOGGED_IN);

    expect([code, err]).toEqual([0, '']);
    expect(server.calls.map(({ body }) => body)).toEqual([WORKSPACE_BODY, WORKSPACE_BODY]);
  });

  test('is content with a reader that has read enough', async () => {
    const command = `"${process.execPath}" "${DBSA}" operations list --url ${server.url} --limit 1000 --json | head -c 10`;
    for (let index = 0; index < 900; index += 1) server.operations.add({ id: `key-rollout.r${index}` });
    const { code, err } = await launch(['bash', '-o', 'pipefail', '-c', command], LOGGED_IN);

    expect([code, err]).toEqual([0, '']);
  });
});

describe('credentials', () => {
  test('come from the environment', async () => {
    const ended = await dbsa(`keys list --url ${server.url}`, LOGGED_IN);

    expect([ended.code, ended.err]).toEqual([0, '']);
    holdsNoCredentials(ended);
  });

  test('come from the profile that is named, whatever the environment holds', async () => {
    writeFileSync(file('config'), `[profile other]\nregion = ${REGION}\n`);
    writeFileSync(
      file('credentials'),
      `[other]\naws_access_key_id = ${CREDENTIALS.accessKeyId}\naws_secret_access_key = ${CREDENTIALS.secretAccessKey}\naws_session_token = ${sessionToken}\n`,
    );
    const named = await dbsa(`keys list --profile other --url ${server.url}`, {
      ...BARE,
      AWS_ACCESS_KEY_ID: 'AKIDOFSOMEBODYELSE00',
      AWS_SECRET_ACCESS_KEY: 'secret of somebody else',
    });
    const chosen = await dbsa(`keys list --url ${server.url}`, { ...BARE, AWS_PROFILE: 'other' });

    expect([named.code, named.err, chosen.code]).toEqual([0, '', 0]);
  });

  test('that nobody has end with 5', async () => {
    const { code, err } = await dbsa(`keys list --region ${REGION} --url ${server.url}`, BARE);

    expect(code).toBe(5);
    expect(err).toContain('dbsa: no AWS credentials: Could not load credentials from any providers\nLog in');
  });

  test('of a profile that is not there end with 5', async () => {
    const { code, err } = await dbsa(`keys list --profile nobody --region ${REGION} --url ${server.url}`, LOGGED_IN);

    expect(code).toBe(5);
    expect(err).toContain('no AWS credentials of profile nobody');
  });

  test('of a process that fails end with 5, without its words', async () => {
    const process = `bash -c "echo ${CREDENTIALS.secretAccessKey} >&2; exit 1"`;
    writeFileSync(file('broken'), `[profile broken]\nregion = ${REGION}\ncredential_process = ${process}\n`);
    const ended = await dbsa(`keys list --profile broken --url ${server.url}`, {
      ...BARE,
      AWS_CONFIG_FILE: file('broken'),
    });

    expect(ended.code).toBe(5);
    expect(ended.err).toContain('no AWS credentials of profile broken: ');
    holdsNoCredentials(ended);
  });

  test('AWS_DEFAULT_REGION is heeded, as the AWS CLI does', async () => {
    const { AWS_REGION: region, ...others } = LOGGED_IN;
    const ended = await dbsa(`keys list --url ${server.url}`, { ...others, AWS_DEFAULT_REGION: region });

    expect(ended.code).toBe(0);
  });
});

describe('the output of the stack', () => {
  let cloudFormation: Server;
  let endpoint: string;
  /** What CloudFormation answers: by the name of the stack. */
  const answers: Record<string, () => readonly [number, string]> = {
    'databricks-security-automation-prod': () => [200, stackOf([['ApiUrl', `${server.url}/`]])],
    old: () => [200, stackOf([['StateTableName', 'state']])],
    forbidden: () => [
      403,
      failure('AccessDenied', 'User: x is not authorized to perform: cloudformation:DescribeStacks'),
    ],
    expired: () => [403, failure('ExpiredToken', 'The security token included in the request is expired')],
    broken: () => [400, failure('SomethingElse', 'no')],
  };
  const stackOf = (outputs: readonly (readonly [string, string])[]): string =>
    `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackName>x</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime><Outputs>${outputs
      .map(([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`)
      .join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
  const failure = (code: string, message: string): string =>
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`;

  beforeAll(async () => {
    cloudFormation = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      request.on('end', () => {
        const name = new URLSearchParams(body).get('StackName') ?? '';
        const [status, text] = answers[name]?.() ?? [
          400,
          failure('ValidationError', `Stack with id ${name} does not exist`),
        ];
        response.writeHead(status, { 'content-type': 'text/xml' }).end(text);
      });
    });
    await new Promise<void>((resolve) => {
      cloudFormation.listen(0, '127.0.0.1', resolve);
    });
    endpoint = `http://127.0.0.1:${(cloudFormation.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    cloudFormation.close();
    cloudFormation.closeAllConnections();
  });

  const withStack = (line: string): Promise<Ended> =>
    dbsa(line, { ...LOGGED_IN, AWS_ENDPOINT_URL_CLOUDFORMATION: endpoint });

  test('is where the API is', async () => {
    const ended = await withStack('keys list --stage prod');

    expect([ended.code, ended.err]).toEqual([0, '']);
    expect(server.calls).toHaveLength(1);
  });

  test.each([
    [
      '--stage dev',
      2,
      'stack databricks-security-automation-dev in us-west-2: Stack with id databricks-security-automation-dev does not exist',
    ],
    ['--stack old', 2, 'stack old in us-west-2 has no output ApiUrl'],
    ['--stack forbidden', 5, 'is not authorized to perform: cloudformation:DescribeStacks (AccessDenied)'],
    ['--stack expired', 5, 'The security token included in the request is expired (ExpiredToken)'],
    ['--stack broken', 3, 'stack broken in us-west-2: no'],
  ])('%s ends with %i', async (option, wanted, said) => {
    const ended = await withStack(`keys list ${option}`);

    expect(ended.code).toBe(wanted);
    expect(ended.err).toContain(said);
    holdsNoCredentials(ended);
  });

  test('that nobody answers for ends with 4', async () => {
    const ended = await dbsa('keys list --stage prod', {
      ...LOGGED_IN,
      AWS_ENDPOINT_URL_CLOUDFORMATION: 'http://127.0.0.1:9',
      AWS_MAX_ATTEMPTS: '1',
    });

    expect(ended.code).toBe(4);
    expect(ended.err).toContain('stack databricks-security-automation-prod in us-west-2: connect ECONNREFUSED');
  });
});
