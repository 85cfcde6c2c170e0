import { beforeEach, describe, expect, test } from '@jest/globals';
import { COMMANDS } from '../../cli/commands.ts';
import { OPTIONS } from '../../cli/options.ts';
import type { AwsAccess } from '../../cli/surroundings.ts';
import type { ApiServer } from './api-server.ts';
import { eachServer } from './each-server.ts';
import { dbsa } from './run-dbsa.ts';

let server: ApiServer;
eachServer((one) => {
  server = one;
});

describe('words that are not understood end with 2, and nothing is asked', () => {
  test.each([
    ['', 'found no command'],
    ['key list', 'found "key", wanted keys, rollout, secrets, workspaces, operations, health, openapi'],
    ['keys', 'keys: found nothing, wanted list, show, register, delete'],
    ['keys lst', 'keys: found "lst", wanted list, show, register, delete'],
    ['keys list more', 'found "more", wanted nothing'],
    ['keys show', 'ID: found nothing, wanted Key configuration id'],
    ['keys show a b', 'found "b" after ID, wanted nothing'],
    ['keys show ../workspaces', 'ID: found "../workspaces", wanted Key configuration id'],
    ['keys list --verbose', "Unknown option '--verbose'"],
    ['keys list --url', "'--url <value>' argument missing"],
    ['keys list --json=yes', "Option '--json' does not take an argument"],
    ['keys list --scope etl', '--scope: `keys list` does not take it'],
    ['keys list --region= --profile=', '--region: found nothing, wanted AWS Region'],
    ['keys register --use-case STORAGE', '--key: found nothing, wanted ARN or alias'],
    ['keys register --key alias/x', '--use-case: found nothing, wanted MANAGED_SERVICES, STORAGE or both'],
    ['keys register --key x --use-case STORAGE', '--key: found "x", wanted ARN of a KMS key'],
    ['keys register --key alias/x --use-case STORAGE,storage', 'wanted MANAGED_SERVICES or STORAGE'],
    ['keys register --key alias/x --use-case STORAGE,STORAGE', 'wanted each only once'],
    ['keys register --key alias/x --key alias/y --use-case STORAGE', '--key: found twice, wanted once'],
    ['rollout start Main', 'BINDING: found "Main", wanted Id of a binding of the stage'],
    ['rollout start main --idempotency-key=ä', '--idempotency-key: found "ä", wanted Chosen by the client'],
    ['secrets sync --workspace analytics', '--workspace: found "analytics", wanted Workspace id'],
    ['secrets sync --scope a --scope a', '--scope: found "a, a", wanted each only once'],
    ['secrets sync --confirm-deletes 0', '--confirm-deletes: found "0", wanted a whole number from 1 to 10000'],
    ['secrets sync --confirm-deletes 1e3', '--confirm-deletes: found "1e3", wanted a whole number'],
    [`secrets sync --secret ${'x'.repeat(2049)}`, 'wanted 1 to 2048 characters'],
    ['operations list --status DONE', 'wanted RUNNING or SUCCEEDED or FAILED or TIMED_OUT or ABORTED'],
    ['operations list --kind all', 'wanted key-rollout or secret-sync'],
    ['operations list --limit 1001', 'wanted a whole number from 1 to 1000'],
    ['operations show 4711', 'ID: found "4711", wanted Operation id'],
    ['nothing --help', 'found "nothing", wanted keys'],
  ])('%s', async (line, wanted) => {
    const { code, out, err } = await dbsa(server, line);

    expect([code, out, server.calls]).toEqual([2, '', []]);
    expect(err).toContain(wanted);
  });

  test('everything that is wrong is told at once', async () => {
    const { err } = await dbsa(server, 'secrets sync x --binding E --limit 3 --confirm-deletes no');

    expect(err.split('\n')).toEqual([
      'dbsa: found "x", wanted nothing',
      '      --limit: `secrets sync` does not take it',
      expect.stringMatching(/^ {6}--binding: found "E"/),
      expect.stringMatching(/^ {6}--confirm-deletes: found "no"/),
      '`npx dbsa secrets sync --help` tells what it takes.',
      '',
    ]);
  });
});

describe('where the API is', () => {
  /** Answers like a stack, and remembers the questions. */
  const asked: object[] = [];
  const aws: Partial<AwsAccess> = {
    stackOutput: async ({ stack, output, region }) => {
      asked.push({ stack, output, region });
      return `${server.url}/`;
    },
  };
  beforeEach(() => {
    asked.length = 0;
  });

  test.each([
    ['keys list --stage prod', {}, 'databricks-security-automation-prod', 'us-west-2'],
    ['keys list', { DBSA_STAGE: 'dev' }, 'databricks-security-automation-dev', 'us-west-2'],
    ['keys list --stage prod', { DBSA_STAGE: 'dev' }, 'databricks-security-automation-prod', 'us-west-2'],
    ['keys list --stack mine', { DBSA_STAGE: 'dev' }, 'mine', 'us-west-2'],
  ])('%s %j is the output of stack %s', async (line, environment, stack, region) => {
    const { code } = await dbsa(server, line, {
      environment: { DBSA_API_URL: '', ...environment },
      aws,
    });

    expect(code).toBe(0);
    expect(asked).toEqual([{ stack, output: 'ApiUrl', region }]);
  });

  test('--region is where the stack is looked for, too', async () => {
    const options = { environment: { DBSA_API_URL: '' }, aws };
    await dbsa(server, 'keys list --stage prod --region eu-central-1', options);

    expect(asked).toMatchObject([{ region: 'eu-central-1' }]);
    expect(server.complaints.splice(0)).toContain('signed for eu-central-1, not us-west-2');
  });

  test('a URL wins over the stack, --url over DBSA_API_URL, with or without a slash at its end', async () => {
    const { code } = await dbsa(server, `keys list --stage prod --url ${server.url}/`, {
      environment: { DBSA_API_URL: 'https://elsewhere.example' },
      aws,
    });

    expect([code, asked]).toEqual([0, []]);
  });

  test('nothing named ends with 2', async () => {
    const { code, err } = await dbsa(server, 'keys list', { environment: { DBSA_API_URL: '' } });

    expect(code).toBe(2);
    expect(err).toContain('Give --stage NAME, --stack NAME or --url URL');
  });

  test('a stage and a stack are one too many', async () => {
    const { code, err } = await dbsa(server, 'keys list --stage a --stack b', { environment: { DBSA_API_URL: '' } });

    expect(code).toBe(2);
    expect(err).toContain('found --stack and --stage');
  });

  test('no Region ends with 2', async () => {
    const { code, err } = await dbsa(server, 'keys list', { aws: { region: async () => undefined } });

    expect(code).toBe(2);
    expect(err).toContain('nothing says in which AWS Region the API is');
  });

  test('the Region in a host of API Gateway is the one that is signed for', async () => {
    const regions: string[] = [];
    await dbsa(server, 'keys list --region eu-west-1 --url https://abc123.execute-api.ap-south-1.amazonaws.com/prod', {
      aws: {
        credentials: ({ region }) => {
          regions.push(region);
          return () => Promise.reject(new Error('far enough'));
        },
      },
    });

    expect(regions).toEqual(['ap-south-1']);
  });

  test.each([
    ['http://api.example/prod', 'found http://api.example, wanted https://'],
    ['http://127.0.0.1.example/prod', 'wanted https://'],
    ['ftp://127.0.0.1/', 'wanted https://'],
    ['https://user:word@api.example', 'the base URL for api.example: found a user, query or fragment'],
    ['https://api.example/?stage=prod', 'found a user, query or fragment'],
    ['api.example', 'found "api.example", wanted the base URL of the API'],
  ])('%s is refused', async (url, wanted) => {
    const { code, err } = await dbsa(server, `keys list --url ${url}`);

    expect(code).toBe(2);
    expect(err).toContain(wanted);
    expect(err).not.toContain('word@');
  });
});

describe('help', () => {
  test('tells every command, the exit codes and the environment', async () => {
    const { code, out, err } = await dbsa(server, '--help');

    expect([code, err]).toEqual([0, '']);
    for (const { words } of COMMANDS) expect(out).toContain(`\n  ${words}`);
    for (const exit of [0, 1, 2, 3, 4, 5, 70, 130]) expect(out).toMatch(new RegExp(`^  ${exit} `, 'm'));
    for (const name of ['DBSA_API_URL', 'DBSA_STAGE']) expect(out).toContain(name);
  });

  test('of a noun tells its commands', async () => {
    const { out } = await dbsa(server, 'rollout --help');

    expect(out).toContain('  rollout plan [BINDING]');
    expect(out).not.toContain('keys list');
  });

  test.each(COMMANDS.map((command) => [command.words, command] as const))(
    'of %s tells its options',
    async (words, command) => {
      const { code, out } = await dbsa(server, `${words} --help`);

      expect(code).toBe(0);
      for (const name of [...(command.required ?? []), ...(command.optional ?? [])]) {
        expect(out).toContain(`--${name}`);
        expect(out).toContain(OPTIONS[name].says);
      }
      expect(out).toContain('--profile NAME');
    },
  );
});

test('--version is that of the product', async () => {
  expect(await dbsa(server, '--version')).toMatchObject({ code: 0, out: '0.1.0\n' });
});
