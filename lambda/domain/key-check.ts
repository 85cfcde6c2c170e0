import { FAILURE } from '../contract/failures.ts';
import { keyArn } from './arn.ts';
import { AutomationError } from './failure.ts';
import type { KmsKey } from './key.ts';
import { checkKeyPolicy, type PolicyNeeds } from './key-policy.ts';

/** Databricks does not offer customer-managed keys there. Source: Databricks, "Create a workspace using the Account API". */
const REGION_WITHOUT_KEYS = 'us-west-1';

const STATE_ADVICE: ReadonlyMap<string, string> = new Map([
  ['Disabled', 'enable it (`aws kms enable-key`)'],
  ['PendingDeletion', 'cancel the deletion (`aws kms cancel-key-deletion`), then enable it (`aws kms enable-key`)'],
  [
    'PendingReplicaDeletion',
    'cancel the deletion (`aws kms cancel-key-deletion`), then enable it (`aws kms enable-key`)',
  ],
  ['PendingImport', 'import its key material (`aws kms import-key-material`)'],
  ['Unavailable', 'reconnect its custom key store'],
]);

/** Fails with KeyNotUsable unless Databricks can use this kind of key in this state and Region. */
export function assertUsableKey(key: KmsKey): void {
  if (key.state !== 'Enabled') {
    const advice = STATE_ADVICE.get(key.state) ?? 'bring it to the state Enabled';
    throw unusable(
      `key ${key.arn} is ${key.state}; Databricks needs an Enabled key: ${advice}, then start the rollout again`,
    );
  }
  if (key.spec !== 'SYMMETRIC_DEFAULT' || key.usage !== 'ENCRYPT_DECRYPT') {
    throw unusable(
      `key ${key.arn} is ${key.spec} for ${key.usage}; Databricks accepts only SYMMETRIC_DEFAULT keys for ENCRYPT_DECRYPT: bind another key`,
    );
  }
  if (keyArn(key.arn).region === REGION_WITHOUT_KEYS) {
    throw unusable(`key ${key.arn} is in ${REGION_WITHOUT_KEYS}, where Databricks has no customer-managed keys`);
  }
}

const unusable = (message: string): AutomationError => new AutomationError(FAILURE.keyNotUsable, message);

/** Fails with KeyPolicyIncomplete, printing each statement to add; answers warnings. */
export function assertPolicyHolds(key: KmsKey, policyText: string, needs: PolicyNeeds): readonly string[] {
  const { missing, warnings } = checkKeyPolicy(policyText, needs);
  if (missing.length === 0) return warnings;
  const purposes = missing.map(({ purpose }) => purpose).join('; ');
  const statements = missing.map(({ statement }) => JSON.stringify(statement)).join(',\n');
  throw new AutomationError(
    FAILURE.keyPolicyIncomplete,
    `the policy of key ${key.arn} does not allow that ${purposes}. Add to its Statement list (\`aws kms put-key-policy\`):\n${statements}`,
  );
}
