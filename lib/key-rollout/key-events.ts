import type { CheckedConfig } from '../config/check-config.ts';
import type { EventRules } from '../events/event-intake.ts';

/**
 * The KMS events that the front door hears of. Patterns are as narrow as synth allows: the ARN behind an alias is not
 * known, so with an alias binding every rotation of the account's keys arrives and the front door drops the rest.
 */
export function keyEventRules({ bindings }: CheckedConfig): EventRules {
  const keys = bindings.keyBindings.map(({ key }) => key);
  const aliases = keys.filter((key) => key.startsWith('alias/'));
  const arns = keys.filter((key) => !key.startsWith('alias/'));
  const MaterialRotation = {
    description: 'A bound KMS key got new key material',
    eventPattern: {
      source: ['aws.kms'],
      detailType: ['KMS CMK Rotation'],
      ...(aliases.length === 0 && { resources: arns }),
    },
  };
  if (aliases.length === 0) return { MaterialRotation };
  const AliasMoved = {
    description: 'A bound alias points to another KMS key (needs a CloudTrail trail with KMS management events)',
    eventPattern: {
      source: ['aws.kms'],
      detailType: ['AWS API Call via CloudTrail'],
      detail: {
        eventSource: ['kms.amazonaws.com'],
        eventName: ['UpdateAlias', 'CreateAlias'],
        // CloudTrail reports failed calls too.
        errorCode: [{ exists: false }],
        requestParameters: { aliasName: aliases },
      },
    },
  };
  return { MaterialRotation, AliasMoved };
}
