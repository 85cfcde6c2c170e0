import middy from '@middy/core';
import { watchKeys } from '../app/watch-keys.ts';
import { databricksAccess } from '../runtime/databricks-access.ts';
import { keyWatchPorts } from '../runtime/key-watch-ports.ts';
import { limitsOf } from '../runtime/limits-of.ts';
import { logged } from '../runtime/logged.ts';

const ports = keyWatchPorts(process.env);
const databricks = databricksAccess(process.env, ports.bindings);

export const handler = middy()
  .use(logged())
  .handler(async (input: unknown, context, options) =>
    watchKeys(input, { ...ports, ...databricks.account(limitsOf(context, options)) }),
  );
