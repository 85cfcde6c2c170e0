#!/usr/bin/env node
// Plain JavaScript, so that a Node.js that cannot run the .ts files beside it can still say so.
if (process.features.typescript) {
  await import('./dbsa.ts');
} else {
  console.error(
    `dbsa: Node.js ${process.versions.node} found, 24 wanted, which runs TypeScript as it is. ` +
      "Run `npx dbsa` inside the project, which uses the project's own Node.js; " +
      'if it was installed with --ignore-scripts, run `npm rebuild node` first.',
  );
  process.exitCode = 2;
}
