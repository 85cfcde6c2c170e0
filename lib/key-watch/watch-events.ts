import { WATCHED_CALLS, WATCHED_EVENTS } from '../../lambda/contract/key-watch.ts';
import type { EventRules } from '../events/event-intake.ts';

/**
 * The events of KMS that the key watch hears of, of every key of the account and Region: which keys workspaces use, and
 * which are held, is not known at synth. They are rare, and foreign ones are dropped.
 */
export const WATCH_EVENT_RULES: EventRules = {
  KeyLost: {
    description: 'A KMS key was deleted, or its imported key material expired',
    eventPattern: { source: ['aws.kms'], detailType: [...WATCHED_EVENTS] },
  },
  KeyChanged: {
    description: 'Somebody changed the state or the policy of a KMS key (needs a CloudTrail trail with KMS events)',
    eventPattern: {
      source: ['aws.kms'],
      detailType: ['AWS API Call via CloudTrail'],
      detail: {
        eventSource: ['kms.amazonaws.com'],
        eventName: [...WATCHED_CALLS],
        // CloudTrail reports failed calls too.
        errorCode: [{ exists: false }],
      },
    },
  },
};
