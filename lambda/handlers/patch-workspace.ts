import middy from '@middy/core';
import { patchWorkspace } from '../app/patch-workspace.ts';
import { databricksAccess } from '../runtime/databricks-access.ts';
import { limitsOf } from '../runtime/limits-of.ts';
import { logged } from '../runtime/logged.ts';
import { readBindings } from '../runtime/settings.ts';
import { parseWorkspaceStep } from '../runtime/step-input.ts';

const databricks = databricksAccess(process.env, readBindings(process.env));

export const handler = middy()
  .use(logged())
  .handler(async (input: unknown, context, options) =>
    patchWorkspace(parseWorkspaceStep(input), {
      ...databricks.account(limitsOf(context, options)),
      clock: () => Date.now(),
    }),
  );
