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

/** What an EventBridge event says happened to a secret. A hint to look, never the truth: the sync reads what is current. */
export interface SecretFact {
  readonly kind: 'secret';
  /** ARN, or the name where an event holds no ARN. */
  readonly secretId: string;
  readonly name: string;
  readonly versionId?: string;
  /** `Secret Label Updated`, or CloudTrail's `eventName`. */
  readonly what: string;
  readonly event: EventOrigin;
}

/** The parts of a secret's ARN; `suffix` are the six random characters that Secrets Manager puts behind the name. */
interface SecretArn {
  readonly arn: string;
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly name: string;
}

const SECRET_ARN =
  /^arn:(aws[a-z-]*):secretsmanager:([a-z0-9-]+):(\d{12}):secret:([A-Za-z0-9/_+=.@!-]{1,512})-[A-Za-z0-9]{6}$/;
const SECRET_NAME = /^[A-Za-z0-9/_+=.@!-]{1,512}$/;

/** Undefined if `value` is not the whole ARN of a secret. */
export function parseSecretArn(value: string): SecretArn | undefined {
  const [arn, partition, region, account, name] = SECRET_ARN.exec(value) ?? [];
  if (!arn || !partition || !region || !account || !name) return undefined;
  return { arn, partition, region, account, name };
}

/**
 * Reads an event about a secret in any of its recorded forms: the native `Secret Label Updated` of AWSCURRENT, and
 * CloudTrail's calls and service events, whose secret stands in different places. Everything else, failed calls and
 * events of other accounts, Regions and partitions are `ignored` with a reason. Never throws.
 * Source: AWS Secrets Manager user guide, "Secret event notifications" and "CloudTrail log entries".
 */
export function readSecretEvent(event: unknown, home: Home): SecretFact | Ignored {
  const opened = openEvent(event, { source: 'aws.secretsmanager', service: 'AWS Secrets Manager', home });
  if (opened.kind === 'ignored') return opened;
  const fact = READERS.get(opened.detailType)?.(opened, home);
  if (fact === undefined) return ignored(`no reaction to '${opened.detailType}'`);
  return fact;
}

const READERS: ReadonlyMap<string, (event: Envelope, home: Home) => SecretFact | Ignored> = new Map([
  ['Secret Label Updated', labelUpdated],
  ['AWS API Call via CloudTrail', cloudTrail],
  ['AWS Service Event via CloudTrail', cloudTrail],
]);

function labelUpdated({ resources, detail, origin }: Envelope, home: Home): SecretFact | Ignored {
  if (detail.labelUpdated !== 'AWSCURRENT')
    return ignored(`label ${text(detail.labelUpdated) ?? ''} is not AWSCURRENT`);
  return fact({ candidates: resources, versionId: text(detail.versionId), what: 'Secret Label Updated', origin }, home);
}

const TOLD: ReadonlySet<unknown> = new Set([
  ...['CreateSecret', 'UpdateSecret', 'DeleteSecret', 'RestoreSecret', 'TagResource', 'UntagResource'],
  'RotationSucceeded',
]);

function cloudTrail({ detail, origin }: Envelope, home: Home): SecretFact | Ignored {
  const what = text(detail.eventName) ?? 'an event without a name';
  if (detail.errorCode !== undefined) return ignored(`a ${what} that failed`);
  if (!TOLD.has(what)) return ignored(`no reaction to ${what}`);
  const response = object(detail.responseElements);
  const request = object(detail.requestParameters);
  const candidates = [
    // `arn` today, `aRN` before February 2024.
    ...[response.arn, response.aRN, response.ARN],
    ...list(detail.resources).map((resource) => object(resource).ARN),
    object(detail.serviceEventDetails).secretId,
    object(detail.additionalEventData).SecretId,
    object(detail.additionalEventData).secretId,
    ...[request.secretId, request.name],
  ];
  return fact({ candidates, versionId: text(response.versionId), what, origin }, home);
}

interface Told {
  readonly candidates: readonly unknown[];
  readonly versionId: string | undefined;
  readonly what: string;
  readonly origin: EventOrigin;
}

/** The first whole ARN counts, else the first name; an ARN without its random end is as good as a name. */
function fact({ candidates, versionId, what, origin: event }: Told, home: Home): SecretFact | Ignored {
  const texts = candidates.flatMap((candidate) => text(candidate) ?? []);
  const known = texts.map(parseSecretArn).find((arn) => arn !== undefined);
  const place = texts.find((one) => /^arn:[^:]*:secretsmanager:/.test(one));
  if (place !== undefined && !(known?.arn ?? place).startsWith(placeOf(home))) {
    return ignored('the secret belongs elsewhere than its event');
  }
  const version = versionId === undefined ? {} : { versionId };
  if (known !== undefined) return { kind: 'secret', secretId: known.arn, name: known.name, ...version, what, event };
  const name = texts.map((one) => nameIn(one, home)).find((found) => found !== undefined);
  if (name === undefined) return ignored(`${what} without a secret`);
  return { kind: 'secret', secretId: name, name, ...version, what, event };
}

/** How the ARNs of this account's secrets begin. */
const placeOf = ({ partition, region, account }: Home): string =>
  `arn:${partition}:secretsmanager:${region}:${account}:secret:`;

function nameIn(candidate: string, home: Home): string | undefined {
  const place = placeOf(home);
  const name = candidate.startsWith(place) ? candidate.slice(place.length) : candidate;
  return SECRET_NAME.test(name) ? name : undefined;
}
