import { randomInt, randomUUID } from 'node:crypto';
import type { LocalClock } from '../clock.ts';
import { optionalText, type Request, text } from './actions.ts';
import { arnAt, type Home } from './home.ts';
import { SecretListing } from './secret-listing.ts';
import { moveStages, type SecretRecord, type SecretValue, type SecretVersion } from './secret-record.ts';
import { tagsOf } from './secret-tags.ts';
import { givenValue } from './secret-values.ts';
import { AwsError } from './service.ts';

const SUFFIX_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const badRequest = (message: string): AwsError => new AwsError('InvalidRequestException', message);

/** Labels that came to stand at another version. */
export interface LabelsMoved {
  readonly secret: SecretRecord;
  readonly versionId: string;
  readonly labels: readonly string[];
  /** Whether the secret had no version before. */
  readonly isFirst: boolean;
}

interface ShelfSettings {
  readonly home: Home;
  readonly clock: LocalClock;
  readonly onLabels: (moved: LabelsMoved) => void;
}

/** Secrets by name with their versions and stages. What ListSecrets shows of them may lag behind. */
export class SecretShelf {
  readonly listing = new SecretListing();
  readonly #home: Home;
  readonly #clock: LocalClock;
  readonly #onLabels: (moved: LabelsMoved) => void;
  readonly #secrets = new Map<string, SecretRecord>();

  constructor({ home, clock, onLabels }: ShelfSettings) {
    this.#home = home;
    this.#clock = clock;
    this.#onLabels = onLabels;
  }

  /** By name or ARN, with or without the random end of the ARN. */
  find(named: string): SecretRecord | undefined {
    const name = /^arn:[^:]+:secretsmanager:[^:]+:\d+:secret:(.+)$/.exec(named)?.[1];
    if (name === undefined) return this.#secrets.get(named);
    const whole = this.#secrets.get(name.slice(0, -7));
    return whole?.arn === named ? whole : this.#secrets.get(name);
  }

  /** As `find`; throws ResourceNotFoundException. */
  get(named: string): SecretRecord {
    const found = this.find(named);
    if (found !== undefined) return found;
    throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }

  /** The secret a request names, unless it waits for its deletion. Throws ResourceNotFoundException or InvalidRequestException. */
  usable(request: Request): SecretRecord {
    const secret = this.get(text(request, 'SecretId'));
    if (secret.deletionAt === undefined) return secret;
    throw badRequest("You can't perform this operation on the secret because it was marked for deletion.");
  }

  create(request: Request): { readonly secret: SecretRecord; readonly version: SecretVersion | undefined } {
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
    if (!/^[A-Za-z0-9/_+=.@!-]{1,512}$/.test(name)) {
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
      tags: tagsOf(request),
      versions: [],
    };
    this.#secrets.set(name, secret);
    this.note(secret);
    const version =
      value === undefined ? undefined : this.addVersion(secret, value, { request, stages: ['AWSCURRENT'] });
    return { secret, version };
  }

  /** The caller's token becomes the version's id: the same token and value again change nothing. */
  addVersion(
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
    secret.changedAt = version.createdAt;
    // The first version is current whatever the caller says.
    const isFirst = secret.versions.length === 1;
    this.moveStages(secret, version, isFirst ? [...new Set([...stages, 'AWSCURRENT'])] : stages);
    return version;
  }

  moveStages(secret: SecretRecord, version: SecretVersion, stages: readonly string[]): void {
    const labels = stages.filter((stage) => !version.stages.has(stage));
    moveStages(secret, version, stages);
    this.note(secret);
    this.#onLabels({ secret, versionId: version.id, labels, isFirst: secret.versions.length === 1 });
  }

  /** Call it after every change of a secret: ListSecrets shows it from then on. */
  note(secret: SecretRecord): void {
    this.listing.note(secret, this.#clock.now());
  }

  remove(secret: SecretRecord): void {
    this.#secrets.delete(secret.name);
    this.listing.noteGone(secret, this.#clock.now());
  }

  /** Takes away the secrets whose recovery window is over. */
  removeDue(): void {
    const now = this.#clock.now();
    for (const secret of this.#secrets.values()) {
      if (secret.deletionAt !== undefined && secret.deletionAt <= now) this.remove(secret);
    }
  }
}

const suffix = (): string =>
  Array.from({ length: 6 }, () => SUFFIX_LETTERS.charAt(randomInt(SUFFIX_LETTERS.length))).join('');
