import { type KeyArn, parseKeyArn } from './arn.ts';
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

/** What an EventBridge event says happened to a key. A hint to look, never the truth: the plan reads the state itself. */
export type KmsFact =
  | {
      readonly kind: 'material-rotation';
      readonly key: KeyArn;
      readonly materialId?: string;
      readonly event: EventOrigin;
    }
  | { readonly kind: 'key-replacement'; readonly key: KeyArn; readonly alias: string; readonly event: EventOrigin };

/**
 * Reads a KMS event in any of its recorded forms: the native `KMS CMK Rotation` before and after 2025, and CloudTrail's
 * `RotateKey`, `UpdateAlias` and `CreateAlias`. Everything else, failed calls and events of other accounts, Regions and
 * partitions are `ignored` with a reason. Never throws.
 * Source: AWS KMS developer guide, "Monitor KMS keys with Amazon EventBridge" and "AWS CloudTrail log entries".
 */
export function readKmsEvent(event: unknown, home: Home): KmsFact | Ignored {
  const opened = openEvent(event, { source: 'aws.kms', service: 'AWS KMS', home });
  if (opened.kind === 'ignored') return opened;
  const fact = READERS.get(opened.detailType)?.(opened);
  if (fact === undefined) return ignored(`no reaction to '${opened.detailType}'`);
  if (fact.kind !== 'ignored' && !isAtHome(fact.key, home)) return ignored('the key belongs elsewhere than its event');
  return fact;
}

/** True if the key belongs to the deployment's own account, Region and partition. */
export const isAtHome = (key: KeyArn, home: Home): boolean =>
  key.account === home.account && key.region === home.region && key.partition === home.partition;

type Reader = (event: Envelope) => KmsFact | Ignored;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['KMS CMK Rotation', nativeRotation],
  ['AWS API Call via CloudTrail', cloudTrail],
  ['AWS Service Event via CloudTrail', cloudTrail],
]);

function nativeRotation({ resources, detail, origin }: Envelope): KmsFact | Ignored {
  const key = firstKey(resources);
  if (key === undefined) return ignored('rotation event without a key ARN');
  return rotation(key, text(detail['current-key-material-id']), origin);
}

function cloudTrail({ detail, origin: event }: Envelope): KmsFact | Ignored {
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

/** 64 hexadecimal digits today. */
const MATERIAL_ID = /^[\w-]{1,128}$/;

const rotation = (key: KeyArn, materialId: string | undefined, event: EventOrigin): KmsFact => ({
  kind: 'material-rotation',
  key,
  ...(materialId !== undefined && MATERIAL_ID.test(materialId) && { materialId }),
  event,
});

/** The key among the resources of an event. Alias and key stand in either order, so it is found by its form. */
export function firstKey(arns: readonly unknown[]): KeyArn | undefined {
  for (const arn of arns) {
    const key = parseKeyArn(text(arn) ?? '');
    if (key !== undefined) return key;
  }
  return undefined;
}
