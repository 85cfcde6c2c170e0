import middy from '@middy/core';
import { patchWorkspace } from '../app/patch-workspace.ts';
import { databricksAccess } from '../runtime/databricks-access.ts';
import { limitsOf } from '../runtime/limits-of.ts';
import { logged } from '../runtime/logged.ts';
import { secretStatePorts } from '../runtime/secret-state-ports.ts';
import { readBindings } from '../runtime/settings.ts';
import { statePorts } from '../runtime/state-ports.ts';
import { parseWorkspaceStep } from '../runtime/step-input.ts';

const bindings = readBindings(process.env);
const ports = { ...statePorts(process.env), rewrites: secretStatePorts(process.env).rewrites, bindings };
const databricks = databricksAccess(process.env, bindings);

export const handler = middy()
  .use(logged())
  .handler(async (input: unknown, context, options) =>
    patchWorkspace(parseWorkspaceStep(input), { ...ports, ...databricks.account(limitsOf(context, options)) }),
  );
