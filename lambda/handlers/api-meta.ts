import { checkHealth } from '../app/check-health.ts';
import { describeApi } from '../app/describe-api.ts';
import { VERSION } from '../contract/version.ts';
import { apiHandler } from '../runtime/api-handler.ts';
import { databricksAccess } from '../runtime/databricks-access.ts';
import { readBindings } from '../runtime/settings.ts';
import { statePorts } from '../runtime/state-ports.ts';

const { leases } = statePorts(process.env);
const databricks = databricksAccess(process.env, readBindings(process.env));

export const handler = apiHandler('meta', {
  getOpenApi: async () => ({ status: 200, body: describeApi() }),
  getHealth: async ({ limits }) => {
    const health = await checkHealth({ version: VERSION, leases, registry: databricks.account(limits).registry });
    return { status: health.status === 'ok' ? 200 : 503, body: health };
  },
});
