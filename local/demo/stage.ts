import { DEMO_ALIAS, DEMO_WORKSPACES } from './account.ts';

/** Where the simulated Databricks stands in the synthesized configuration; the local run puts its real port there. */
export const SIMULATED_DATABRICKS = 'http://127.0.0.1:9';

/** Name of the secret with the simulated service principal. */
export const CREDENTIAL_SECRET = 'databricks/security-automation';

export const AWS_HOME = { account: '111122223333', region: 'us-west-2' } as const;

/** Bindings, how often they are looked at, and what is made for workspaces, as a config file has them. */
export interface StageBindings {
  readonly keyBindings: object;
  readonly secretBindings?: object;
  readonly prerequisites?: object;
  readonly keyReconciliation?: object;
}

/** What every local stage shares; bindings are added. */
export const localStage = (databricksAccountId: string, bindings: StageBindings) => ({
  aws: AWS_HOME,
  databricks: {
    accountId: databricksAccountId,
    accountHost: `${SIMULATED_DATABRICKS}/account`,
    workspaceUrl: `${SIMULATED_DATABRICKS}/w/{deployment_name}`,
    credentialSecret: CREDENTIAL_SECRET,
  },
  ...bindings,
  onStackDeletion: 'destroy',
});

/**
 * The bindings of the scenario of a rollout: one key with both use cases for three workspaces, the first one as a canary;
 * the secrets below `demo/analytics/` in one scope of two workspaces, JSON ones spread; and secrets whose tags name a scope.
 */
export const DEMO_BINDINGS: StageBindings = {
  keyBindings: {
    demo: { key: DEMO_ALIAS, useCases: ['MANAGED_SERVICES', 'STORAGE'], workspaces: [...DEMO_WORKSPACES] },
  },
  secretBindings: {
    analytics: {
      secrets: { include: [{ namePrefix: 'demo/analytics/' }] },
      workspaces: DEMO_WORKSPACES.slice(0, 2),
      scopes: ['analytics'],
      access: [
        { group: 'data-scientists', permission: 'READ' },
        { user: 'platform@example.com', permission: 'MANAGE' },
      ],
      prune: 'owned',
    },
    'by-tag': {
      secrets: { taggedUnder: ['demo/teams/'] },
      workspaces: [DEMO_WORKSPACES[0]],
      scopes: ['team-*'],
      json: 'spread',
      access: [{ group: 'team-ml', permission: 'READ' }],
    },
  },
};

/** The bindings of the scenario of a provisioning: what uses the key follows it, and every workspace gets the secrets. */
export const PROVISIONING_BINDINGS: StageBindings = {
  keyBindings: { demo: { key: DEMO_ALIAS, useCases: ['MANAGED_SERVICES', 'STORAGE'], workspaces: 'using-key' } },
  secretBindings: {
    analytics: {
      secrets: { include: [{ namePrefix: 'demo/analytics/' }] },
      ...{ workspaces: 'all', scopes: ['analytics'], prune: 'owned' },
      access: [{ group: 'data-scientists', permission: 'READ' }],
    },
    'by-tag': {
      secrets: { taggedUnder: ['demo/teams/'] },
      ...{ workspaces: 'all', scopes: ['team-*'], json: 'spread' },
      access: [{ group: 'team-ml', permission: 'READ' }],
    },
  },
};
