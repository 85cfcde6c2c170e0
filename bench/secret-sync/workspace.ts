import { type DatabricksSimulator, startDatabricksSimulator } from '../../local/databricks/simulator.ts';
import type { SwitchChanges } from '../../local/databricks/switches.ts';
import type { Address } from './client.ts';

export const WORKSPACE_ID = '1';
const DEPLOYMENT_NAME = 'dbc-1';

/** The scope that is kept in sync. */
export const SCOPE = 'app';

/** A simulated workspace without scopes. */
export const startWorkspace = (now: () => number, switches: SwitchChanges = {}): Promise<DatabricksSimulator> =>
  startDatabricksSimulator({
    ...{ port: 0, now, switches },
    seed: {
      workspaces: [
        { id: WORKSPACE_ID, name: 'one', deploymentName: DEPLOYMENT_NAME, region: 'us-west-2', network: 'managed' },
      ],
    },
  });

export const addressOf = ({ workspaceUrlTemplate, clientId, clientSecret }: DatabricksSimulator): Address => ({
  baseUrl: workspaceUrlTemplate.replace('{deployment_name}', DEPLOYMENT_NAME),
  clientId,
  clientSecret,
});
