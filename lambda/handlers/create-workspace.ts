import middy from '@middy/core';
import { createWorkspace } from '../app/create-workspace.ts';
import { databricksAccess } from '../runtime/databricks-access.ts';
import { limitsOf } from '../runtime/limits-of.ts';
import { logged } from '../runtime/logged.ts';
import { parseCreateWorkspace } from '../runtime/provisioning-input.ts';
import { readBindings } from '../runtime/settings.ts';
import { statePorts } from '../runtime/state-ports.ts';

const bindings = readBindings(process.env);
const ports = { ...statePorts(process.env), bindings };
const databricks = databricksAccess(process.env, bindings);

export const handler = middy()
  .use(logged())
  .handler(async (input: unknown, context, options) =>
    createWorkspace(parseCreateWorkspace(input), { ...ports, ...databricks.account(limitsOf(context, options)) }),
  );
