import middy from '@middy/core';
import { removeWorkspace } from '../app/remove-workspace.ts';
import { databricksAccess } from '../runtime/databricks-access.ts';
import { limitsOf } from '../runtime/limits-of.ts';
import { logged } from '../runtime/logged.ts';
import { parseRemoveWorkspace } from '../runtime/provisioning-input.ts';
import { readBindings } from '../runtime/settings.ts';

const databricks = databricksAccess(process.env, readBindings(process.env));

export const handler = middy()
  .use(logged())
  .handler(async (input: unknown, context, options) =>
    removeWorkspace(parseRemoveWorkspace(input), {
      clock: () => Date.now(),
      ...databricks.account(limitsOf(context, options)),
    }),
  );
