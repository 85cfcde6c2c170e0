import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { SECRET_TAG, type SecretBinding, type SecretSelector } from '../../lambda/contract/secret-bindings.ts';
import type { CheckedConfig } from '../config/check-config.ts';
import type { AutomationFunction } from '../functions/automation-function.ts';

/** Lets a function see which secrets there are: names and tags, no values. */
export function grantListing(fn: AutomationFunction): void {
  fn.allowAnywhere(['secretsmanager:ListSecrets'], 'ListSecrets names no secret and accepts only the resource *');
}

/**
 * Lets a function look at the metadata of selected secrets. A secret that lost its tag must be seen to have lost it, so a
 * binding by tag needs the metadata of every secret of the account and Region.
 */
export function grantDescribing(fn: AutomationFunction, config: CheckedConfig): void {
  const resources = selectsByTag(config) ? [secretArn(fn, '*')] : namedSecrets(fn, config);
  allow(fn, { actions: ['secretsmanager:DescribeSecret'], resources }, DESCRIBES);
}

/** True if only a secret's tags tell whether a binding means it. */
export const selectsByTag = ({ bindings }: CheckedConfig): boolean => tagSelectors(bindings.secretBindings).length > 0;

/** Lets a function read the values of exactly the secrets that the bindings mean, as closely as IAM can tell them. */
export function grantReading(fn: AutomationFunction, config: CheckedConfig): void {
  const { secretBindings } = config.bindings;
  // What each secret in a batch takes is asked for one by one: without GetSecretValue on it, it is refused alone.
  fn.allowAnywhere(
    ['secretsmanager:BatchGetSecretValue'],
    'BatchGetSecretValue accepts only the resource * and reads nothing that GetSecretValue does not allow',
  );
  const actions = ['secretsmanager:GetSecretValue'];
  const included = secretBindings.flatMap(({ select }) => (select.kind === 'scopes' ? select.include : []));
  allow(fn, { actions, resources: included.flatMap((selector) => named(fn, selector)) }, READS);
  for (const { key, value } of tagSelectors(secretBindings)) {
    const conditions = { StringEquals: { [`secretsmanager:ResourceTag/${key}`]: value } };
    allow(fn, { actions, resources: [secretArn(fn, '*')], conditions }, READS);
  }
  const tagged = secretBindings.flatMap(({ select }) => (select.kind === 'tags' ? select.namePrefixes : []));
  const conditions = { Null: { [`secretsmanager:ResourceTag/${SECRET_TAG.scope}`]: 'false' } };
  allow(fn, { actions, resources: tagged.map((prefix) => secretArn(fn, `${prefix}*`)), conditions }, READS);
  if (config.secretKeys.length === 0) return;
  fn.function.addToRolePolicy(
    new PolicyStatement({
      actions: ['kms:Decrypt'],
      resources: [...config.secretKeys],
      conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${config.region}.amazonaws.com` } },
    }),
  );
}

const DESCRIBES =
  'DescribeSecret reads metadata only; ARNs end in characters made at run time, and an untagged secret must be seen to be untagged';
const READS =
  'GetSecretValue is bound to a configured beginning of the name, or by a condition to the tag that a secret must carry';

interface Right {
  readonly actions: string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, unknown>>;
}

function allow(fn: AutomationFunction, { actions, resources, conditions }: Right, reason: string): void {
  const once = [...new Set(resources)];
  if (once.length === 0) return;
  fn.function.addToRolePolicy(
    new PolicyStatement({ actions, resources: once, ...(conditions !== undefined && { conditions }) }),
  );
  for (const arn of once.filter((each) => each.endsWith('*'))) fn.acknowledgeRight(arn, reason);
}

/** ARNs of what is named by its name or ARN, in bindings of both kinds. */
function namedSecrets(fn: AutomationFunction, { bindings }: CheckedConfig): readonly string[] {
  return bindings.secretBindings.flatMap(({ select }) =>
    select.kind === 'scopes'
      ? select.include.flatMap((selector) => named(fn, selector))
      : select.namePrefixes.map((prefix) => secretArn(fn, `${prefix}*`)),
  );
}

function named(fn: AutomationFunction, selector: SecretSelector): readonly string[] {
  if (selector.by === 'arn') return [selector.arn];
  return selector.by === 'name-prefix' ? [secretArn(fn, `${selector.prefix}*`)] : [];
}

const secretArn = (fn: AutomationFunction, name: string): string =>
  Stack.of(fn).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: name,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

const tagSelectors = (bindings: readonly SecretBinding[]) =>
  bindings.flatMap(({ select }) =>
    select.kind === 'scopes' ? select.include.flatMap((one) => (one.by === 'tag' ? [one] : [])) : [],
  );
