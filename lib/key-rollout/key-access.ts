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
export function grantKeyReading(fn: AutomationFunction, config: CheckedConfig, ...reads: readonly KeyRead[]): void {
  const keys = config.bindings.keyBindings.map(({ key }) => key);
  if (keys.some((key) => key.startsWith('alias/'))) grantAnyKey(fn, reads);
  else grant(fn, reads, [...new Set(keys)]);
}

/** The same, and for any key of the account and Region where the stage has an API, which may be asked for one. */
export function grantAskedKeyReading(
  fn: AutomationFunction,
  config: CheckedConfig,
  ...reads: readonly KeyRead[]
): void {
  if (config.api === undefined) grantKeyReading(fn, config, ...reads);
  else grantAnyKey(fn, reads);
}

function grantAnyKey(fn: AutomationFunction, reads: readonly KeyRead[]): void {
  const anyKey = Stack.of(fn).formatArn({ service: 'kms', resource: 'key', resourceName: '*' });
  grant(fn, reads, [anyKey]);
  const reason =
    'The key behind a bound alias changes when the alias moves, and the API may be asked for any key; these actions only read metadata of keys in this account and Region';
  acknowledge(fn, `IAM5[Resource::${anyKey}]`, reason);
}

const grant = (fn: AutomationFunction, reads: readonly KeyRead[], resources: readonly string[]): void =>
  fn.function.addToRolePolicy(
    new PolicyStatement({ actions: reads.map((read) => `kms:${read}`), resources: [...resources] }),
  );
