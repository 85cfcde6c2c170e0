import middy from '@middy/core';
import { planSecretSync } from '../app/plan-secret-sync.ts';
import { databricksAccess } from '../runtime/databricks-access.ts';
import { limitsOf } from '../runtime/limits-of.ts';
import { logged } from '../runtime/logged.ts';
import { secretSource } from '../runtime/secret-source.ts';
import { secretStatePorts } from '../runtime/secret-state-ports.ts';
import { readBindings, readRegion } from '../runtime/settings.ts';
import { parsePlanSync } from '../runtime/sync-input.ts';

const bindings = readBindings(process.env);
const ports = { ...secretStatePorts(process.env), bindings, source: secretSource(), region: readRegion(process.env) };
const databricks = databricksAccess(process.env, bindings);

export const handler = middy()
  .use(logged())
  .handler(async (input: unknown, context, options) =>
    planSecretSync(parsePlanSync(input), { ...ports, ...databricks.account(limitsOf(context, options)) }),
  );
