import type { Diagnosis } from '../../lambda/contract/api-answers.ts';
import type { ProvisioningPlan, ProvisioningSummary } from '../../lambda/contract/provisioning.ts';

/** A request with something in every part. */
export const WORKSPACE_BODY = {
  workspaceName: 'analytics',
  deploymentName: 'acme-analytics',
  pricingTier: 'ENTERPRISE',
  customTags: { team: 'data' },
  credentials: { roleArn: 'arn:aws:iam::111122223333:role/databricks' },
  storage: { id: 'storage-1' },
  network: {
    name: 'analytics-vpc',
    vpcId: 'vpc-0123456789abcdef0',
    subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
    securityGroupIds: ['sg-0123456789abcdef0'],
    vpcEndpoints: { restApi: ['vpce-1'], dataplaneRelay: ['vpce-2'] },
  },
  managedServicesKey: { key: 'alias/databricks' },
  storageKey: { key: 'alias/databricks', reuseKeyForClusterVolumes: false },
  replacements: { credentials: { id: 'credentials-2' } },
  onFailure: 'keep',
} as const;

export const PROVISIONING_PLAN: ProvisioningPlan = {
  request: null,
  removal: null,
  workspace: { kind: 'create' },
  configurations: [
    { of: 'credentials', kind: 'create', id: null, name: 'analytics-credentials' },
    { of: 'storage', kind: 'use', id: 'storage-1', name: 'root' },
  ],
  problems: [],
  warnings: ['the key policy names a role that is not there'],
  headline: 'workspace analytics will be created; 1 of 2 configurations to create',
  calls: 5,
};

export const REFUSED_PLAN: ProvisioningPlan = {
  ...PROVISIONING_PLAN,
  workspace: { kind: 'refuse' },
  problems: ["storage.id: found 'storage-9', wanted the id of a storage configuration of the account"],
  warnings: [],
  headline: 'workspace analytics cannot be provisioned: 1 problem',
};

export const PROVISIONING_SUMMARY: ProvisioningSummary = {
  ok: true,
  workspaceName: 'analytics',
  workspaceId: '4711000000000003',
  deploymentName: 'acme-analytics',
  url: 'https://acme-analytics.cloud.databricks.com',
  status: 'RUNNING',
  created: true,
  removed: false,
  made: ["credential configuration 'analytics-credentials'"],
  settings: { credentialsId: 'credentials-1', storageConfigurationId: 'storage-1', managedServicesKeyId: 'cmk-1' },
  diagnosis: [],
  failure: null,
  headline: 'workspace analytics (4711000000000003) is created and running',
  message: 'workspace analytics (4711000000000003) is created and running\n...',
  calls: 12,
};

export const FAILED_SUMMARY: ProvisioningSummary = {
  ...PROVISIONING_SUMMARY,
  ok: false,
  status: 'FAILED',
  diagnosis: [
    'workspace analytics (4711000000000003) is FAILED; Databricks says: Network misconfigured.',
    'network configuration analytics-vpc (net-1, BROKEN): error with a subnet: no route',
  ],
  failure: { name: 'WorkspaceFailed', message: 'workspace analytics (4711000000000003) could not be set up' },
  headline: 'workspace analytics (4711000000000003) is not running',
  message: 'workspace analytics (4711000000000003) is not running\n...',
};

export const DIAGNOSIS: Diagnosis = {
  workspaceId: '4711000000000003',
  workspaceName: 'analytics',
  status: 'FAILED',
  advice: [...FAILED_SUMMARY.diagnosis, 'Mend what is said above in AWS.\u001b[2J'],
  network: {
    id: 'net-1',
    name: 'analytics-vpc',
    status: 'BROKEN',
    errors: [{ type: 'subnet', message: 'no route' }],
    warnings: [],
  },
};
