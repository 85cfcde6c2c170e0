import type { AccountSeed } from '../databricks/seed.ts';

export const CROSS_ACCOUNT_ROLE = 'arn:aws:iam::111122223333:role/databricks-cross-account';
export const DEMO_ALIAS = 'alias/databricks/demo';
export const DEMO_WORKSPACES = ['4711000000000001', '4711000000000002', '9007199254740993'] as const;

const DAY_MS = 24 * 60 * 60_000;

/**
 * The account that `npm start` shows: one key, and three workspaces that use it in different ways. The last one's id is
 * larger than a JavaScript number can hold.
 */
export const demoAccount = (keyArn: string, now: number): AccountSeed => ({
  credentials: [{ id: 'c0000000-0000-4000-8000-000000000001', name: 'cross-account', roleArn: CROSS_ACCOUNT_ROLE }],
  keyConfigurations: [
    {
      id: 'a0000000-0000-4000-8000-000000000001',
      keyArn,
      alias: DEMO_ALIAS,
      useCases: ['MANAGED_SERVICES', 'STORAGE'],
      createdAt: now - 90 * DAY_MS,
    },
  ],
  workspaces: [
    {
      id: DEMO_WORKSPACES[0],
      name: 'analytics',
      deploymentName: 'demo-analytics',
      region: 'us-west-2',
      network: 'managed',
      credentialsId: 'c0000000-0000-4000-8000-000000000001',
      managedServicesKeyId: 'a0000000-0000-4000-8000-000000000001',
      clusters: [
        { id: '0101-shared', name: 'shared-autoscaling' },
        { id: '0101-nightly', name: 'job-nightly-load', source: 'JOB' },
        { id: '0101-idle', name: 'ad-hoc', state: 'TERMINATED' },
      ],
      warehouses: [{ id: 'wh-bi', name: 'bi', state: 'RUNNING' }],
    },
    {
      id: DEMO_WORKSPACES[1],
      name: 'machine-learning',
      deploymentName: 'demo-ml',
      region: 'us-west-2',
      network: 'customer',
      credentialsId: 'c0000000-0000-4000-8000-000000000001',
      managedServicesKeyId: 'a0000000-0000-4000-8000-000000000001',
      clusters: [{ id: '0202-train', name: 'training' }],
      pools: [
        { id: 'pool-gpu', name: 'gpu-pool', minIdleInstances: 2, idle: 2, idleInstanceAutoterminationMinutes: 60 },
      ],
    },
    {
      id: DEMO_WORKSPACES[2],
      name: 'finance',
      deploymentName: 'demo-finance',
      region: 'us-west-2',
      network: 'customer',
      credentialsId: 'c0000000-0000-4000-8000-000000000001',
      managedServicesKeyId: 'a0000000-0000-4000-8000-000000000001',
      storageKeyId: 'a0000000-0000-4000-8000-000000000001',
      warehouses: [
        { id: 'wh-reports', name: 'reports', state: 'RUNNING' },
        { id: 'wh-serverless', name: 'serverless', state: 'RUNNING', serverless: true },
      ],
    },
  ],
});

/** An account that has a role, and no workspace yet. */
export const emptyAccount = (): AccountSeed => ({
  credentials: [{ id: 'c0000000-0000-4000-8000-000000000001', name: 'cross-account', roleArn: CROSS_ACCOUNT_ROLE }],
  workspaces: [],
});
