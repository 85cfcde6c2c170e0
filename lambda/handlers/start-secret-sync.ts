import middy from '@middy/core';
import { startSecretSync } from '../app/start-secret-sync.ts';
import { logged } from '../runtime/logged.ts';
import { secretFrontDoorPorts } from '../runtime/secret-front-door-ports.ts';

const ports = secretFrontDoorPorts(process.env);

export const handler = middy()
  .use(logged())
  .handler(async (event: unknown) => startSecretSync(event, ports));
