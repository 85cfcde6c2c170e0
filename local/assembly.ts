import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, glob, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const PROJECT = join(import.meta.dirname, '..');
const CACHE = join(PROJECT, '.local');

/** Everything a template and its bundles are made of. */
const SOURCES = ['bin/**/*.ts', 'lib/**/*.ts', 'lambda/**/*.ts', 'cdk.json', 'package-lock.json'];

/** A cloud assembly that was just made or found in the cache. */
export interface Assembly {
  /** The `cdk.out` folder. */
  readonly dir: string;
  readonly cached: boolean;
}

/**
 * Synthesizes the app with `config` (a StageConfig as data), as `cdk synth` would, without the CDK's command line. Kept
 * in `.local/` by the hash of sources and configuration. Rejects with the app's own words if synth fails.
 */
export async function synthesize(config: unknown): Promise<Assembly> {
  const text = JSON.stringify(config, null, 2);
  const dir = join(CACHE, `assembly-${await fingerprint(text)}`);
  if (existsSync(join(dir, 'manifest.json'))) return { dir, cached: true };
  const fresh = join(CACHE, `making-${process.pid}-${performance.now()}`);
  await mkdir(fresh, { recursive: true });
  const configFile = join(fresh, 'stage.json');
  await writeFile(configFile, text);
  const { context } = JSON.parse(await readFile(join(PROJECT, 'cdk.json'), 'utf8')) as { readonly context: object };
  await runApp(fresh, { ...context, config: configFile, stage: 'local' });
  try {
    await rename(fresh, dir);
  } catch (error) {
    // Another process was faster with the same content.
    if (!existsSync(join(dir, 'manifest.json'))) throw error;
    await rm(fresh, { recursive: true });
  }
  return { dir, cached: false };
}

/**
 * A copy of the assembly in which the bindings beside each bundle name other addresses. The simulated hosts have their
 * ports only when they run; everything else stays as synthesized. Bundles are linked: Node keeps what it compiled by the
 * real path of a file, so that the functions of every later run begin sooner.
 */
export async function withAddresses(
  assembly: string,
  copy: string,
  replace: ReadonlyMap<string, string>,
): Promise<void> {
  await cp(assembly, copy, { recursive: true, filter: (source) => !source.endsWith('/index.mjs') });
  for await (const file of glob('asset.*/index.mjs', { cwd: assembly })) {
    await symlink(join(assembly, file), join(copy, file));
  }
  for await (const file of glob('asset.*/bindings.json', { cwd: copy })) {
    let text = await readFile(join(copy, file), 'utf8');
    for (const [from, to] of replace) text = text.replaceAll(from, to);
    await writeFile(join(copy, file), text);
  }
}

async function fingerprint(config: string): Promise<string> {
  const hash = createHash('sha256').update(process.version).update(config);
  const files: string[] = [];
  for await (const file of glob(SOURCES, { cwd: PROJECT })) files.push(file);
  for (const file of files.toSorted()) hash.update(file).update(await readFile(join(PROJECT, file)));
  return hash.digest('hex').slice(0, 16);
}

async function runApp(outdir: string, context: object): Promise<void> {
  const child = spawn(process.execPath, [join('bin', 'app.ts')], {
    cwd: PROJECT,
    env: { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context), CDK_VALIDATION: 'false' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject));
  if (code !== 0) throw new Error(`the template could not be made (exit code ${code}):\n${said.slice(-4000)}`);
}
