import { DEMO_ALIAS, DEMO_WORKSPACES } from './account.ts';

/** Where the simulated Databricks stands in the synthesized configuration; the local run puts its real port there. */
export const SIMULATED_DATABRICKS = 'http://127.0.0.1:9';

/** Name of the secret with the simulated service principal. */
export const CREDENTIAL_SECRET = 'databricks/security-automation';

export const AWS_HOME = { account: '111122223333', region: 'us-west-2' } as const;

/** What every local stage shares; bindings are added. */
export const localStage = (databricksAccountId: string, keyBindings: object) => ({
  aws: AWS_HOME,
  databricks: {
    accountId: databricksAccountId,
    accountHost: `${SIMULATED_DATABRICKS}/account`,
    workspaceUrl: `${SIMULATED_DATABRICKS}/w/{deployment_name}`,
    credentialSecret: CREDENTIAL_SECRET,
  },
  keyBindings,
  onStackDeletion: 'destroy',
});

/** The binding that `npm start` shows: both use cases for three workspaces, the first one as a canary. */
export const DEMO_BINDINGS = {
  demo: { key: DEMO_ALIAS, useCases: ['MANAGED_SERVICES', 'STORAGE'], workspaces: [...DEMO_WORKSPACES] },
};
