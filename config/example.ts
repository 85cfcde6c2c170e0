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
  notifications: { emails: ['platform-security@example.com'] },
});
