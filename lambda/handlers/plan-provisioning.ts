import middy from '@middy/core';
import { planProvisioning } from '../app/plan-provisioning.ts';
import { databricksAccess } from '../runtime/databricks-access.ts';
import { keySource } from '../runtime/key-source.ts';
import { limitsOf } from '../runtime/limits-of.ts';
import { logged } from '../runtime/logged.ts';
import { parseProvisioning } from '../runtime/provisioning-request.ts';
import { readBindings, readRegion } from '../runtime/settings.ts';

const bindings = readBindings(process.env);
const region = readRegion(process.env);
const ports = { bindings, keys: keySource() };
const databricks = databricksAccess(process.env, bindings);

export const handler = middy()
  .use(logged())
  .handler(async (input: unknown, context, options) =>
    planProvisioning(parseProvisioning(input, region), { ...ports, ...databricks.account(limitsOf(context, options)) }),
  );
