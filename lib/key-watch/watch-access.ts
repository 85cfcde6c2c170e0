import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { NEWS_SOURCE, PROTECT_TAG } from '../../lambda/contract/key-watch.ts';
import type { CheckedConfig } from '../config/check-config.ts';
import type { AutomationFunction } from '../functions/automation-function.ts';

/**
 * Lets the key watch look at any key of the account and Region: which ones workspaces use and which are held is known
 * only at run time, and a key that was replaced is no longer in the configuration.
 */
export function grantWatching(fn: AutomationFunction): void {
  const actions = ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:ListKeyRotations', 'kms:GetKeyLastUsage'];
  fn.function.addToRolePolicy(new PolicyStatement({ actions, resources: [anyKey(fn)] }));
  fn.acknowledgeRight(
    anyKey(fn),
    'Which keys are in use or held is known at run time only; these actions read metadata',
  );
}

/**
 * Lets the key watch take back deletions, only if a binding asks for it (see
 * docs/decisions/0010-held-keys-and-their-protection.md): of keys bound by ARN; of keys that carry a bound alias; and,
 * because a replaced key has lost its alias, of keys with the tag that their owners give them for this.
 */
export function grantProtecting(fn: AutomationFunction, { bindings }: CheckedConfig): void {
  const keys = bindings.keyBindings.filter(({ protect }) => protect === 'cancel-deletion').map(({ key }) => key);
  if (keys.length === 0) return;
  const aliases = keys.filter((key) => key.startsWith('alias/'));
  const arns = keys.filter((key) => !key.startsWith('alias/'));
  const actions = ['kms:CancelKeyDeletion', 'kms:EnableKey'];
  const allow = (resources: readonly string[], conditions: Readonly<Record<string, unknown>> = {}): void =>
    fn.function.addToRolePolicy(new PolicyStatement({ actions, resources: [...resources], conditions }));
  if (arns.length > 0) allow([...new Set(arns)]);
  const any = [anyKey(fn)];
  if (aliases.length > 0) {
    allow(any, { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': [...new Set(aliases)] } });
  }
  allow(any, { StringEquals: { [`aws:ResourceTag/${PROTECT_TAG.key}`]: PROTECT_TAG.value } });
  fn.acknowledgeRight(
    anyKey(fn),
    'Deletions are taken back only of keys that carry a bound alias or the tag that asks for it, by a condition',
  );
}

/** Lets it put its own events, and no others, on the default bus. */
export function grantTelling(fn: AutomationFunction): void {
  fn.function.addToRolePolicy(
    new PolicyStatement({
      actions: ['events:PutEvents'],
      resources: [Stack.of(fn).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' })],
      conditions: { StringEquals: { 'events:source': NEWS_SOURCE } },
    }),
  );
}

const anyKey = (fn: AutomationFunction): string =>
  Stack.of(fn).formatArn({ service: 'kms', resource: 'key', resourceName: '*' });
