import middy from '@middy/core';
import { checkWorkspace } from '../app/check-workspace.ts';
import { databricksAccess } from '../runtime/databricks-access.ts';
import { limitsOf } from '../runtime/limits-of.ts';
import { logged } from '../runtime/logged.ts';
import { parseCheckWorkspace } from '../runtime/provisioning-input.ts';
import { readBindings } from '../runtime/settings.ts';
import { statePorts } from '../runtime/state-ports.ts';

const bindings = readBindings(process.env);
const ports = { ...statePorts(process.env), bindings };
const databricks = databricksAccess(process.env, bindings);

export const handler = middy()
  .use(logged())
  .handler(async (input: unknown, context, options) => {
    const step = parseCheckWorkspace(input);
    const limits = limitsOf(context, options);
    const account = databricks.account(limits);
    const { host, calls } = databricks.workspace(step.deploymentName, limits);
    return checkWorkspace(step, { ...ports, ...account, host, calls: () => account.calls() + calls() });
  });
