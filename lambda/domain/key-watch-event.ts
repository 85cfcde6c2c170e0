import { WATCHED_CALLS, WATCHED_EVENTS } from '../contract/key-watch.ts';
import type { KeyArn } from './arn.ts';
import {
  type Envelope,
  type EventOrigin,
  type Home,
  type Ignored,
  ignored,
  list,
  object,
  openEvent,
  text,
} from './event.ts';
import { firstKey, isAtHome } from './kms-event.ts';

/** What an event says was done to a key. A hint to look at the key, never the truth. */
export interface KeyChange {
  readonly kind: 'key-change';
  readonly key: KeyArn;
  readonly what: string;
  /** ARN of who did it, as CloudTrail tells it. Only ever printed. */
  readonly by?: string;
  readonly event: EventOrigin;
}

/** Native events. Source: AWS KMS developer guide, "Monitor KMS keys with Amazon EventBridge". */
const NATIVE: ReadonlySet<string> = new Set(WATCHED_EVENTS);

const CALLS: ReadonlySet<unknown> = new Set(WATCHED_CALLS);

/**
 * Reads an event of KMS that may endanger a key or end a danger. Everything else, failed calls and events of other
 * accounts, Regions and partitions are `ignored` with a reason. Never throws.
 */
export function readKeyChange(event: unknown, home: Home): KeyChange | Ignored {
  const opened = openEvent(event, { source: 'aws.kms', service: 'AWS KMS', home });
  if (opened.kind === 'ignored') return opened;
  const change = NATIVE.has(opened.detailType) ? native(opened) : recorded(opened);
  if (change.kind === 'key-change' && !isAtHome(change.key, home)) {
    return ignored('the key belongs elsewhere than its event');
  }
  return change;
}

function native({ detailType, resources, origin }: Envelope): KeyChange | Ignored {
  const key = firstKey(resources);
  if (key === undefined) return ignored(`'${detailType}' without a key ARN`);
  return { kind: 'key-change', key, what: detailType, event: origin };
}

function recorded({ detailType, detail, origin }: Envelope): KeyChange | Ignored {
  const { eventName, errorCode, resources, userIdentity } = detail;
  if (detailType !== 'AWS API Call via CloudTrail') return ignored(`no reaction to '${detailType}'`);
  if (errorCode !== undefined) return ignored(`a ${text(eventName) ?? 'call'} that failed`);
  if (!CALLS.has(eventName)) return ignored(`no reaction to ${text(eventName) ?? 'an event without a name'}`);
  const key = firstKey(list(resources).map((resource) => object(resource).ARN));
  if (key === undefined) return ignored('CloudTrail event without a key ARN');
  const by = whoIs(object(userIdentity).arn);
  return { kind: 'key-change', key, what: String(eventName), ...(by !== undefined && { by }), event: origin };
}

/** An ARN of IAM or STS on one line; anything else is not printed. */
const whoIs = (arn: unknown): string | undefined =>
  /^arn:[a-z-]+:(?:iam|sts)::\d{12}:[\w+=,.@:/-]{1,400}$/.exec(text(arn) ?? '')?.[0];
