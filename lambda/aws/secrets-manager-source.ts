import {
  type APIErrorType,
  BatchGetSecretValueCommand,
  type BatchGetSecretValueCommandOutput,
  DescribeSecretCommand,
  type Filter,
  ListSecretsCommand,
  type ListSecretsCommandOutput,
  type SecretsManagerClient,
  type SecretValueEntry,
  type Tag,
} from '@aws-sdk/client-secrets-manager';
import { MOST_READ_AT_ONCE, type SecretSource } from '../app/secret-ports.ts';
import { FAILURE, type FailureName } from '../contract/failures.ts';
import { AutomationError } from '../domain/failure.ts';
import type { ReadOutcome, SecretQuery, SecretValue, SourceSecret } from '../domain/secret.ts';
import { Sensitive } from '../domain/sensitive.ts';
import { errorName } from './error-name.ts';
import { unlessBusy } from './unless-busy.ts';

/** ListSecrets takes so many values in one filter. */
const MOST_FILTER_VALUES = 10;

/** AWS Secrets Manager, read only: ListSecrets, DescribeSecret, BatchGetSecretValue. */
export class SecretsManagerSource implements SecretSource {
  readonly #client: SecretsManagerClient;

  constructor(client: SecretsManagerClient) {
    this.#client = client;
  }

  async list(query: SecretQuery): Promise<readonly SourceSecret[]> {
    const found: SourceSecret[] = [];
    for (const filters of filtersOf(query)) {
      let token: string | undefined;
      do {
        const command = new ListSecretsCommand({
          MaxResults: 100,
          ...(filters.length > 0 && { Filters: [...filters] }),
          ...(token !== undefined && { NextToken: token }),
        });
        const page: ListSecretsCommandOutput = await ask(() => this.#client.send(command));
        for (const entry of page.SecretList ?? []) {
          found.push(sourceSecret(entry, entry.SecretVersionsToStages));
        }
        if (page.NextToken !== undefined && page.NextToken === token) throw new TypeError('ListSecrets repeats a page');
        token = page.NextToken;
      } while (token !== undefined);
    }
    // Filters match beginnings, and tag keys and values apart from each other.
    return [...new Map(found.filter((secret) => isMeant(secret, query)).map((one) => [one.arn, one])).values()];
  }

  async describe(id: string): Promise<SourceSecret | 'gone' | 'hidden'> {
    try {
      const found = await ask(() => this.#client.send(new DescribeSecretCommand({ SecretId: id })));
      return sourceSecret(found, found.VersionIdsToStages);
    } catch (error) {
      if (errorName(error) === 'ResourceNotFoundException') return 'gone';
      if (errorName(error) === 'AccessDeniedException') return 'hidden';
      throw error;
    }
  }

  async read(arns: readonly string[]): Promise<ReadonlyMap<string, ReadOutcome>> {
    if (arns.length > MOST_READ_AT_ONCE) throw new RangeError(`${arns.length} secrets; at most ${MOST_READ_AT_ONCE}`);
    const outcomes = new Map<string, ReadOutcome>();
    if (arns.length === 0) return outcomes;
    let token: string | undefined;
    do {
      const command = new BatchGetSecretValueCommand({
        SecretIdList: [...arns],
        ...(token !== undefined && { NextToken: token }),
      });
      const page: BatchGetSecretValueCommandOutput = await ask(() => this.#client.send(command));
      for (const entry of page.SecretValues ?? []) outcomes.set(entry.ARN ?? '', readValue(entry));
      for (const error of page.Errors ?? []) outcomes.set(error.SecretId ?? '', failed(error));
      token = page.NextToken;
    } while (token !== undefined);
    for (const arn of arns)
      if (!outcomes.has(arn)) outcomes.set(arn, failed({ SecretId: arn, ErrorCode: 'no answer' }));
    return outcomes;
  }
}

/** One list of filters for each call that has to be made. A leading `!` would negate a filter. */
function filtersOf({ namePrefixes = [], tag }: SecretQuery): readonly (readonly Filter[])[] {
  const tags: Filter[] = [];
  if (tag !== undefined && !tag.key.startsWith('!')) tags.push({ Key: 'tag-key', Values: [tag.key] });
  if (tag?.value !== undefined && tag.value !== '' && !tag.value.startsWith('!')) {
    tags.push({ Key: 'tag-value', Values: [tag.value] });
  }
  if (namePrefixes.length === 0 || namePrefixes.some((prefix) => prefix.startsWith('!'))) return [tags];
  return Array.from({ length: Math.ceil(namePrefixes.length / MOST_FILTER_VALUES) }, (_, index) => [
    { Key: 'name', Values: namePrefixes.slice(index * MOST_FILTER_VALUES, (index + 1) * MOST_FILTER_VALUES) },
    ...tags,
  ]);
}

const isMeant = ({ name, tags }: SourceSecret, { namePrefixes, tag }: SecretQuery): boolean =>
  (namePrefixes === undefined || namePrefixes.some((prefix) => name.startsWith(prefix))) &&
  (tag === undefined || (tag.value === undefined ? tags.has(tag.key) : tags.get(tag.key) === tag.value));

interface Described {
  readonly ARN?: string | undefined;
  readonly Name?: string | undefined;
  readonly Tags?: Tag[] | undefined;
  readonly DeletedDate?: Date | undefined;
}

function sourceSecret(found: Described, stages: Record<string, string[]> | undefined): SourceSecret {
  const { ARN: arn, Name: name, Tags = [], DeletedDate } = found;
  if (arn === undefined || name === undefined) throw new TypeError('Secrets Manager answered a secret without a name');
  const versionId = Object.entries(stages ?? {}).find(([, labels]) => labels.includes('AWSCURRENT'))?.[0];
  return {
    arn,
    name,
    tags: new Map(Tags.map(({ Key = '', Value = '' }) => [Key, Value])),
    ...(versionId !== undefined && { versionId }),
    deletionScheduled: DeletedDate !== undefined,
  };
}

function readValue({ ARN = '', VersionId, SecretString, SecretBinary }: SecretValueEntry): ReadOutcome {
  const value: SecretValue | undefined =
    SecretString !== undefined
      ? { kind: 'text', text: new Sensitive(SecretString) }
      : SecretBinary !== undefined
        ? { kind: 'bytes', base64: new Sensitive(Buffer.from(SecretBinary).toString('base64')) }
        : undefined;
  if (value === undefined || VersionId === undefined) return failed({ SecretId: ARN, ErrorCode: 'no value' });
  return { kind: 'read', versionId: VersionId, value };
}

const ADVICE: ReadonlyMap<string, string> = new Map([
  [
    'AccessDeniedException',
    'its resource policy or a tag keeps this function from reading it, or the stack is older than the binding: deploy again',
  ],
  [
    'DecryptionFailure',
    'name the KMS key that encrypts it in decryptWith of its binding, and let the key policy allow this account',
  ],
  ['InvalidRequestException', 'it waits for its deletion'],
  ['ResourceNotFoundException', 'it was deleted, or has no current version'],
]);

/** AWS's own words are left out: only its code is known to hold nothing of a value. */
function failed({ SecretId = '', ErrorCode = 'no code' }: APIErrorType): ReadOutcome {
  const name: FailureName =
    ErrorCode === 'ResourceNotFoundException' ? FAILURE.secretNotFound : FAILURE.secretUnreadable;
  const advice = ADVICE.get(ErrorCode);
  const message = `secret ${SecretId} cannot be read: ${ErrorCode}${advice === undefined ? '' : `; ${advice}`}`;
  return { kind: 'failed', failure: new AutomationError(name, message) };
}

const BUSY: ReadonlySet<string> = new Set([
  'ThrottlingException',
  'InternalServiceError',
  'InternalFailure',
  'TimeoutError',
]);

const ask = <T>(call: () => Promise<T>): Promise<T> =>
  unlessBusy(BUSY, 'Secrets Manager is too busy to answer; it is asked again', call);
