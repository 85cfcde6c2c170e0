import middy from '@middy/core';
import { releaseLease } from '../app/release-lease.ts';
import { logged } from '../runtime/logged.ts';
import { statePorts } from '../runtime/state-ports.ts';
import { parseWorkspaceStep } from '../runtime/step-input.ts';

const ports = statePorts(process.env);

export const handler = middy()
  .use(logged())
  .handler(async (input: unknown) => releaseLease(parseWorkspaceStep(input), ports));
