import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ROUTES } from '../../lambda/contract/api-routes.ts';
import { CROSS_ACCOUNT_ROLE, DEMO_WORKSPACES, demoAccount } from '../../local/demo/account.ts';
import { makeDemoSecrets } from '../../local/demo/secrets.ts';
import { DEMO_BINDINGS } from '../../local/demo/stage.ts';
import { startWorld, type World } from '../../local/world.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(ROOT, 'docs/api.md'), 'utf8');

/** The commands below each heading `### METHOD /path`, and those before the first of them. */
const [introduction = '', ...sections] = page.split(/^### /m);
const commandsIn = (text: string): readonly string[] =>
  [...text.matchAll(/^```sh\n(.*?)^```/gms)].map(([, commands = '']) => commands);
const examples = sections.map((text) => ({ title: text.split('\n')[0] ?? '', commands: commandsIn(text).join('\n') }));
const CALL = commandsIn(introduction).find((commands) => commands.startsWith('call()')) ?? '';

describe('docs/api.md', () => {
  test('has an example of every route with curl and with dbsa, and of nothing else', () => {
    expect(examples.map(({ title }) => title).toSorted()).toEqual(
      ROUTES.map(({ method, path }) => `${method} ${path}`).toSorted(),
    );
    for (const { title, commands } of examples) {
      expect(commands).toContain(`call ${title.split(/[ {]/).slice(0, 1).join()} `);
      expect(commands).toContain('npx dbsa ');
    }
  });
});

/** Workspaces that may go. */
const DOOMED = ['5001', '5002'] as const;
const nameOf = (id: string): string => `doomed-${id}`;
const OTHER_CREDENTIALS = 'c0000000-0000-4000-8000-000000000002';

/** The demo's account with key configurations and credentials that nobody uses. */
const withUnusedKeys: typeof demoAccount = (keyArn, now) => {
  const seed = demoAccount(keyArn, now);
  const unused = ['1', '2'].map((end) => ({
    ...{
      id: `a0000000-0000-4000-8000-00000000010${end}`,
      keyArn,
      useCases: ['MANAGED_SERVICES'] as const,
      createdAt: 0,
    },
  }));
  const credentials = [{ id: OTHER_CREDENTIALS, name: 'other', roleArn: CROSS_ACCOUNT_ROLE }];
  const doomed = DOOMED.map((id) => ({
    ...{ id, name: nameOf(id), deploymentName: nameOf(id), region: 'us-west-2', network: 'managed' as const },
    credentialsId: OTHER_CREDENTIALS,
  }));
  return {
    ...seed,
    credentials: [...(seed.credentials ?? []), ...credentials],
    workspaces: [...(seed.workspaces ?? []), ...doomed],
    keyConfigurations: [...(seed.keyConfigurations ?? []), ...unused],
  };
};

describe('its examples on the local run', () => {
  let world: World;
  let known: Readonly<Record<string, string>>;
  beforeAll(async () => {
    world = await startWorld({ bindings: DEMO_BINDINGS, account: withUnusedKeys, makeSecrets: makeDemoSecrets });
    const { databricks, keyArn } = world;
    const { executionArn } = await world.rollOut({ bindingId: 'demo', dryRun: true });
    const [used, ...unused] = databricks.control
      .state()
      .keyConfigurations.map((one) => String(one.customer_managed_key_id));
    known = {
      ...{ BINDING: 'demo', KEY: keyArn, WORKSPACE: DEMO_WORKSPACES[0], OPERATION: operationOf(executionArn) },
      ...{ KEY_CONFIGURATION: used ?? '', UNUSED_KEY_CONFIGURATION: unused[0] ?? '' },
      ...{ ANOTHER_UNUSED_KEY_CONFIGURATION: unused[1] ?? '', ROLE: CROSS_ACCOUNT_ROLE },
      ...{ DOOMED_WORKSPACE: DOOMED[0], DOOMED_NAME: nameOf(DOOMED[0]) },
      ...{ ANOTHER_DOOMED_WORKSPACE: DOOMED[1], ANOTHER_DOOMED_NAME: nameOf(DOOMED[1]) },
    };
  });
  afterAll(() => world.close());

  test.each(examples)('$title', async ({ title, commands }) => {
    // Only what has not ended can be cancelled: there, nothing that waits for time to pass goes on.
    const hold = title.startsWith('DELETE /v1/operations') ? world.clock.enter() : undefined;
    const running = hold === undefined ? [] : [await begin(DEMO_WORKSPACES[0]), await begin(DEMO_WORKSPACES[1])];
    const { code, said } = await bash(`${CALL}\n${commands}`, {
      ...known,
      DBSA_API_URL: world.apiUrl,
      RUNNING_OPERATION: running[0] ?? '',
      ANOTHER_RUNNING_OPERATION: running[1] ?? '',
    });
    hold?.leave();
    expect(code === 0 ? 'done' : said).toBe('done');
  });

  /** A rollout that has something to do. */
  const begin = async (workspaceId: string): Promise<string> => {
    const change = { workspaceId, settings: { credentialsId: OTHER_CREDENTIALS }, compute: 'stop-and-restart' };
    const { executionArn } = (await world.stepFunctions.handle('StartExecution', {
      stateMachineArn: world.outputs.KeyRolloutStateMachineArn,
      input: JSON.stringify({ change }),
    })) as { readonly executionArn: string };
    return operationOf(executionArn);
  };
});

const operationOf = (executionArn: string): string => `key-rollout.${executionArn.split(':').at(-1)}`;

/** Runs commands as a reader does, with this checkout's dbsa for the package's. */
const bash = (
  commands: string,
  variables: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly said: string }> =>
  new Promise((resolve, reject) => {
    const script = `set -eu\nnpx() { shift; "$NODE" cli/dbsa.js "$@"; }\n${commands}`;
    const credentials = { AWS_REGION: 'us-west-2', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
    const child = spawn('bash', ['-c', script], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, NODE: process.execPath, ...credentials, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    }
    child.on('error', reject).on('close', (code) => resolve({ code, said }));
  });
