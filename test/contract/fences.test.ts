import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const PROJECT = join(import.meta.dirname, '..', '..');
const BIOME = join(PROJECT, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');

interface Room {
  /** A file that could stand there. */
  readonly file: string;
  readonly allowed: readonly string[];
  readonly refused: readonly string[];
}

/** These rooms say what they may import; in the others only some libraries are refused. */
const CLOSED = /^(lambda|lib|bin|chaos|cli|config|local)\//;

const ROOMS: readonly Room[] = [
  {
    file: 'lambda/contract/x.ts',
    allowed: ['./failures.ts'],
    refused: ['node:fs', '../domain/key.ts', './../domain/key.ts', 'constructs', '@aws-sdk/client-kms'],
  },
  {
    file: 'lambda/domain/x.ts',
    allowed: ['./key.ts', '../contract/failures.ts'],
    refused: ['node:crypto', '../app/ports.ts', '../databricks/http.ts', '../aws/error-name.ts', '@aws-sdk/client-kms'],
  },
  {
    file: 'lambda/app/x.ts',
    allowed: ['./ports.ts', '../contract/failures.ts', '../domain/key.ts'],
    refused: ['node:crypto', '../databricks/http.ts', '../aws/error-name.ts', '../runtime/settings.ts', 'undici'],
  },
  {
    file: 'lambda/databricks/x.ts',
    allowed: [
      './http.ts',
      '../contract/failures.ts',
      '../domain/key.ts',
      '../app/ports.ts',
      '../app/provisioning-ports.ts',
      '../app/secret-ports.ts',
      'undici',
      'node:util',
    ],
    refused: ['../app/register-key.ts', '../aws/error-name.ts', '../runtime/settings.ts', '@aws-sdk/client-kms'],
  },
  {
    file: 'lambda/aws/x.ts',
    allowed: [
      './error-name.ts',
      '../contract/failures.ts',
      '../domain/key.ts',
      '../app/ports.ts',
      '../app/provisioning-ports.ts',
      '@aws-sdk/client-kms',
    ],
    refused: ['../app/register-key.ts', '../databricks/http.ts', '../runtime/settings.ts', 'undici', 'aws-sdk'],
  },
  {
    file: 'lambda/runtime/x.ts',
    allowed: [
      ...['./settings.ts', '../contract/failures.ts', '../domain/key.ts', '../app/ports.ts', '../databricks/http.ts'],
      ...['../aws/error-name.ts', '@aws-sdk/client-kms', '@middy/core', 'node:fs', 'node:fs/promises'],
    ],
    refused: ['../handlers/take-lease.ts', '../../lib/acknowledge.ts', '../../local/clock.ts', 'undici'],
  },
  {
    file: 'lambda/handlers/x.ts',
    allowed: ['../runtime/settings.ts', '../app/take-lease.ts', '../contract/rollout.ts', '@middy/core'],
    refused: [
      ...['./take-lease.ts', '../aws/error-name.ts', '../databricks/http.ts', '../domain/key.ts'],
      ...['@aws-sdk/client-kms', 'node:fs', 'undici'],
    ],
  },
  {
    file: 'lib/x.ts',
    allowed: [
      './acknowledge.ts',
      './state/state-tables.ts',
      '../lambda/contract/failures.ts',
      'aws-cdk-lib',
      'constructs',
    ],
    refused: ['../lambda/domain/key.ts', '../bin/app.ts', '../config/example.ts', '@aws-sdk/client-kms', 'undici'],
  },
  {
    file: 'lib/key-rollout/x.ts',
    allowed: [
      ...['./step.ts', '../acknowledge.ts', '../state/state-tables.ts', '../../lambda/contract/failures.ts'],
      ...['aws-cdk-lib/aws-iam', 'constructs', 'node:path'],
    ],
    refused: [
      ...['../../lambda/app/ports.ts', '../../lambda/runtime/settings.ts', '../../config/example.ts'],
      ...['../../local/assembly.ts', 'cdk-nag', '@aws-sdk/client-kms'],
    ],
  },
  {
    file: 'bin/x.ts',
    allowed: ['../lib/config/load-config.ts', 'aws-cdk-lib', 'cdk-nag', 'node:path'],
    refused: ['../lambda/contract/failures.ts', '../config/example.ts', '../local/assembly.ts', '@aws-sdk/client-kms'],
  },
  {
    file: 'cli/x.ts',
    allowed: [
      ...['./table.ts', '../lambda/contract/api-routes.ts', '@aws-sdk/client-cloudformation'],
      ...['@aws-sdk/credential-provider-node', '@smithy/core/serde', '@smithy/signature-v4', 'node:timers/promises'],
    ],
    refused: [
      ...['../lambda/app/ports.ts', '../lambda/domain/operation-id.ts', '../lib/config/load-config.ts'],
      ...['../local/clock.ts', '@aws-sdk/client-kms', '@smithy/core', 'undici'],
    ],
  },
  {
    file: 'config/x.ts',
    allowed: ['../lib/config/stage-config.ts', './example.ts'],
    refused: ['../lambda/contract/bindings.ts', '../lib/stacks/automation-stack.ts', 'aws-cdk-lib', 'node:fs'],
  },
  {
    file: 'chaos/x.ts',
    allowed: ['./draw.ts', './verdict/state.ts', '../local/world.ts', '../local/aws/actions.ts', 'node:util'],
    refused: ['../lambda/app/ports.ts', '../lib/config/load-config.ts', '../cli/api-client.ts', 'undici'],
  },
  {
    file: 'chaos/verdict/x.ts',
    allowed: [
      ...['./state.ts', '../draw.ts', '../provisioning/wishes.ts', '../../local/demo/stage.ts'],
      ...['../../lambda/contract/failures.ts', '../../cli/api-client.ts'],
    ],
    refused: [
      '../../lambda/domain/key.ts',
      '../../lambda/app/ports.ts',
      '../../cli/dbsa.ts',
      '../../lib/acknowledge.ts',
    ],
  },
  {
    file: 'local/x.ts',
    allowed: ['./clock.ts', './asl/place.ts', '../lambda/contract/failures.ts', 'jsonata', 'node:http'],
    refused: ['../lambda/app/ports.ts', '../lib/config/load-config.ts', '../bin/app.ts', 'undici'],
  },
  {
    file: 'local/databricks/x.ts',
    allowed: ['./tokens.ts', '../clock.ts', '../aws/home.ts', '../../lambda/contract/rollout.ts', 'dynalite'],
    refused: [
      ...['../../lambda/app/ports.ts', '../../lambda/domain/key.ts', '../../lambda/databricks/http.ts'],
      ...['../../lambda/aws/error-name.ts', '../../lambda/runtime/settings.ts', '../../lib/acknowledge.ts', 'undici'],
    ],
  },
  {
    file: 'scripts/x.ts',
    allowed: ['../lib/config/load-config.ts', 'node:fs'],
    refused: ['undici', '@aws-sdk/client-kms'],
  },
  { file: 'bench/x.ts', allowed: ['../local/assembly.ts', 'node:fs'], refused: ['undici', '@aws-sdk/client-kms'] },
  {
    file: 'test/app/x.ts',
    allowed: ['../../lambda/app/ports.ts', '@aws-sdk/client-kms', '@jest/globals'],
    refused: ['undici'],
  },
  { file: 'test/databricks/x.ts', allowed: ['undici', '../../lambda/databricks/http.ts'], refused: [] },
];

const folder = mkdtempSync(join(tmpdir(), 'fences-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A file that says `source` in the room of `file`. */
const place = (file: string, name: string, source: string): string => {
  const path = join(dirname(file), `${name}.ts`);
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(join(folder, path), `${source}\n`);
  return path;
};

const placeAll = (rooms: readonly Room[], imports: (room: Room) => readonly string[], prefix: string) =>
  rooms.flatMap((room) =>
    imports(room).map((wanted, index) => ({
      title: `${dirname(room.file)} and ${wanted}`,
      path: place(room.file, `${prefix}-${index}`, `import type { one } from '${wanted}';\nexport type Two = one;`),
    })),
  );

const welcome = placeAll(ROOMS, ({ allowed }) => allowed, 'allowed');
const offending = placeAll(
  ROOMS,
  ({ file, refused }) => (CLOSED.test(file) ? [...refused, 'lodash', 'undici/types/agent'] : refused),
  'refused',
);
const dynamic = place('lambda/domain/x.ts', 'dynamic', "export const late = import('../databricks/http.ts');");
const reexport = place('lambda/domain/x.ts', 'reexport', "export { one } from '../databricks/http.ts';");
const moduleMock = place('test/app/x.ts', 'module-mock', "import { jest } from '@jest/globals';\njest.mock('x');");

/** Files that the fences refuse, of all that were placed. */
const refused = new Set<string>();

beforeAll(async () => {
  for (const file of ['biome.json', '.gitignore']) copyFileSync(join(PROJECT, file), join(folder, file));
  const args = ['lint', '--only=style/noRestrictedImports', '--vcs-enabled=false', '--max-diagnostics=none'];
  const { stdout } = await promisify(execFile)(process.execPath, [BIOME, ...args, '--reporter=json', '.'], {
    cwd: folder,
    maxBuffer: 50_000_000,
  }).catch((error: { readonly stdout: string }) => error);
  const { diagnostics } = JSON.parse(stdout) as {
    readonly diagnostics: readonly { readonly category: string; readonly location: { readonly path: unknown } }[];
  };
  for (const { category, location } of diagnostics) {
    const { path } = location;
    if (category === 'lint/style/noRestrictedImports') refused.add(String((path as { file?: string }).file ?? path));
  }
});

describe('fences between the rooms', () => {
  test.each(offending)('refuse $title', ({ path }) => expect([...refused]).toContain(path));

  test.each(welcome)('let through $title', ({ path }) => expect([...refused]).not.toContain(path));

  test('bite on dynamic imports and re-exports too', () => {
    expect([...refused]).toEqual(expect.arrayContaining([dynamic, reexport]));
  });

  test('keep module mocks out of the tests', () => expect([...refused]).toContain(moduleMock));
});
