import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { acknowledge } from '../acknowledge.ts';
import type { CheckedConfig } from '../config/check-config.ts';
import type { AutomationFunction } from '../functions/automation-function.ts';

/** Metadata only: nothing here can use a key or change one. */
type KeyRead = 'DescribeKey' | 'ListKeyRotations' | 'GetKeyPolicy';

/**
 * Lets a function look at the bound keys. Keys bound by ARN are named. The key behind an alias is not known when the
 * template is made and changes when the alias moves, so alias bindings need the account's keys of this Region (see
 * docs/decisions/0003-reading-keys-behind-an-alias.md).
 */
export function grantKeyReading(
  fn: AutomationFunction,
  { bindings }: CheckedConfig,
  ...reads: readonly KeyRead[]
): void {
  const actions = reads.map((read) => `kms:${read}`);
  const keys = bindings.keyBindings.map(({ key }) => key);
  const arns = keys.filter((key) => !key.startsWith('alias/'));
  if (arns.length === keys.length) {
    fn.function.addToRolePolicy(new PolicyStatement({ actions, resources: [...new Set(arns)] }));
    return;
  }
  const anyKey = Stack.of(fn).formatArn({ service: 'kms', resource: 'key', resourceName: '*' });
  fn.function.addToRolePolicy(new PolicyStatement({ actions, resources: [anyKey] }));
  const reason =
    'The key behind a bound alias changes when the alias moves; these actions only read metadata of keys in this account and Region';
  acknowledge(fn, `IAM5[Resource::${anyKey}]`, reason);
}
