import { KMSClient } from '@aws-sdk/client-kms';
import type { KeySource } from '../app/ports.ts';
import { KmsKeySource } from '../aws/kms-key-source.ts';

/** KMS of the function's own account and Region, read only; contains no Databricks client. */
export const keySource = (): KeySource => new KmsKeySource(new KMSClient({}));
