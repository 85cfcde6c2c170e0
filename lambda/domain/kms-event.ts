import { type KeyArn, parseKeyArn } from './arn.ts';

/** What an EventBridge event says happened to a key. A hint to look, never the truth: the plan reads the state itself. */
export type KmsFact =
  | {
      readonly kind: 'material-rotation';
      readonly key: KeyArn;
      readonly materialId?: string;
      readonly event: EventOrigin;
    }
  | { readonly kind: 'key-replacement'; readonly key: KeyArn; readonly alias: string; readonly event: EventOrigin };

interface EventOrigin {
  readonly id: string;
  /** ISO 8601. */
  readonly time: string;
}

export interface Ignored {
  readonly kind: 'ignored';
  readonly reason: string;
}

/** Where this deployment runs; events from elsewhere are ignored. */
export interface Home {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
}

type Json = Readonly<Record<string, unknown>>;

const ignored = (reason: string): Ignored => ({ kind: 'ignored', reason });
const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/**
 * Reads a KMS event in any of its recorded forms: the native `KMS CMK Rotation` before and after 2025, and CloudTrail's
 * `RotateKey`, `UpdateAlias` and `CreateAlias`. Everything else, failed calls and events of other accounts, Regions and
 * partitions are `ignored` with a reason. Never throws.
 * Source: AWS KMS developer guide, "Monitor KMS keys with Amazon EventBridge" and "AWS CloudTrail log entries".
 */
export function readKmsEvent(event: unknown, home: Home): KmsFact | Ignored {
  const envelope = object(event);
  if (text(envelope.source) !== 'aws.kms') return ignored('not an event of AWS KMS');
  if (envelope.account !== home.account) return ignored('event of another AWS account');
  if (envelope.region !== home.region) return ignored('event of another Region');
  const origin = { id: text(envelope.id) ?? 'unknown', time: text(envelope.time) ?? '' };
  const fact = READERS.get(text(envelope['detail-type']) ?? '')?.(envelope, origin);
  if (fact === undefined) return ignored(`no reaction to '${text(envelope['detail-type']) ?? 'no detail-type'}'`);
  if (fact.kind !== 'ignored' && !at(fact.key, home)) return ignored('the key belongs elsewhere than its event');
  return fact;
}

const at = (key: KeyArn, home: Home): boolean =>
  key.account === home.account && key.region === home.region && key.partition === home.partition;

type Reader = (envelope: Json, origin: EventOrigin) => KmsFact | Ignored;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['KMS CMK Rotation', nativeRotation],
  ['AWS API Call via CloudTrail', cloudTrail],
  ['AWS Service Event via CloudTrail', cloudTrail],
]);

function nativeRotation(envelope: Json, event: EventOrigin): KmsFact | Ignored {
  const key = firstKey(list(envelope.resources));
  if (key === undefined) return ignored('rotation event without a key ARN');
  return rotation(key, text(object(envelope.detail)['current-key-material-id']), event);
}

function cloudTrail(envelope: Json, event: EventOrigin): KmsFact | Ignored {
  const detail = object(envelope.detail);
  if (detail.errorCode !== undefined) return ignored(`a ${text(detail.eventName) ?? 'call'} that failed`);
  const key = firstKey(list(detail.resources).map((resource) => object(resource).ARN));
  if (key === undefined) return ignored('CloudTrail event without a key ARN');
  switch (detail.eventName) {
    case 'RotateKey':
      return rotation(key, text(object(detail.serviceEventDetails).currentKeyMaterialId), event);
    case 'UpdateAlias':
    case 'CreateAlias': {
      const alias = text(object(detail.requestParameters).aliasName);
      return alias === undefined
        ? ignored('alias event without an alias')
        : { kind: 'key-replacement', key, alias, event };
    }
    default:
      return ignored(`no reaction to ${text(detail.eventName) ?? 'an event without a name'}`);
  }
}

const rotation = (key: KeyArn, materialId: string | undefined, event: EventOrigin): KmsFact => ({
  kind: 'material-rotation',
  key,
  ...(materialId !== undefined && { materialId }),
  event,
});

/** Alias and key stand in either order, so the key is found by its form. */
function firstKey(arns: readonly unknown[]): KeyArn | undefined {
  for (const arn of arns) {
    const key = parseKeyArn(text(arn) ?? '');
    if (key !== undefined) return key;
  }
  return undefined;
}
