import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SecretSource } from '../app/secret-ports.ts';
import { SecretsManagerSource } from '../aws/secrets-manager-source.ts';

/** Secrets Manager of the function's own account and Region, read only; contains no Databricks client. */
export const secretSource = (): SecretSource => new SecretsManagerSource(new SecretsManagerClient({}));
