import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Everything CI runs, cheapest first; stops at the first step that fails. Tests come last, so their count closes the output. */
const STEPS: readonly { readonly name: string; readonly script: string }[] = [
  { name: 'Lint, format and import fences', script: 'lint' },
  { name: 'Types', script: 'typecheck' },
  { name: 'Unused code', script: 'unused' },
  { name: 'Tests', script: 'test' },
];

for (const [index, { name, script }] of STEPS.entries()) {
  console.log(`\n[${index + 1}/${STEPS.length}] ${name} (npm run ${script})`);
  const npm = process.env.npm_execpath;
  const [command, args] =
    npm !== undefined && existsSync(npm)
      ? [process.execPath, [npm, 'run', '--silent', script]]
      : ['npm', ['run', '--silent', script]];
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) {
    console.error(`\n${name} failed. Run \`npm run ${script}\` to see it alone.`);
    process.exit(status ?? 1);
  }
}
