import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { awsAccess } from './aws-access.ts';
import { run } from './run.ts';

/** `npx dbsa`: the command line in the real world. */
const interrupt = new AbortController();
// Not once: npm passes on a Ctrl-C that the terminal has sent here already.
process.on('SIGINT', () => interrupt.abort());

// Whoever reads may have read enough: `dbsa keys list | head -1`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const code = await run(process.argv.slice(2), {
  environment: process.env,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  read: (file) => (file === '-' ? text(process.stdin) : readFile(file, 'utf8')),
  now: () => new Date(),
  sleep: async (ms, signal) => {
    await wait(ms, undefined, { signal });
  },
  random: Math.random,
  uuid: randomUUID,
  signal: interrupt.signal,
  aws: awsAccess,
});
// What was interrupted, such as a login of the AWS SDK, may still be under way.
if (interrupt.signal.aborted) process.exit(code);
process.exitCode = code;
