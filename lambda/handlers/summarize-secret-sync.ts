import middy from '@middy/core';
import { summarizeSecretSync } from '../app/summarize-secret-sync.ts';
import { evidencePorts } from '../runtime/evidence-ports.ts';
import { logged } from '../runtime/logged.ts';
import { secretStatePorts } from '../runtime/secret-state-ports.ts';
import { parseSummarizeSync } from '../runtime/sync-input.ts';

const ports = { ...secretStatePorts(process.env), ...evidencePorts(process.env) };

export const handler = middy()
  .use(logged())
  .handler(async (input: unknown) => summarizeSecretSync(parseSummarizeSync(input), ports));
