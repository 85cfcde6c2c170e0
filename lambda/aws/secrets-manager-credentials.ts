import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { FAILURE } from '../contract/failures.ts';
import { AutomationError } from '../domain/failure.ts';
import { Sensitive } from '../domain/sensitive.ts';
import { errorName } from './error-name.ts';

const ADVICE: ReadonlyMap<string, string> = new Map([
  [
    'ResourceNotFoundException',
    'create it with the keys client_id and client_secret of a Databricks OAuth service principal',
  ],
  ['InvalidRequestException', 'it is scheduled for deletion: restore it (`aws secretsmanager restore-secret`)'],
  ['DecryptionFailure', 'allow this function to use the KMS key that encrypts it'],
  ['AccessDeniedException', 'allow this function to read it, and to use the KMS key that encrypts it'],
]);

/** Reads the text of the credential secret; fails with CredentialSecretMissing saying what to do. */
export async function readCredentialSecret(
  secrets: SecretsManagerClient,
  secretId: string,
): Promise<Sensitive<string>> {
  try {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretId }));
    return new Sensitive(SecretString ?? '');
  } catch (error) {
    const advice = ADVICE.get(errorName(error) ?? '');
    if (advice === undefined) throw error;
    throw new AutomationError(
      FAILURE.credentialSecretMissing,
      `credential secret ${secretId} cannot be read: ${advice}`,
      {
        cause: error,
      },
    );
  }
}
