import middy from '@middy/core';
import { summarizeRollout } from '../app/summarize-rollout.ts';
import type { SummarizeInput } from '../contract/rollout.ts';
import { evidencePorts } from '../runtime/evidence-ports.ts';
import { logged } from '../runtime/logged.ts';

const ports = evidencePorts(process.env);

export const handler = middy<SummarizeInput>()
  .use(logged())
  .handler(async (input: SummarizeInput) => summarizeRollout(input, ports));
