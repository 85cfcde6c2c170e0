import { randomUUID } from 'node:crypto';
import { apiCall, busEvent, serviceEvent } from './cloud-trail.ts';
import type { Home } from './home.ts';
import type { SecretRecord } from './secret-record.ts';
import type { BusEvent } from './service.ts';

const SOURCE = 'aws.secretsmanager';

/** The native event about a label that moved ("Secret event notifications"); none is sent for these two labels. */
export const labelUpdated = (
  home: Home,
  now: number,
  { secret, label, versionId }: { readonly secret: SecretRecord; readonly label: string; readonly versionId: string },
): readonly BusEvent[] =>
  label === 'AWSPENDING' || label === 'AWSPREVIOUS'
    ? []
    : [
        busEvent(home, now, {
          source: SOURCE,
          'detail-type': 'Secret Label Updated',
          resources: [secret.arn],
          detail: { name: secret.name, labelUpdated: label, versionId },
        }),
      ];

/** A call that writes, with its answer or its failure. */
export interface SecretCall {
  readonly action: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly answer?: Readonly<Record<string, unknown>>;
  readonly failure?: { readonly code: string; readonly message: string };
}

/** CloudTrail's record of a call; values are left out of it altogether ("CloudTrail log entries"). */
export const calledSecrets = (home: Home, now: number, { action, request, answer, failure }: SecretCall): BusEvent =>
  apiCall(home, now, {
    source: SOURCE,
    eventName: action,
    requestParameters: small(Object.fromEntries(Object.entries(request).filter(([field]) => !VALUES.has(field)))),
    responseElements: failure === undefined ? responseOf(action, answer ?? {}) : null,
    failure,
  });

const VALUES: ReadonlySet<string> = new Set(['SecretString', 'SecretBinary']);

const responseOf = (
  action: string,
  { ARN, Name, VersionId, DeletionDate }: Readonly<Record<string, unknown>>,
): unknown => ({
  ...(ARN === undefined ? {} : { arn: ARN }),
  ...(action === 'PutSecretValue' ? {} : namesOf({ Name, VersionId, DeletionDate })),
});

const namesOf = ({ Name, VersionId, DeletionDate }: Readonly<Record<string, unknown>>) => ({
  ...(Name === undefined ? {} : { name: Name }),
  ...(VersionId === undefined ? {} : { versionId: VersionId }),
  ...(DeletionDate instanceof Date ? { deletionDate: localeTime(DeletionDate) } : {}),
});

/** "May 6, 2026, 4:43:48 PM": CloudTrail keeps it as text for people. */
const localeTime = (time: Date): string =>
  time.toLocaleString('en-US', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' }).replaceAll('\u202f', ' ');

const small = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(small);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, each]) => [field.charAt(0).toLowerCase() + field.slice(1), small(each)]),
  );
};

/** What Secrets Manager tells of a rotation that it finished by itself. */
export const rotationSucceeded = (home: Home, now: number, { arn }: SecretRecord): BusEvent => {
  const event = serviceEvent(home, now, {
    source: SOURCE,
    eventName: 'RotationSucceeded',
  });
  const requestID = `Rotation-${arn}-${randomUUID()}`;
  return { ...event, detail: { ...(event.detail as object), requestID, additionalEventData: { SecretId: arn } } };
};
