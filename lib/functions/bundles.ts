import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, parse } from 'node:path';
import { buildSync } from 'esbuild';
import { BINDINGS_FILE } from '../../lambda/contract/environment.ts';

const PROJECT = join(import.meta.dirname, '..', '..');
/** The sources of the functions: each file is the handler of one. */
export const HANDLERS = join(PROJECT, 'lambda', 'handlers');

/** Bundles that hold CommonJS packages need `require`, which ES modules lack. */
const REQUIRE_BANNER =
  "import { createRequire as automationRequire } from 'node:module'; const require = automationRequire(import.meta.url);";

const made = new Map<string, string>();

/**
 * The folder of a handler's bundle, with `bindings` (JSON) beside it, where they become part of the asset and its hash. All
 * handlers are bundled at once: esbuild reads what they share one time instead of once for each function. The folders last as
 * long as the process. Throws esbuild's error if a source does not build.
 */
export function bundleOf(handler: string, bindings: string): string {
  const folder = made.get(bindings) ?? bundleAll(bindings);
  made.set(bindings, folder);
  return join(folder, handler);
}

function bundleAll(bindings: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'bundles-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const handlers = readdirSync(HANDLERS).map((file) => parse(file).name);
  for (const handler of handlers) {
    mkdirSync(join(folder, handler));
    writeFileSync(join(folder, handler, BINDINGS_FILE), bindings);
  }
  buildSync({
    absWorkingDir: PROJECT,
    entryPoints: handlers.map((handler) => ({ in: join(HANDLERS, `${handler}.ts`), out: join(handler, 'index') })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    // Nothing is left out: the runtime's own SDK is older and differs by Region.
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE_BANNER },
    logLevel: 'warning',
  });
  return folder;
}
