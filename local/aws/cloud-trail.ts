import { randomUUID } from 'node:crypto';
import type { Home } from './home.ts';
import type { BusEvent } from './service.ts';

/** EventBridge writes times without fractions of a second. */
export const eventTime = (now: number): string => new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');

/** An event in EventBridge's envelope. `now` is in milliseconds since the epoch. */
export const busEvent = (
  home: Home,
  now: number,
  event: Pick<BusEvent, 'source' | 'detail-type' | 'resources' | 'detail'>,
): BusEvent => ({
  version: '0',
  id: randomUUID(),
  'detail-type': event['detail-type'],
  source: event.source,
  account: home.account,
  time: eventTime(now),
  region: home.region,
  resources: event.resources,
  detail: event.detail,
});

/** An API call as CloudTrail records it. */
export interface RecordedCall {
  /** `aws.kms`; CloudTrail's `kms.amazonaws.com` is made from it. */
  readonly source: string;
  readonly eventName: string;
  readonly requestParameters: unknown;
  readonly responseElements: unknown;
  /** Absent where the service names none. */
  readonly resources?: readonly unknown[];
  readonly failure?: { readonly code: string; readonly message: string } | undefined;
}

/** `AWS API Call via CloudTrail`, in the form of the examples in the KMS Developer Guide ("ct-*" pages). */
export const apiCall = (home: Home, now: number, call: RecordedCall): BusEvent =>
  busEvent(home, now, {
    source: call.source,
    'detail-type': 'AWS API Call via CloudTrail',
    resources: [],
    detail: {
      eventVersion: '1.11',
      userIdentity: {
        type: 'IAMUser',
        principalId: 'LOCAL_PRINCIPAL_ID',
        arn: `arn:${home.partition}:iam::${home.account}:user/local`,
        accountId: home.account,
        accessKeyId: 'LOCAL_KEY_ID',
        userName: 'local',
      },
      eventTime: eventTime(now),
      eventSource: call.source.replace('aws.', '').concat('.amazonaws.com'),
      eventName: call.eventName,
      awsRegion: home.region,
      sourceIPAddress: '127.0.0.1',
      userAgent: 'local run',
      requestParameters: call.requestParameters,
      responseElements: call.responseElements,
      ...(call.failure === undefined ? {} : { errorCode: call.failure.code, errorMessage: call.failure.message }),
      requestID: randomUUID(),
      eventID: randomUUID(),
      readOnly: false,
      ...(call.resources !== undefined && { resources: call.resources }),
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: home.account,
      eventCategory: 'Management',
    },
  });

/** `AWS Service Event via CloudTrail`: something that the service did by itself. */
export const serviceEvent = (
  home: Home,
  now: number,
  event: Pick<RecordedCall, 'source' | 'eventName' | 'resources'> & { readonly serviceEventDetails?: unknown },
): BusEvent =>
  busEvent(home, now, {
    source: event.source,
    'detail-type': 'AWS Service Event via CloudTrail',
    resources: [],
    detail: {
      eventVersion: '1.11',
      userIdentity: { accountId: home.account, invokedBy: 'AWS Internal' },
      eventTime: eventTime(now),
      eventSource: event.source.replace('aws.', '').concat('.amazonaws.com'),
      eventName: event.eventName,
      awsRegion: home.region,
      sourceIPAddress: 'AWS Internal',
      userAgent: 'AWS Internal',
      requestParameters: null,
      responseElements: null,
      eventID: randomUUID(),
      readOnly: false,
      ...(event.resources !== undefined && { resources: event.resources }),
      eventType: 'AwsServiceEvent',
      managementEvent: true,
      recipientAccountId: home.account,
      ...(event.serviceEventDetails !== undefined && { serviceEventDetails: event.serviceEventDetails }),
      eventCategory: 'Management',
    },
  });
