import middy from '@middy/core';
import { checkKeyInForce } from '../app/check-key-in-force.ts';
import { databricksAccess } from '../runtime/databricks-access.ts';
import { limitsOf } from '../runtime/limits-of.ts';
import { logged } from '../runtime/logged.ts';
import { secretStatePorts } from '../runtime/secret-state-ports.ts';
import { readBindings } from '../runtime/settings.ts';
import { statePorts } from '../runtime/state-ports.ts';
import { parseCheckKey } from '../runtime/step-input.ts';

const bindings = readBindings(process.env);
const ports = { ...statePorts(process.env), rewrites: secretStatePorts(process.env).rewrites, bindings };
const databricks = databricksAccess(process.env, bindings);

export const handler = middy()
  .use(logged())
  .handler(async (input: unknown, context, options) => {
    const step = parseCheckKey(input);
    const limits = limitsOf(context, options);
    return checkKeyInForce(step, { ...ports, ...databricks.account(limits) });
  });
