import middy from '@middy/core';
import { careForCompute } from '../app/care-for-compute.ts';
import { computeCarePorts } from '../runtime/compute-care-ports.ts';
import { databricksAccess } from '../runtime/databricks-access.ts';
import { limitsOf } from '../runtime/limits-of.ts';
import { logged } from '../runtime/logged.ts';
import { readBindings } from '../runtime/settings.ts';

const ports = computeCarePorts(process.env);
const databricks = databricksAccess(process.env, readBindings(process.env));

export const handler = middy()
  .use(logged())
  .handler(async (input: unknown, context, options) =>
    careForCompute(input, { ...ports, ...databricks.account(limitsOf(context, options)) }),
  );
