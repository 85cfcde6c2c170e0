import { afterEach, describe, expect, test } from '@jest/globals';
import { AccountCredentials } from '../../lambda/databricks/account-credentials.ts';
import { AccountKeyRegistry } from '../../lambda/databricks/account-key-registry.ts';
import { AccountStorageConfigurations } from '../../lambda/databricks/account-storage-configurations.ts';
import { failureOfAct } from './client-bench.ts';
import { ACCOUNT, accountThatAnswers, BASE, closeAccounts } from './example-account.ts';

afterEach(closeAccounts);

// Requests and answers are those of Databricks' pages "Create a workspace using the Account API" and "Create credential
// configuration", placeholders included.
describe('the documented examples of configurations', () => {
  test('create a credential configuration', async () => {
    const { http, sent } = await accountThatAnswers(
      201,
      `{
       "credentials_id": "<databricks-credentials-id>",
       "account_id": "<databricks-account-id>",
       "aws_credentials": {
         "sts_role": {
           "role_arn": "arn:aws:iam::<aws-account-id>:role/my-company-example-role",
           "external_id": "<databricks-account-id>"
         }
       },
       "credentials_name": "databricks-workspace-credentials-v1",
       "creation_time": 1579753556257
     }`,
    );

    const created = await new AccountCredentials(http, ACCOUNT).create({
      name: 'databricks-workspace-credentials-v1',
      roleArn: 'arn:aws:iam::<aws-account-id>:role/my-company-example-role',
    });

    expect(created).toEqual({
      id: '<databricks-credentials-id>',
      name: 'databricks-workspace-credentials-v1',
      roleArn: 'arn:aws:iam::<aws-account-id>:role/my-company-example-role',
      externalId: ACCOUNT,
      createdAt: 1579753556257,
    });
    expect(sent().call).toBe(`POST ${BASE}/credentials`);
    expect(JSON.parse(sent().body ?? '')).toEqual(
      JSON.parse(`{
       "credentials_name": "databricks-workspace-credentials-v1",
       "aws_credentials": {
         "sts_role": {
           "role_arn": "arn:aws:iam::<aws-account-id>:role/my-company-example-role"
         }
       }
     }`),
    );
  });

  test('create a credential configuration, with the name of the reference page', async () => {
    const { http, sent } = await accountThatAnswers(
      201,
      '{"credentials_id":"c-1","credentials_name":"credential_1","aws_credentials":{"sts_role":{"role_arn":"r"}},' +
        '"account_id":"a","creation_time":1}',
    );
    const created = await new AccountCredentials(http, ACCOUNT).create({ name: 'credential_1', roleArn: 'r' });
    expect(created).toEqual({ id: 'c-1', name: 'credential_1', roleArn: 'r', createdAt: 1 });
    expect(JSON.parse(sent().body ?? '')).toMatchObject({ credentials_name: 'credential_1' });
  });

  test('create a storage configuration', async () => {
    const { http, sent } = await accountThatAnswers(
      201,
      `{
      "storage_configuration_id": "<databricks-storage-config-id>",
      "account_id": "<databricks-account-id>",
      "root_bucket_info": {
        "bucket_name": "my-company-example-bucket"
      },
      "storage_configuration_name": "databricks-workspace-storageconf-v1",
      "creation_time": 1579754875555
    }`,
    );

    const created = await new AccountStorageConfigurations(http, ACCOUNT).create({
      name: 'databricks-workspace-storageconf-v1',
      bucket: 'my-company-example-bucket',
    });

    expect(created).toEqual({
      id: '<databricks-storage-config-id>',
      name: 'databricks-workspace-storageconf-v1',
      bucket: 'my-company-example-bucket',
      createdAt: 1579754875555,
    });
    expect(sent().call).toBe(`POST ${BASE}/storage-configurations`);
    expect(JSON.parse(sent().body ?? '')).toEqual(
      JSON.parse(`{
        "storage_configuration_name": "databricks-workspace-storageconf-v1",
        "root_bucket_info": {
          "bucket_name": "my-company-example-bucket"
        }
      }`),
    );
  });

  test('create a key configuration', async () => {
    const { http, sent } = await accountThatAnswers(
      201,
      `{
      "use_cases": ["MANAGED_SERVICES", "STORAGE"],
      "customer_managed_key_id": "<aws-kms-key-id>",
      "creation_time": 1586447506984,
      "account_id": "<databricks-account-id>",
      "aws_key_info": {
          "key_arn": "arn:aws:kms:us-west-2:<aws-account-id>:key/<key-id>",
          "key_alias": "my-example-key",
          "reuse_key_for_cluster_volumes": true,
          "key_region": "us-west-2"
      }
    }`,
    );

    const key = {
      keyArn: 'arn:aws:kms:us-west-2:<aws-account-id>:key/<key-id>',
      keyAlias: 'my-example-key',
      useCases: ['MANAGED_SERVICES', 'STORAGE'],
      reuseKeyForClusterVolumes: true,
    } as const;
    const created = await new AccountKeyRegistry(http, ACCOUNT).create(key);

    expect(created).toEqual({ ...key, id: '<aws-kms-key-id>', createdAt: 1586447506984 });
    expect(sent().call).toBe(`POST ${BASE}/customer-managed-keys`);
    expect(JSON.parse(sent().body ?? '')).toEqual(
      JSON.parse(`{
      "use_cases": ["MANAGED_SERVICES", "STORAGE"],
      "aws_key_info": {
        "key_arn": "arn:aws:kms:us-west-2:<aws-account-id>:key/<key-id>",
        "key_alias": "my-example-key",
        "reuse_key_for_cluster_volumes": true
      }
    }`),
    );
  });

  test.each([
    [400, 'BAD_REQUEST', 'Request is invalid.', 'DatabricksRefused'],
    [
      401,
      'UNAUTHORIZED',
      'The request does not have valid authentication credentials for the operation.',
      'DatabricksUnauthenticated',
    ],
    [404, 'NOT_FOUND', 'Operation was performed on a resource that does not exist.', 'DatabricksNotFound'],
    [500, 'INTERNAL_SERVER_ERROR', 'Internal error.', 'DatabricksOutcomeUnknown'],
  ])('%i %s of a creation of credentials', async (status, code, message, name) => {
    const { http } = await accountThatAnswers(status, JSON.stringify({ error_code: code, message }));
    const wanted = { name: 'credential_1', roleArn: 'arn:aws:iam::111122223333:role/r' };
    const failure = await failureOfAct(() => new AccountCredentials(http, ACCOUNT).create(wanted));
    expect(failure.name).toBe(name);
    expect(failure.message).toContain(`${status} ${code} "${message}"`);
  });
});
