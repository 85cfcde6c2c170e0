import middy from '@middy/core';
import { takeLease } from '../app/take-lease.ts';
import { logged } from '../runtime/logged.ts';
import { readBindings } from '../runtime/settings.ts';
import { statePorts } from '../runtime/state-ports.ts';
import { parseTakeLease } from '../runtime/step-input.ts';

const ports = { ...statePorts(process.env), bindings: readBindings(process.env) };

export const handler = middy()
  .use(logged())
  .handler(async (input: unknown) => takeLease(parseTakeLease(input), ports));
