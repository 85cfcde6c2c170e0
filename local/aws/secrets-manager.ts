import type { LocalClock } from '../clock.ts';
import { type Actions, isRecord, optionalCount, optionalText, perform, type Request, text } from './actions.ts';
import type { Home } from './home.ts';
import { calledSecrets, labelUpdated, rotationSucceeded } from './secret-events.ts';
import { described, type SecretListing } from './secret-listing.ts';
import { type SecretRecord, shownVersions, stagesByVersion, versionAt } from './secret-record.ts';
import { type LabelsMoved, SecretShelf } from './secret-shelf.ts';
import { allowedTags, tagsOf } from './secret-tags.ts';
import { batchOfValues, givenValue, shownValue } from './secret-values.ts';
import { AwsError, type AwsService, type BusEvent } from './service.ts';

const DAY_MS = 86_400_000;

const badRequest = (message: string): AwsError => new AwsError('InvalidRequestException', message);
const badParameter = (message: string): AwsError => new AwsError('InvalidParameterException', message);

/** The calls that CloudTrail counts as writes; the others raise no event that an ordinary rule could match. */
const WRITES = new Set([
  ...['CreateSecret', 'PutSecretValue', 'UpdateSecret', 'UpdateSecretVersionStage', 'DeleteSecret', 'RestoreSecret'],
  ...['TagResource', 'UntagResource'],
]);

export interface SecretsManagerSettings {
  readonly home: Home;
  readonly clock: LocalClock;
  /** Takes what happens to secrets to the default event bus. */
  readonly emit: (event: BusEvent) => void;
}

/**
 * Secrets Manager (AWS JSON 1.1, target prefix `secretsmanager`): secrets with versions and stages, in memory. Written
 * from the API reference; RotateSecret, replication and resource policies are refused by name.
 */
export class SecretsManager implements AwsService {
  /** An account without a CloudTrail trail hears of no calls. */
  hasTrail = true;
  /** Whether CreateSecret raises `Secret Label Updated`, too: the documentation does not say; "when a label moves". */
  tellsLabelOnCreate = false;
  readonly #home: Home;
  readonly #clock: LocalClock;
  readonly #emit: (event: BusEvent) => void;
  readonly #shelf: SecretShelf;
  readonly #denied = new Map<string, string>();

  constructor({ home, clock, emit }: SecretsManagerSettings) {
    this.#home = home;
    this.#clock = clock;
    this.#emit = emit;
    this.#shelf = new SecretShelf({ home, clock, onLabels: (moved) => this.#tellLabels(moved) });
  }

  /** What ListSecrets shows; its lag can be set. */
  get listing(): SecretListing {
    return this.#shelf.listing;
  }

  async handle(action: string, input: Request): Promise<unknown> {
    this.#shelf.removeDue();
    // A forced deletion leaves nothing that could be looked up afterwards.
    const arn = typeof input.SecretId === 'string' ? this.#shelf.find(input.SecretId)?.arn : undefined;
    try {
      const answer = await perform('secretsmanager', this.#actions, action, input);
      // TagResource answers nothing, and CloudTrail tells the ARN all the same.
      this.#tell(action, input, { answer: { ...(arn !== undefined && { ARN: arn }), ...recordOf(answer) } });
      return answer;
    } catch (error) {
      if (error instanceof AwsError) this.#tell(action, input, { failure: error });
      throw error;
    }
  }

  /** Lets GetSecretValue and BatchGetSecretValue refuse one secret with this code, or serve it again. */
  deny(name: string, code: string | undefined): void {
    if (code === undefined) this.#denied.delete(name);
    else this.#denied.set(name, code);
  }

  /** A rotation by Secrets Manager itself: a pending version becomes current, and CloudTrail tells of it. */
  rotate(name: string, value: string): void {
    const secret = this.#shelf.get(name);
    const given = { request: {}, stages: ['AWSPENDING'] };
    const version = this.#shelf.addVersion(secret, { kind: 'text', SecretString: value }, given);
    version.stages.delete('AWSPENDING');
    this.#shelf.moveStages(secret, version, ['AWSCURRENT']);
    if (this.hasTrail) this.#emit(rotationSucceeded(this.#home, this.#clock.now(), secret));
  }

  readonly #actions: Actions = {
    CreateSecret: {
      fields: ['Name', 'ClientRequestToken', 'Description', 'KmsKeyId', 'SecretString', 'SecretBinary', 'Tags'],
      run: (request) => {
        const { secret, version } = this.#shelf.create(request);
        return { ...named(secret), ...(version !== undefined && { VersionId: version.id }) };
      },
    },
    PutSecretValue: {
      fields: ['SecretId', 'ClientRequestToken', 'SecretString', 'SecretBinary', 'VersionStages'],
      run: (request) => {
        const secret = this.#shelf.usable(request);
        const value = givenValue(request);
        if (value === undefined) throw badParameter('You must provide either SecretString or SecretBinary.');
        const stages = Array.isArray(request.VersionStages) ? request.VersionStages.map(String) : ['AWSCURRENT'];
        const version = this.#shelf.addVersion(secret, value, { request, stages });
        return { ...named(secret), VersionId: version.id, VersionStages: [...version.stages] };
      },
    },
    UpdateSecret: {
      fields: ['SecretId', 'ClientRequestToken', 'Description', 'KmsKeyId', 'SecretString', 'SecretBinary'],
      run: (request) => {
        const secret = this.#shelf.usable(request);
        const value = givenValue(request);
        secret.description = optionalText(request, 'Description') ?? secret.description;
        secret.kmsKeyId = optionalText(request, 'KmsKeyId') ?? secret.kmsKeyId;
        secret.changedAt = this.#clock.now();
        this.#shelf.note(secret);
        if (value === undefined) return named(secret);
        const version = this.#shelf.addVersion(secret, value, { request, stages: ['AWSCURRENT'] });
        return { ...named(secret), VersionId: version.id };
      },
    },
    GetSecretValue: {
      fields: ['SecretId', 'VersionId', 'VersionStage'],
      run: (request) => this.#read(request),
    },
    BatchGetSecretValue: {
      fields: ['SecretIdList', 'Filters', 'MaxResults', 'NextToken'],
      run: (request) =>
        batchOfValues(request, {
          list: (query) => this.listing.list(query, this.#clock.now()),
          read: (one) => this.#read(one),
        }),
    },
    DescribeSecret: {
      fields: ['SecretId'],
      run: (request) => {
        const secret = this.#shelf.get(text(request, 'SecretId'));
        return { ...described(secret), VersionIdsToStages: stagesByVersion(secret) };
      },
    },
    ListSecrets: {
      fields: ['Filters', 'IncludePlannedDeletion', 'MaxResults', 'NextToken', 'SortOrder'],
      run: (request) => {
        const { items, next } = this.listing.list(request, this.#clock.now());
        return { SecretList: items, NextToken: next };
      },
    },
    ListSecretVersionIds: {
      fields: ['SecretId', 'IncludeDeprecated', 'MaxResults', 'NextToken'],
      run: (request) => {
        const secret = this.#shelf.get(text(request, 'SecretId'));
        const { items, next } = shownVersions(secret, request);
        return { ...named(secret), Versions: items, NextToken: next };
      },
    },
    DeleteSecret: {
      fields: ['SecretId', 'RecoveryWindowInDays', 'ForceDeleteWithoutRecovery'],
      run: (request) => this.#delete(request),
    },
    RestoreSecret: {
      fields: ['SecretId'],
      run: (request) => {
        const secret = this.#shelf.get(text(request, 'SecretId'));
        secret.deletionAt = undefined;
        this.#shelf.note(secret);
        return named(secret);
      },
    },
    TagResource: {
      fields: ['SecretId', 'Tags'],
      run: (request) => {
        const secret = this.#shelf.usable(request);
        const tags = allowedTags(new Map([...secret.tags, ...tagsOf(request)]));
        for (const [key, value] of tags) secret.tags.set(key, value);
        this.#shelf.note(secret);
        return {};
      },
    },
    UntagResource: {
      fields: ['SecretId', 'TagKeys'],
      run: (request) => {
        const secret = this.#shelf.usable(request);
        for (const key of Array.isArray(request.TagKeys) ? request.TagKeys : []) secret.tags.delete(String(key));
        this.#shelf.note(secret);
        return {};
      },
    },
    UpdateSecretVersionStage: {
      fields: ['SecretId', 'VersionStage', 'RemoveFromVersionId', 'MoveToVersionId'],
      run: (request) => this.#moveStage(request),
    },
  };

  #tell(action: string, request: Request, outcome: { readonly answer?: Request; readonly failure?: AwsError }): void {
    if (!WRITES.has(action) || !this.hasTrail) return;
    this.#emit(calledSecrets(this.#home, this.#clock.now(), { action, request, ...outcome }));
  }

  #tellLabels({ secret, versionId, labels, isFirst }: LabelsMoved): void {
    if (isFirst && !this.tellsLabelOnCreate) return;
    for (const label of labels) {
      for (const event of labelUpdated(this.#home, this.#clock.now(), { secret, label, versionId })) this.#emit(event);
    }
  }

  #read(request: Request): unknown {
    const secret = this.#shelf.usable(request);
    const denied = this.#denied.get(secret.name);
    if (denied !== undefined) throw new AwsError(denied, `the local run denies ${secret.name}`);
    const shown = shownValue(secret, request);
    secret.accessedAt = this.#clock.now();
    return shown;
  }

  #moveStage(request: Request): unknown {
    const secret = this.#shelf.usable(request);
    const stage = text(request, 'VersionStage');
    const from = optionalText(request, 'RemoveFromVersionId');
    const to = optionalText(request, 'MoveToVersionId');
    const holder = versionAt(secret, stage);
    if (holder !== undefined && holder.id !== from) {
      throw badParameter(
        `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder.id}.`,
      );
    }
    if (to === undefined) holder?.stages.delete(stage);
    else {
      const version = secret.versions.find(({ id }) => id === to);
      if (version === undefined) {
        throw new AwsError('ResourceNotFoundException', `Secrets Manager can't find the version ${to}.`);
      }
      this.#shelf.moveStages(secret, version, [stage]);
    }
    this.#shelf.note(secret);
    return named(secret);
  }

  #delete(request: Request): unknown {
    const force = request.ForceDeleteWithoutRecovery === true;
    const days = optionalCount(request, 'RecoveryWindowInDays', { least: 7, most: 30 });
    if (force && days !== undefined) {
      throw badParameter('You can only set RecoveryWindowInDays or ForceDeleteWithoutRecovery.');
    }
    const secret = this.#shelf.get(text(request, 'SecretId'));
    if (secret.deletionAt !== undefined && !force) {
      throw badRequest("You can't perform this operation on the secret because it was already scheduled for deletion.");
    }
    const now = this.#clock.now();
    if (force) this.#shelf.remove(secret);
    else {
      secret.deletionAt = now + (days ?? 30) * DAY_MS;
      this.#shelf.note(secret);
    }
    return { ...named(secret), DeletionDate: new Date(secret.deletionAt ?? now) };
  }
}

const named = ({ arn, name }: SecretRecord) => ({ ARN: arn, Name: name });

const recordOf = (answer: unknown): Request => (isRecord(answer) ? answer : {});
