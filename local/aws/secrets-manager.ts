import { randomInt, randomUUID } from 'node:crypto';
import type { LocalClock } from '../clock.ts';
import { type Actions, objects, optionalCount, optionalText, perform, type Request, text } from './actions.ts';
import { arnAt, type Home } from './home.ts';
import { pageOf } from './page.ts';
import {
  moveStages,
  type SecretRecord,
  type SecretValue,
  type SecretVersion,
  stagesByVersion,
  versionAt,
} from './secret-record.ts';
import { AwsError, type AwsService } from './service.ts';

const DAY_MS = 86_400_000;

/** "Maximum size of a secret value: 65,536 bytes" (Secrets Manager quotas). */
const MOST_BYTES = 65_536;

const SUFFIX_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const badRequest = (message: string): AwsError => new AwsError('InvalidRequestException', message);
const badParameter = (message: string): AwsError => new AwsError('InvalidParameterException', message);

/**
 * Secrets Manager (AWS JSON 1.1, target prefix `secretsmanager`): secrets with versions and stages, in memory. Written
 * from the API reference; filters, rotation, replication and resource policies are refused by name.
 */
export class SecretsManager implements AwsService {
  readonly #home: Home;
  readonly #clock: LocalClock;
  readonly #secrets = new Map<string, SecretRecord>();

  constructor(home: Home, clock: LocalClock) {
    this.#home = home;
    this.#clock = clock;
  }

  async handle(action: string, input: Request): Promise<unknown> {
    this.#deleteDue();
    return perform('secretsmanager', this.#actions, action, input);
  }

  readonly #actions: Actions = {
    CreateSecret: {
      fields: ['Name', 'ClientRequestToken', 'Description', 'KmsKeyId', 'SecretString', 'SecretBinary', 'Tags'],
      run: (request) => this.#create(request),
    },
    PutSecretValue: {
      fields: ['SecretId', 'ClientRequestToken', 'SecretString', 'SecretBinary', 'VersionStages'],
      run: (request) => {
        const secret = this.#usable(request);
        const value = givenValue(request);
        if (value === undefined) throw badParameter('You must provide either SecretString or SecretBinary.');
        const stages = Array.isArray(request.VersionStages) ? request.VersionStages.map(String) : ['AWSCURRENT'];
        const version = this.#addVersion(secret, value, { request, stages });
        return { ARN: secret.arn, Name: secret.name, VersionId: version.id, VersionStages: [...version.stages] };
      },
    },
    UpdateSecret: {
      fields: ['SecretId', 'ClientRequestToken', 'Description', 'KmsKeyId', 'SecretString', 'SecretBinary'],
      run: (request) => {
        const secret = this.#usable(request);
        secret.description = optionalText(request, 'Description') ?? secret.description;
        secret.kmsKeyId = optionalText(request, 'KmsKeyId') ?? secret.kmsKeyId;
        secret.changedAt = this.#clock.now();
        const value = givenValue(request);
        if (value === undefined) return { ARN: secret.arn, Name: secret.name };
        const version = this.#addVersion(secret, value, { request, stages: ['AWSCURRENT'] });
        return { ARN: secret.arn, Name: secret.name, VersionId: version.id };
      },
    },
    GetSecretValue: {
      fields: ['SecretId', 'VersionId', 'VersionStage'],
      run: (request) => this.#value(request),
    },
    DescribeSecret: {
      fields: ['SecretId'],
      run: (request) => {
        const secret = this.#secret(text(request, 'SecretId'));
        return { ...described(secret), VersionIdsToStages: stagesByVersion(secret) };
      },
    },
    DeleteSecret: {
      fields: ['SecretId', 'RecoveryWindowInDays', 'ForceDeleteWithoutRecovery'],
      run: (request) => this.#delete(request),
    },
    ListSecrets: {
      fields: ['IncludePlannedDeletion', 'MaxResults', 'NextToken'],
      run: (request) => {
        const planned = request.IncludePlannedDeletion === true;
        const all = [...this.#secrets.values()].filter((secret) => planned || secret.deletionAt === undefined);
        const { items, next } = pageOf(all, {
          marker: optionalText(request, 'NextToken'),
          limit: optionalCount(request, 'MaxResults', { least: 1, most: 100 }) ?? 100,
          refuse: () => new AwsError('InvalidNextTokenException', 'The NextToken is not valid.'),
        });
        const list = items.map((secret) => ({ ...described(secret), SecretVersionsToStages: stagesByVersion(secret) }));
        return { SecretList: list, NextToken: next };
      },
    },
  };

  /** By name or ARN, with or without the random end of the ARN. Throws ResourceNotFoundException. */
  #secret(named: string): SecretRecord {
    const byName = this.#secrets.get(named);
    const found = byName ?? [...this.#secrets.values()].find(({ arn }) => arn === named || arn.slice(0, -7) === named);
    if (found !== undefined) return found;
    throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }

  /** A secret that does not wait for its deletion. Throws ResourceNotFoundException or InvalidRequestException. */
  #usable(request: Request): SecretRecord {
    const secret = this.#secret(text(request, 'SecretId'));
    if (secret.deletionAt === undefined) return secret;
    throw badRequest("You can't perform this operation on the secret because it was marked for deletion.");
  }

  #create(request: Request): unknown {
    const name = text(request, 'Name');
    const existing = this.#secrets.get(name);
    if (existing?.deletionAt !== undefined) {
      throw badRequest(
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
      );
    }
    if (existing !== undefined) {
      throw new AwsError('ResourceExistsException', `The operation failed because the secret ${name} already exists.`);
    }
    if (!/^[A-Za-z0-9/_+=.@-]{1,512}$/.test(name)) {
      throw new AwsError(
        'ValidationException',
        'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
      );
    }
    const value = givenValue(request);
    const now = this.#clock.now();
    const secret: SecretRecord = {
      name,
      arn: arnAt(this.#home, 'secretsmanager', `secret:${name}-${suffix()}`),
      createdAt: now,
      changedAt: now,
      description: optionalText(request, 'Description'),
      kmsKeyId: optionalText(request, 'KmsKeyId'),
      tags: new Map(objects(request, 'Tags').map((tag) => [text(tag, 'Key'), optionalText(tag, 'Value') ?? ''])),
      versions: [],
    };
    this.#secrets.set(name, secret);
    if (value === undefined) return { ARN: secret.arn, Name: name };
    const version = this.#addVersion(secret, value, { request, stages: ['AWSCURRENT'] });
    return { ARN: secret.arn, Name: name, VersionId: version.id };
  }

  /** The caller's token becomes the version's id: the same token and value again change nothing. */
  #addVersion(
    secret: SecretRecord,
    value: SecretValue,
    { request, stages }: { readonly request: Request; readonly stages: readonly string[] },
  ): SecretVersion {
    const id = optionalText(request, 'ClientRequestToken') ?? randomUUID();
    const existing = secret.versions.find((version) => version.id === id);
    if (existing !== undefined) {
      if (JSON.stringify(existing.value) === JSON.stringify(value)) return existing;
      throw new AwsError('ResourceExistsException', `A version with the token ${id} and another value already exists.`);
    }
    const version = { id, createdAt: this.#clock.now(), value, stages: new Set<string>() };
    secret.versions.push(version);
    // The first version is current whatever the caller says.
    moveStages(secret, version, secret.versions.length === 1 ? [...new Set([...stages, 'AWSCURRENT'])] : stages);
    secret.changedAt = version.createdAt;
    return version;
  }

  #value(request: Request): unknown {
    const secret = this.#usable(request);
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
    secret.accessedAt = this.#clock.now();
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

  #delete(request: Request): unknown {
    const force = request.ForceDeleteWithoutRecovery === true;
    const days = optionalCount(request, 'RecoveryWindowInDays', { least: 7, most: 30 });
    if (force && days !== undefined) {
      throw badParameter('You can only set RecoveryWindowInDays or ForceDeleteWithoutRecovery.');
    }
    const secret = this.#secret(text(request, 'SecretId'));
    if (secret.deletionAt !== undefined && !force) {
      throw badRequest("You can't perform this operation on the secret because it was already scheduled for deletion.");
    }
    const now = this.#clock.now();
    if (force) this.#secrets.delete(secret.name);
    else secret.deletionAt = now + (days ?? 30) * DAY_MS;
    return { ARN: secret.arn, Name: secret.name, DeletionDate: new Date(secret.deletionAt ?? now) };
  }

  #deleteDue(): void {
    const now = this.#clock.now();
    for (const secret of this.#secrets.values()) {
      if (secret.deletionAt !== undefined && secret.deletionAt <= now) this.#secrets.delete(secret.name);
    }
  }
}

const suffix = (): string =>
  Array.from({ length: 6 }, () => SUFFIX_LETTERS.charAt(randomInt(SUFFIX_LETTERS.length))).join('');

const givenValue = (request: Request): SecretValue | undefined => {
  const SecretString = optionalText(request, 'SecretString');
  const SecretBinary = optionalText(request, 'SecretBinary');
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw badParameter("You can't specify both a binary secret value and a string secret value in the same secret.");
  }
  const bytes = SecretBinary === undefined ? Buffer.from(SecretString ?? '') : Buffer.from(SecretBinary, 'base64');
  if (bytes.length > MOST_BYTES) throw badParameter(`a secret value holds at most ${MOST_BYTES} bytes`);
  if (SecretString !== undefined) return { kind: 'text', SecretString };
  return SecretBinary === undefined ? undefined : { kind: 'bytes', SecretBinary };
};

/** What DescribeSecret and ListSecrets both tell. */
const described = (secret: SecretRecord) => ({
  ARN: secret.arn,
  Name: secret.name,
  Description: secret.description,
  KmsKeyId: secret.kmsKeyId,
  CreatedDate: new Date(secret.createdAt),
  LastChangedDate: new Date(secret.changedAt),
  // AWS keeps the day, not the time.
  ...(secret.accessedAt === undefined
    ? {}
    : { LastAccessedDate: new Date(Math.floor(secret.accessedAt / DAY_MS) * DAY_MS) }),
  ...(secret.deletionAt === undefined ? {} : { DeletedDate: new Date(secret.deletionAt) }),
  ...(secret.tags.size === 0 ? {} : { Tags: [...secret.tags].map(([Key, Value]) => ({ Key, Value })) }),
});
