import { defineStage } from '../lib/config/stage-config.ts';

/** Copy this file to config/<stage>.ts, edit it, and deploy with `npm run deploy -- -c stage=<stage>`. */
export default defineStage({
  aws: { account: '111122223333', region: 'us-west-2' },
  databricks: {
    accountId: '0d26daa6-5e44-4c97-a497-ef015f91254a',
    credentialSecret: 'databricks/security-automation',
  },
  keyBindings: {
    'managed-services': {
      key: 'alias/databricks/managed-services',
      useCases: ['MANAGED_SERVICES'],
      workspaces: 'using-key',
      retire: 'delete-configuration',
      maintenanceWindow: {
        days: ['SAT', 'SUN'],
        start: '02:00',
        durationMinutes: 240,
        timeZone: 'America/Los_Angeles',
      },
    },
    storage: {
      key: 'arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      useCases: ['STORAGE'],
      reuseKeyForClusterVolumes: true,
      workspaces: ['1234567890123456'],
      onMaterialRotation: 'verify',
    },
  },
  secretBindings: {
    // Every secret under a path, into one scope of one workspace: prod/etl/warehouse becomes the key `warehouse`.
    etl: {
      secrets: { include: [{ namePrefix: 'prod/etl/' }], exclude: [{ tag: { key: 'databricks', value: 'never' } }] },
      workspaces: ['1234567890123456'],
      scopes: ['etl'],
      access: [{ group: 'data-engineers', permission: 'READ' }],
      prune: 'owned',
    },
    // Secrets that carry a tag, into every workspace; each member of their JSON becomes a key of its own.
    shared: {
      secrets: { include: [{ tag: { key: 'databricks', value: 'shared' } }] },
      workspaces: 'all',
      scopes: ['shared'],
      json: 'spread',
      access: [
        { group: 'users', permission: 'READ' },
        { servicePrincipal: '5f9c1a52-3e6b-4d0e-8a77-2f1b6a0c9d34', permission: 'READ' },
      ],
      otherAccess: 'remove',
    },
    // Teams say it themselves: a secret under teams/ goes where its tag `databricks:scope` points to.
    teams: {
      secrets: { taggedUnder: ['teams/'] },
      workspaces: ['1234567890123456', '2345678901234567'],
      scopes: ['team-*'],
    },
  },
  keyReconciliation: { everyHours: 24 },
  secretSync: { everyMinutes: 30 },
  notifications: { emails: ['platform-security@example.com'] },
});
