import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { CheckedConfig } from '../config/check-config.ts';
import type { AutomationFunction } from '../functions/automation-function.ts';

/** Metadata only: nothing here can use a key or change one. */
const READ = ['kms:DescribeKey', 'kms:ListKeyRotations', 'kms:GetKeyPolicy'];

/**
 * Lets a function look at the bound keys. Keys bound by ARN are named. The key behind an alias is not known when the
 * template is made and changes when the alias moves, so alias bindings need the account's keys of this Region (see
 * docs/decisions/0003-reading-keys-behind-an-alias.md).
 */
export function grantKeyReading(fn: AutomationFunction, { bindings }: CheckedConfig): void {
  fn.function.addToRolePolicy(
    new PolicyStatement({
      actions: READ,
      resources: readableKeys(
        fn,
        bindings.keyBindings.map(({ key }) => key),
      ),
    }),
  );
}

function readableKeys(scope: Construct, keys: readonly string[]): string[] {
  const anyKey = Stack.of(scope).formatArn({ service: 'kms', resource: 'key', resourceName: '*' });
  const arns = keys.filter((key) => !key.startsWith('alias/'));
  return arns.length < keys.length ? [anyKey] : [...new Set(arns)];
}
