import middy from '@middy/core';
import { syncScope } from '../app/sync-scope.ts';
import { databricksAccess } from '../runtime/databricks-access.ts';
import { limitsOf } from '../runtime/limits-of.ts';
import { logged } from '../runtime/logged.ts';
import { pause } from '../runtime/pause.ts';
import { secretSource } from '../runtime/secret-source.ts';
import { secretStatePorts } from '../runtime/secret-state-ports.ts';
import { readBindings } from '../runtime/settings.ts';
import { parseSyncScope } from '../runtime/sync-input.ts';

const bindings = readBindings(process.env);
const ports = { ...secretStatePorts(process.env), bindings, source: secretSource(), random: Math.random };
const databricks = databricksAccess(process.env, bindings);

export const handler = middy()
  .use(logged())
  .handler(async (input: unknown, context, options) => {
    const task = parseSyncScope(input);
    const { secrets: scopes, calls } = databricks.workspace(task.deploymentName, limitsOf(context, options));
    return syncScope(task, {
      ...ports,
      scopes,
      calls,
      timeLeft: () => context.getRemainingTimeInMillis(),
      pause,
    });
  });
