import middy from '@middy/core';
import { summarizeProvisioning } from '../app/summarize-provisioning.ts';
import { evidencePorts } from '../runtime/evidence-ports.ts';
import { logged } from '../runtime/logged.ts';
import { parseSummarizeProvisioning } from '../runtime/provisioning-input.ts';
import { readBindings } from '../runtime/settings.ts';
import { statePorts } from '../runtime/state-ports.ts';

const ports = { ...statePorts(process.env), ...evidencePorts(process.env), bindings: readBindings(process.env) };

export const handler = middy()
  .use(logged())
  .handler(async (input: unknown) => summarizeProvisioning(parseSummarizeProvisioning(input), ports));
