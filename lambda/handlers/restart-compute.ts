import middy from '@middy/core';
import { restartCompute } from '../app/restart-compute.ts';
import { databricksAccess } from '../runtime/databricks-access.ts';
import { limitsOf } from '../runtime/limits-of.ts';
import { logged } from '../runtime/logged.ts';
import { readBindings } from '../runtime/settings.ts';
import { statePorts } from '../runtime/state-ports.ts';
import { parseWorkspaceStep } from '../runtime/step-input.ts';

const bindings = readBindings(process.env);
const ports = { ...statePorts(process.env), bindings };
const databricks = databricksAccess(process.env, bindings);

export const handler = middy()
  .use(logged())
  .handler(async (input: unknown, context, options) => {
    const step = parseWorkspaceStep(input);
    const limits = limitsOf(context, options);
    return restartCompute(step, { ...ports, ...databricks.workspace(step.deploymentName, limits) });
  });
