import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import example from '../../config/example.ts';

const PROJECT = join(import.meta.dirname, '..', '..');

const folder = mkdtempSync(join(tmpdir(), 'deploy-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Nothing of this machine's AWS set-up, so that nothing could be reached even if it were tried. */
const ISOLATED = {
  PATH: process.env.PATH,
  HOME: folder,
  AWS_REGION: 'us-west-2',
  AWS_EC2_METADATA_DISABLED: 'true',
  CDK_DISABLE_CLI_TELEMETRY: 'true',
};

/** An app that ends before it has made anything to deploy. */
const BROKEN_APP = ['--app', 'echo the app was started && exit 3', '--no-notices'];

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const deploy = async (args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> => {
  try {
    const options = { cwd: PROJECT, env: { ...ISOLATED, ...environment } };
    return { code: 0, ...(await promisify(execFile)(process.execPath, ['scripts/deploy.ts', ...args], options)) };
  } catch (error) {
    return error as Ended;
  }
};

/** Only the hosts of the three clouds come with a workspace URL. */
const workspaceUrl = 'https://{deployment_name}.cloud.databricks.com';

const stageFile = (name: string, change: object): string => {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify({ ...example, databricks: { ...example.databricks, workspaceUrl, ...change } }));
  return file;
};

/** It ended by itself: cdk and the app behind it were never started. */
const refused = ({ code, stdout }: Ended): void => {
  expect(code).toBe(1);
  expect(stdout).toBe('');
};

describe('a deployment is refused', () => {
  test.each([
    ['AWS_ENDPOINT_URL', 'http://127.0.0.1:4566'],
    ['AWS_ENDPOINT_URL', 'https://aws.example.com'],
    ['AWS_ENDPOINT_URL_CLOUDFORMATION', 'http://localhost:4566'],
    ['AWS_ENDPOINT_URL_S3', 'https://s3.example.com'],
  ])('when %s is %s', async (name, value) => {
    const ended = await deploy(BROKEN_APP, { [name]: value });

    refused(ended);
    expect(ended.stderr).toContain(`${name}=${value}`);
  });

  test.each([
    ['account-host', { accountHost: 'http://127.0.0.1:4570/account' }, 'http://127.0.0.1:4570/account'],
    ['workspaces', { workspaceUrl: 'http://localhost:4570/w/{deployment_name}' }, 'http://localhost:4570/w/'],
    ['tls', { accountHost: 'https://127.0.0.2' }, 'https://127.0.0.2'],
    ['six', { accountHost: 'http://[::1]:4570' }, 'http://[::1]:4570'],
    ['subdomain', { workspaceUrl: 'https://{deployment_name}.localhost:4570' }, '.localhost:4570'],
  ])('when the Databricks of the configuration is on this machine: %s', async (name, databricks, told) => {
    const ended = await deploy([...BROKEN_APP, '-c', `config=${stageFile(name, databricks)}`]);

    refused(ended);
    expect(ended.stderr).toContain(told);
  });

  test.each([
    ['--context stage=...', ['--context', 'stage=no-such']],
    ['--context=stage=...', ['--context=stage=no-such']],
    ['-cstage=...', ['-cstage=no-such']],
    ['the last of several', ['-c', 'stage=example', '-c', 'stage=no-such']],
  ])('when there is no such stage, given as %s', async (_form, args) => {
    const ended = await deploy([...BROKEN_APP, ...args]);

    refused(ended);
    expect(ended.stderr).toContain('found no file config/no-such.ts');
  });

  test('when the configuration is wrong, with every problem', async () => {
    const ended = await deploy([
      ...BROKEN_APP,
      ...['-c', `config=${stageFile('wrong', { accountId: 'x', credentialSecret: '' })}`],
    ]);

    refused(ended);
    expect(ended.stderr).toContain('databricks.accountId: found "x"');
    expect(ended.stderr).toContain('databricks.credentialSecret: found ""');
  });
});

describe('a deployment that is not refused', () => {
  test('says what goes where, hands its arguments to cdk deploy and passes the exit code on', async () => {
    const ended = await deploy([...BROKEN_APP, '-c', 'stage=example'], { AWS_ENDPOINT_URL: '' });

    expect(ended.stdout).toContain('Deploying config/example.ts to AWS account 111122223333 in us-west-2');
    expect(ended.stdout + ended.stderr).toContain('the app was started');
    expect(ended.code).toBe(1);
  });

  test('ends with 0 when cdk deploy does', async () => {
    const ended = await deploy(['--help']);

    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('cdk deploy [STACKS..]');
  });
});
