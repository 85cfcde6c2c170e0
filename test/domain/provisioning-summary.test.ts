import { describe, expect, test } from '@jest/globals';
import type { ProvisioningRequest, SummarizeProvisioningInput } from '../../lambda/contract/provisioning.ts';
import { summarizeProvisioning } from '../../lambda/domain/provisioning-summary.ts';

const URL = 'https://{deployment_name}.cloud.databricks.com';
const REQUEST: ProvisioningRequest = {
  ...{ workspaceName: 'prod', region: 'us-west-2', onFailure: 'keep' },
  setup: { credentials: { id: 'c' }, storage: { id: 's' } },
};
const FAILED = { name: 'WorkspaceFailed', message: 'it could not be set up' };

const summaryOf = (change: Partial<SummarizeProvisioningInput> = {}) =>
  summarizeProvisioning(
    {
      ...{ provisioningId: 'one', startedAt: '2026-05-20T20:00:00Z', request: REQUEST, removal: null, calls: 12 },
      ...{ workspaceId: '7', deploymentName: 'acme-prod', created: true, removed: false, status: 'RUNNING' },
      ...{ made: [], settings: { credentialsId: 'c' }, diagnosis: [], secrets: null, failure: null },
      ...change,
    },
    URL,
  );
const removal = { workspaceId: '7', workspaceName: 'old', networkId: null };
const ofRemoval = { request: null, removal, deploymentName: null, settings: null, status: null, created: false };

describe('the headline', () => {
  test.each([
    ['of a new workspace', {}, 'workspace prod (7) is created and running'],
    ['of one that was there', { created: false }, 'workspace prod (7) was there and is running'],
    ['of one that failed', { failure: FAILED }, 'workspace prod (7) is not running'],
    ['of one that did not come to be', { failure: FAILED, workspaceId: null }, 'workspace prod is not running'],
    ['of one that failed and is gone', { failure: FAILED, removed: true }, 'workspace prod (7) failed and was deleted'],
    ['of a removal', { ...ofRemoval, removed: true }, 'workspace old (7) is deleted'],
    ['of a removal that failed', { ...ofRemoval, failure: FAILED }, 'workspace old (7) is not deleted'],
  ] as const)('%s', (_what, change, headline) => {
    expect(summaryOf(change)).toMatchObject({ headline, ok: !('failure' in change) });
  });
});

describe('the summary', () => {
  test('says where people find the workspace and what was made for it', () => {
    const summary = summaryOf({ made: ["credential configuration 'prod-credentials'"] });
    expect(summary).toMatchObject({ url: 'https://acme-prod.cloud.databricks.com', calls: 12, workspaceName: 'prod' });
    expect(summary.message.split('\n')).toEqual([
      'workspace prod (7) is created and running',
      'https://acme-prod.cloud.databricks.com',
      "created credential configuration 'prod-credentials'",
    ]);
  });

  test('tells the failure, then what is wrong, then how to go on', () => {
    const { message } = summaryOf({ failure: FAILED, diagnosis: ['no route', 'mend it'] });
    expect(message.split('\n').slice(-4)).toEqual([
      'WorkspaceFailed: it could not be set up',
      'no route',
      'mend it',
      'Mend the cause and start the same request again: it goes on with what is there.',
    ]);
  });

  test('has no address for what is deleted or never was', () => {
    expect(summaryOf({ removed: true, failure: FAILED }).url).toBeNull();
    expect(summaryOf({ deploymentName: null, workspaceId: null, failure: FAILED }).url).toBeNull();
  });

  test('of a workspace that runs is good even where its secrets are not all there, and says so', () => {
    const secrets = { failure: { name: 'SecretSyncIncomplete', message: 'two scopes' } };
    const summary = summaryOf({ secrets });
    expect(summary.ok).toBe(true);
    expect(summary.message).toContain('(SecretSyncIncomplete)');
    expect(summaryOf({ secrets: { failure: null } }).message).not.toContain('secret');
  });
});
