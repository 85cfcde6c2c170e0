import middy from '@middy/core';
import { patchWorkspace } from '../app/patch-workspace.ts';
import { databricksAccess } from '../runtime/databricks-access.ts';
import { limitsOf } from '../runtime/limits-of.ts';
import { logged } from '../runtime/logged.ts';
import { readBindings } from '../runtime/settings.ts';
import { statePorts } from '../runtime/state-ports.ts';
import { parseWorkspaceStep } from '../runtime/step-input.ts';

const ports = statePorts(process.env);
const databricks = databricksAccess(process.env, readBindings(process.env));

export const handler = middy()
  .use(logged())
  .handler(async (input: unknown, context, options) =>
    patchWorkspace(parseWorkspaceStep(input), { ...ports, ...databricks.account(limitsOf(context, options)) }),
  );
