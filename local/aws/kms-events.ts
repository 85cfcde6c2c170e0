import { isRecord, type Request } from './actions.ts';
import { apiCall, busEvent, serviceEvent } from './cloud-trail.ts';
import { arnAt, type Home } from './home.ts';
import type { KeyRecord } from './kms-key.ts';
import type { BusEvent } from './service.ts';

const SOURCE = 'aws.kms';

/** CloudTrail gives aliases the type of a key too ("ct-updatealias"). */
const resource = (home: Home, ARN: string) => ({ accountId: home.account, type: 'AWS::KMS::Key', ARN });

/**
 * What happens on the bus when key material has been replaced: CloudTrail's RotateKey and the native KMS CMK Rotation
 * ("ct-rotatekey", "Monitor KMS keys with Amazon EventBridge"). The key must have been rotated at least once.
 */
export const rotated = (home: Home, now: number, key: KeyRecord): readonly BusEvent[] => {
  const [previous, current] = key.materials.slice(-2);
  const type = current?.rotation?.type;
  return [
    serviceEvent(home, now, {
      source: SOURCE,
      eventName: 'RotateKey',
      resources: [resource(home, key.arn)],
      serviceEventDetails: {
        rotationType: type,
        keyOrigin: 'AWS_KMS',
        previousKeyMaterialId: previous?.id,
        currentKeyMaterialId: current?.id,
        keyId: key.keyId,
      },
    }),
    busEvent(home, now, {
      source: SOURCE,
      'detail-type': 'KMS CMK Rotation',
      resources: [key.arn],
      detail: {
        'key-id': key.keyId,
        'key-origin': 'AWS_KMS',
        'rotation-type': type,
        'previous-key-material-id': previous?.id,
        'current-key-material-id': current?.id,
      },
    }),
  ];
};

/** What happens on the bus when a waiting period is over and the key is gone. */
export const deleted = (home: Home, now: number, key: KeyRecord): readonly BusEvent[] => [
  serviceEvent(home, now, {
    source: SOURCE,
    eventName: 'DeleteKey',
    resources: [resource(home, key.arn)],
    serviceEventDetails: { keyId: key.keyId },
  }),
  busEvent(home, now, {
    source: SOURCE,
    'detail-type': 'KMS CMK Deletion',
    resources: [key.arn],
    detail: { 'key-id': key.keyId },
  }),
];

/** A call as it went: what it answered, and the key it was about where that could be found. */
export interface Call {
  readonly action: string;
  readonly request: Request;
  readonly answer?: Request | undefined;
  readonly key?: KeyRecord | undefined;
  readonly failure?: { readonly code: string; readonly message: string } | undefined;
}

/**
 * CloudTrail's record of a call that writes. Calls that only read, cryptographic ones included, are not here: they
 * reach only rules in the state ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS, which the local run refuses.
 */
export const called = (home: Home, now: number, call: Call): BusEvent =>
  apiCall(home, now, {
    source: SOURCE,
    eventName: call.action,
    requestParameters: requestParameters(call),
    responseElements: call.failure === undefined ? responseElements(call) : null,
    resources: resources(home, call),
    failure: call.failure,
  });

/** CloudTrail spells every field with a small first letter. */
const small = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(small);
  if (value instanceof Date) return localeTime(value);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [smallFirst(key), small(each)]));
};

const smallFirst = (key: string): string =>
  key.startsWith('AWS') ? key.replace('AWS', 'aWS') : key.charAt(0).toLowerCase() + key.slice(1);

/** "Nov 2, 2021, 11:25:25 PM": CloudTrail keeps KMS' times as text for people ("ct-schedule-key-deletion"). */
const localeTime = (time: Date): string =>
  time.toLocaleString('en-US', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' }).replaceAll('\u202f', ' ');

const requestParameters = ({ action, request }: Call): unknown => {
  const defaults = action === 'PutKeyPolicy' ? { PolicyName: 'default', BypassPolicyLockoutSafetyCheck: false } : {};
  return small({ ...defaults, ...request });
};

const responseElements = ({ action, answer, key }: Call): unknown => {
  if (action === 'PutKeyPolicy') return null;
  if (action === 'CreateKey' || action === 'RotateKeyOnDemand') return small(answer);
  if (action !== 'ScheduleKeyDeletion') return { keyId: key?.arn };
  return small({ KeyId: answer?.KeyId, KeyState: answer?.KeyState, DeletionDate: answer?.DeletionDate });
};

const resources = (home: Home, { action, request, key, failure }: Call): readonly unknown[] => {
  const keys = key === undefined ? [] : [resource(home, key.arn)];
  if (failure !== undefined) return keys;
  // The example of DisableKey has no type, and those of the aliases differ in their order.
  if (action === 'DisableKey') return keys.map(({ accountId, ARN }) => ({ ARN, accountId }));
  if (typeof request.AliasName !== 'string') return keys;
  const alias = resource(home, arnAt(home, 'kms', request.AliasName));
  return action === 'CreateAlias' ? [...keys, alias] : [alias, ...keys];
};
