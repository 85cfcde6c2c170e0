import { isRecord, optionalText, type Request } from './actions.ts';
import { type SecretRecord, type SecretValue, versionAt } from './secret-record.ts';
import { AwsError } from './service.ts';

/** "Maximum size of a secret value: 65,536 bytes" (Secrets Manager quotas). */
const MOST_BYTES = 65_536;

/** Page size of BatchGetSecretValue. */
const MOST_AT_ONCE = 20;

const badParameter = (message: string): AwsError => new AwsError('InvalidParameterException', message);

/** The value in a request that writes one; undefined if there is none. Throws InvalidParameterException. */
export function givenValue(request: Request): SecretValue | undefined {
  const SecretString = optionalText(request, 'SecretString');
  const SecretBinary = optionalText(request, 'SecretBinary');
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw badParameter("You can't specify both a binary secret value and a string secret value in the same secret.");
  }
  const bytes = SecretBinary === undefined ? Buffer.from(SecretString ?? '') : Buffer.from(SecretBinary, 'base64');
  if (bytes.length > MOST_BYTES) throw badParameter(`a secret value holds at most ${MOST_BYTES} bytes`);
  if (SecretString !== undefined) return { kind: 'text', SecretString };
  return SecretBinary === undefined ? undefined : { kind: 'bytes', SecretBinary };
}

/** What GetSecretValue answers. Throws ResourceNotFoundException when no version is meant. */
export function shownValue(secret: SecretRecord, request: Request) {
  const id = optionalText(request, 'VersionId');
  const stage = optionalText(request, 'VersionStage');
  const version =
    id === undefined
      ? versionAt(secret, stage ?? 'AWSCURRENT')
      : secret.versions.find((each) => each.id === id && (stage === undefined || each.stages.has(stage)));
  if (version === undefined) {
    const what = id === undefined ? `value for staging label: ${stage ?? 'AWSCURRENT'}` : `VersionId: ${id}`;
    throw new AwsError('ResourceNotFoundException', `Secrets Manager can't find the specified secret ${what}`);
  }
  const { kind: _kind, ...value } = version.value;
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    ...value,
    VersionStages: [...version.stages],
    CreatedDate: new Date(version.createdAt),
  };
}

interface Page {
  readonly items: readonly { readonly ARN: string }[];
  readonly next?: string;
}

/** BatchGetSecretValue: each secret fails alone, in a successful answer. */
export function batchOfValues(
  request: Request,
  { list, read }: { readonly list: (request: Request) => Page; readonly read: (request: Request) => unknown },
): unknown {
  const named = Array.isArray(request.SecretIdList) ? request.SecretIdList.map(String) : undefined;
  if ((named === undefined) === (request.Filters === undefined)) {
    throw badParameter('Either SecretIdList or Filters must be provided, but not both.');
  }
  if (named !== undefined && (named.length === 0 || named.length > MOST_AT_ONCE)) {
    throw badParameter(`SecretIdList takes 1 to ${MOST_AT_ONCE} secrets.`);
  }
  const page: Page =
    named === undefined ? list({ MaxResults: MOST_AT_ONCE, ...request }) : { items: named.map((ARN) => ({ ARN })) };
  const SecretValues: unknown[] = [];
  const Errors: unknown[] = [];
  for (const { ARN } of page.items) {
    const answer = answerOrError(() => read({ SecretId: ARN }));
    if (answer instanceof AwsError) Errors.push({ SecretId: ARN, ErrorCode: answer.code, Message: answer.message });
    else if (isRecord(answer)) SecretValues.push(answer);
  }
  return { SecretValues, Errors, NextToken: page.next };
}

function answerOrError(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
}
