import middy from '@middy/core';
import { startKeyRollout } from '../app/start-key-rollout.ts';
import { frontDoorPorts } from '../runtime/front-door-ports.ts';
import { logged } from '../runtime/logged.ts';

const ports = frontDoorPorts(process.env);

export const handler = middy()
  .use(logged())
  .handler(async (event: unknown) => startKeyRollout(event, ports));
