import { afterEach, describe, expect, test } from '@jest/globals';
import { AccountNetworks } from '../../lambda/databricks/account-networks.ts';
import { AccountWorkspaceFactory } from '../../lambda/databricks/account-workspace-factory.ts';
import { AccountWorkspaces } from '../../lambda/databricks/account-workspaces.ts';
import { failureOfAct } from './client-bench.ts';
import { ACCOUNT, accountThatAnswers, BASE, closeAccounts } from './example-account.ts';

afterEach(closeAccounts);

// Requests and answers are those of Databricks' page "Create a workspace using the Account API", placeholders included.
describe('the documented examples of workspaces', () => {
  test('create a workspace', async () => {
    const { http, sent } = await accountThatAnswers(
      201,
      `{
  "workspace_id": 123456789,
  "workspace_name": "my-company-example",
  "aws_region": "us-west-2",
  "creation_time": 1579768294842,
  "deployment_name": "my-company-example",
  "workspace_status": "PROVISIONING",
  "account_id": "<databricks-account-id>",
  "credentials_id": "<aws-credentials-id>",
  "storage_configuration_id": "<databricks-storage-config-id>",
  "workspace_status_message": "Workspace resources are being set up.",
  "network_id": "<databricks-network-id>",
  "managed_services_customer_managed_key_id": "<aws-kms-managed-services-key-id>",
  "storage_customer_managed_key_id": "<aws-kms-notebook-workspace-storage-id>",
  "private_access_settings_id": "<private-access-settings-id>",
  "pricing_tier": "ENTERPRISE",
  "custom_tags": {
    "Organization": "Marketing",
    "Env": "Prod"
  }
}`,
    );

    const references = {
      credentialsId: '<aws-credentials-id>',
      storageConfigurationId: '<databricks-storage-config-id>',
      networkId: '<databricks-network-id>',
      managedServicesKeyId: '<aws-kms-managed-services-key-id>',
      storageKeyId: '<aws-kms-notebook-workspace-storage-id>',
      privateAccessSettingsId: '<private-access-settings-id>',
    };
    const created = await new AccountWorkspaceFactory(http, ACCOUNT).create({
      name: 'my-company-example',
      deploymentName: 'my-company-example',
      region: 'us-west-2',
      ...references,
      customTags: { Organization: 'Marketing', Env: 'Prod' },
    });

    expect(created).toEqual({
      id: '123456789',
      name: 'my-company-example',
      deploymentName: 'my-company-example',
      region: 'us-west-2',
      status: 'PROVISIONING',
      statusMessage: 'Workspace resources are being set up.',
      pricingTier: 'ENTERPRISE',
      ...references,
    });
    expect(sent().call).toBe(`POST ${BASE}/workspaces`);
    expect(JSON.parse(sent().body ?? '')).toEqual(
      JSON.parse(`{
  "workspace_name": "my-company-example",
  "deployment_name": "my-company-example",
  "aws_region": "us-west-2",
  "credentials_id": "<aws-credentials-id>",
  "storage_configuration_id": "<databricks-storage-config-id>",
  "network_id": "<databricks-network-id>",
  "managed_services_customer_managed_key_id": "<aws-kms-managed-services-key-id>",
  "storage_customer_managed_key_id": "<aws-kms-notebook-workspace-storage-id>",
  "private_access_settings_id": "<private-access-settings-id>",
  "custom_tags": {
    "Organization": "Marketing",
    "Env": "Prod"
  }
}`),
    );
  });

  test('get a workspace', async () => {
    const { http, sent } = await accountThatAnswers(
      200,
      `{
  "workspace_id": 123456789,
  "workspace_name": "my-company-example",
  "aws_region": "us-west-2",
  "creation_time": 1579768294842,
  "deployment_name": "my-company-example",
  "workspace_status": "RUNNING",
  "account_id": "<databricks-account-id>",
  "credentials_id": "<aws-credentials-id>",
  "storage_configuration_id": "<databricks-storage-config-id>",
  "workspace_status_message": "Workspace is running.",
  "network_id": "339f16b9-b8a3-4d50-9d1b-7e29e49448c3",
  "managed_services_customer_managed_key_id": "<aws-kms-managed-services-key-id>",
  "storage_customer_managed_key_id": "<aws-kms-notebook-workspace-storage-id>",
  "pricing_tier": "ENTERPRISE"
}`,
    );
    expect(await new AccountWorkspaces(http, ACCOUNT).get('123456789')).toEqual({
      id: '123456789',
      name: 'my-company-example',
      deploymentName: 'my-company-example',
      region: 'us-west-2',
      status: 'RUNNING',
      statusMessage: 'Workspace is running.',
      credentialsId: '<aws-credentials-id>',
      storageConfigurationId: '<databricks-storage-config-id>',
      networkId: '339f16b9-b8a3-4d50-9d1b-7e29e49448c3',
      managedServicesKeyId: '<aws-kms-managed-services-key-id>',
      storageKeyId: '<aws-kms-notebook-workspace-storage-id>',
      pricingTier: 'ENTERPRISE',
    });
    expect(sent()).toEqual({ call: `GET ${BASE}/workspaces/123456789`, body: '' });
  });

  test('update the failed workspace, without its Region, which cannot change', async () => {
    const { http, sent } = await accountThatAnswers(
      200,
      `{
  "workspace_id": 123456789,
  "workspace_name": "my-company-example",
  "aws_region": "us-west-2",
  "creation_time": 1579768294842,
  "deployment_name": "my-company-example",
  "workspace_status": "PROVISIONING",
  "account_id": "<databricks-account-id>",
  "credentials_id": "<aws-credentials-id>",
  "storage_configuration_id": "<databricks-storage-config-id>",
  "workspace_status_message": "Workspace resources are being set up.",
  "network_id": "<databricks-network-id>",
  "managed_services_customer_managed_key_id": "<aws-kms-managed-services-key-id>",
  "storage_customer_managed_key_id": "<aws-kms-notebook-workspace-storage-id>",
  "pricing_tier": "ENTERPRISE"
}`,
    );
    await new AccountWorkspaces(http, ACCOUNT).patch('123456789', {
      credentialsId: '<aws-credentials-id>',
      storageConfigurationId: '<databricks-storage-config-id>',
      networkId: '<databricks-network-id>',
      managedServicesKeyId: '<aws-kms-managed-services-key-id>',
      storageKeyId: '<aws-kms-notebook-workspace-storage-id>',
    });
    const documented = JSON.parse(`{
  "aws_region": "us-west-2",
  "credentials_id": "<aws-credentials-id>",
  "storage_configuration_id": "<databricks-storage-config-id>",
  "network_id": "<databricks-network-id>",
  "managed_services_customer_managed_key_id": "<aws-kms-managed-services-key-id>",
  "storage_customer_managed_key_id": "<aws-kms-notebook-workspace-storage-id>"
}`);
    expect(sent().call).toBe(`PATCH ${BASE}/workspaces/123456789`);
    expect({ aws_region: 'us-west-2', ...JSON.parse(sent().body ?? '') }).toEqual(documented);
  });

  test('get a network configuration', async () => {
    const { http, sent } = await accountThatAnswers(404, '{"error_code":"NOT_FOUND","message":"x"}');
    await failureOfAct(() => new AccountNetworks(http, ACCOUNT).get('<databricks-network-id>'));
    expect(sent().call).toBe(`GET ${BASE}/networks/${encodeURIComponent('<databricks-network-id>')}`);
  });

  test('delete a workspace and then its network', async () => {
    const { http, sent } = await accountThatAnswers(200, '');
    await new AccountWorkspaceFactory(http, ACCOUNT).delete('123456789');
    expect(sent()).toEqual({ call: `DELETE ${BASE}/workspaces/123456789`, body: '' });

    const other = await accountThatAnswers(200, '');
    await new AccountNetworks(other.http, ACCOUNT).delete('339f16b9-b8a3-4d50-9d1b-7e29e49448c3');
    expect(other.sent().call).toBe(`DELETE ${BASE}/networks/339f16b9-b8a3-4d50-9d1b-7e29e49448c3`);
  });
});
