import { optionalCount, optionalText, type Request } from './actions.ts';
import { pageOf } from './page.ts';
import { AwsError } from './service.ts';

/** A version of a secret. The value stands here and in the answers to GetSecretValue, nowhere else. */
export interface SecretVersion {
  readonly id: string;
  readonly createdAt: number;
  readonly value: SecretValue;
  /** AWSCURRENT, AWSPREVIOUS, AWSPENDING or the caller's own. */
  readonly stages: Set<string>;
}

export type SecretValue =
  | { readonly kind: 'text'; readonly SecretString: string }
  /** In base64. */
  | { readonly kind: 'bytes'; readonly SecretBinary: string };

/** A secret as the local run holds it. Times are milliseconds since the epoch. */
export interface SecretRecord {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly tags: Map<string, string>;
  /** Oldest first. */
  readonly versions: SecretVersion[];
  description?: string | undefined;
  kmsKeyId?: string | undefined;
  changedAt: number;
  accessedAt?: number;
  /** Only while the secret waits for its deletion. */
  deletionAt?: number | undefined;
}

/** The version that bears a stage. */
export const versionAt = (secret: SecretRecord, stage: string): SecretVersion | undefined =>
  secret.versions.find((version) => version.stages.has(stage));

/**
 * Puts stages on a version and takes them from those that had them. When AWSCURRENT moves, the version it leaves becomes
 * AWSPREVIOUS (PutSecretValue in the API reference).
 */
export const moveStages = (secret: SecretRecord, version: SecretVersion, stages: readonly string[]): void => {
  for (const stage of stages) {
    const holder = versionAt(secret, stage);
    if (holder === version) continue;
    holder?.stages.delete(stage);
    version.stages.add(stage);
    if (stage !== 'AWSCURRENT' || holder === undefined) continue;
    versionAt(secret, 'AWSPREVIOUS')?.stages.delete('AWSPREVIOUS');
    holder.stages.add('AWSPREVIOUS');
  }
};

/** Version ids with their stages; versions without a stage are deprecated and not told. */
export const stagesByVersion = (secret: SecretRecord): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    secret.versions.filter((each) => each.stages.size > 0).map((each) => [each.id, [...each.stages]] as const),
  );

/** What ListSecretVersionIds answers. Throws InvalidNextTokenException. */
export const shownVersions = (secret: SecretRecord, request: Request) =>
  pageOf(
    secret.versions
      .filter(({ stages }) => stages.size > 0 || request.IncludeDeprecated === true)
      .map(({ id, createdAt, stages }) => ({
        VersionId: id,
        CreatedDate: new Date(createdAt),
        ...(stages.size > 0 && { VersionStages: [...stages] }),
      })),
    {
      marker: optionalText(request, 'NextToken'),
      limit: optionalCount(request, 'MaxResults', { least: 1, most: 100 }) ?? 100,
      refuse: () => new AwsError('InvalidNextTokenException', 'The NextToken is not valid.'),
    },
  );
