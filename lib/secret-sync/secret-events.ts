import type { SecretSelection } from '../../lambda/contract/secret-bindings.ts';
import type { CheckedConfig } from '../config/check-config.ts';
import type { EventRules } from '../events/event-intake.ts';
import { selectsByTag } from './secret-access.ts';

/**
 * The events about secrets that the front door hears of. New values are narrowed to names that a binding may mean, unless
 * one selects by tag, which events do not hold. CloudTrail's events hold the name in too many places to be narrowed.
 */
export function secretEventRules(config: CheckedConfig): EventRules {
  const names = selectsByTag(config) ? [] : namePatterns(config);
  return {
    ValueChanged: {
      description: 'A secret got a new current value',
      eventPattern: {
        source: ['aws.secretsmanager'],
        detailType: ['Secret Label Updated'],
        detail: { labelUpdated: ['AWSCURRENT'], ...(names.length > 0 && { name: names }) },
      },
    },
    SecretChanged: {
      description: 'A secret came, went, was tagged or rotated (needs a CloudTrail trail with management events)',
      eventPattern: {
        source: ['aws.secretsmanager'],
        detailType: ['AWS API Call via CloudTrail', 'AWS Service Event via CloudTrail'],
        detail: {
          eventName: [
            ...['CreateSecret', 'DeleteSecret', 'RestoreSecret', 'TagResource', 'UntagResource', 'UpdateSecret'],
            'RotationSucceeded',
          ],
          // CloudTrail reports failed calls too.
          errorCode: [{ exists: false }],
        },
      },
    },
  };
}

/** EventBridge takes 2,048 characters for a pattern; what does not fit is not narrowed. */
const MOST_CHARACTERS = 1_800;

type NamePattern = string | { readonly prefix: string };

function namePatterns({ bindings }: CheckedConfig): readonly NamePattern[] {
  const all = bindings.secretBindings.flatMap(({ select }) => patternsOf(select));
  const once = [...new Map(all.map((pattern) => [JSON.stringify(pattern), pattern])).values()];
  return JSON.stringify(once).length > MOST_CHARACTERS ? [] : once;
}

function patternsOf(select: SecretSelection): readonly NamePattern[] {
  if (select.kind === 'tags') return select.namePrefixes.map((prefix) => ({ prefix }));
  return select.include.flatMap((one): readonly NamePattern[] => {
    if (one.by === 'name-prefix') return [{ prefix: one.prefix }];
    // The name stands between `:secret:` and the seven characters that Secrets Manager puts behind it.
    return one.by === 'arn' ? [one.arn.replace(/^.*:secret:/, '').slice(0, -7)] : [];
  });
}
