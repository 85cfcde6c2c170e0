import type { LocalClock } from '../clock.ts';
import { type Actions, isRecord, perform, type Request } from './actions.ts';
import type { Home } from './home.ts';
import { aliasActions } from './kms-alias-actions.ts';
import { cryptoActions } from './kms-crypto-actions.ts';
import { called, deleted, rotated } from './kms-events.ts';
import type { KeyRecord } from './kms-key.ts';
import { keyActions } from './kms-key-actions.ts';
import { KmsKeys, type NewKey } from './kms-keys.ts';
import { keyMetadata } from './kms-metadata.ts';
import { rotationActions } from './kms-rotation-actions.ts';
import { AwsError, type AwsService, type BusEvent } from './service.ts';

/** The actions that CloudTrail counts as writes; the others raise no event that an ordinary rule could match. */
const WRITES = new Set([
  ...['CreateKey', 'CreateAlias', 'UpdateAlias', 'DeleteAlias', 'EnableKey', 'DisableKey', 'PutKeyPolicy'],
  ...['ScheduleKeyDeletion', 'CancelKeyDeletion', 'RotateKeyOnDemand', 'EnableKeyRotation', 'DisableKeyRotation'],
  ...['TagResource', 'UntagResource'],
]);

export interface KmsSettings {
  readonly home: Home;
  readonly clock: LocalClock;
  /** Takes what happens to keys to the default event bus. */
  readonly emit: (event: BusEvent) => void;
}

/**
 * KMS (AWS JSON 1.1, target prefix `TrentService`), written from its API reference and Developer Guide. Keys are of
 * origin AWS_KMS, multi-Region keys have no replicas, and nobody is denied anything: policies are kept, not evaluated.
 */
export class Kms implements AwsService {
  readonly #settings: KmsSettings;
  readonly #keys: KmsKeys;
  readonly #actions: Actions;

  constructor(settings: KmsSettings) {
    this.#settings = settings;
    this.#keys = new KmsKeys(settings.home, settings.clock);
    this.#actions = {
      ...keyActions(this.#keys),
      ...aliasActions(this.#keys),
      ...rotationActions(this.#keys),
      ...cryptoActions(this.#keys),
    };
  }

  async handle(action: string, input: Request): Promise<unknown> {
    this.deleteDueKeys();
    const before = this.#keyOf(input);
    try {
      const answer = await perform('kms', this.#actions, action, input);
      this.#tell(action, input, { answer: isRecord(answer) ? answer : {}, key: before ?? this.#keyOf(input, answer) });
      return answer;
    } catch (error) {
      if (error instanceof AwsError) this.#tell(action, input, { failure: error, key: before });
      throw error;
    }
  }

  /** Makes a key without an API call, as CloudFormation and AWS themselves do; answers its metadata. */
  addKey(key: NewKey): Readonly<Record<string, unknown>> {
    return keyMetadata(this.#keys.add(key));
  }

  /**
   * Makes an automatic rotation happen now. Throws AwsError as the API would: NotFoundException, DisabledException,
   * KMSInvalidStateException, UnsupportedOperationException.
   */
  rotateAutomatically(keyId: string): void {
    const key = this.#keys.key(keyId);
    this.#keys.requireRotatable(key);
    this.#keys.requireEnabled(key);
    this.#keys.rotate(key, 'AUTOMATIC');
    if (key.automatic !== undefined) key.automatic = { ...key.automatic, from: this.#settings.clock.now() };
    this.#emit(rotated(this.#settings.home, this.#settings.clock.now(), key));
  }

  /**
   * Deletes the keys whose waiting period is over. Every call does this first; time that passes without a call changes
   * nothing, so that nobody's clock jumps ahead only because a key waits for its end.
   */
  deleteDueKeys(): void {
    const now = this.#settings.clock.now();
    for (const key of this.#keys.all().filter((each) => each.deletionAt !== undefined && each.deletionAt <= now)) {
      this.#keys.remove(key);
      this.#emit(deleted(this.#settings.home, now, key));
    }
  }

  #tell(
    action: string,
    request: Request,
    outcome: { readonly answer?: Request; readonly failure?: AwsError; readonly key: KeyRecord | undefined },
  ): void {
    if (!WRITES.has(action)) return;
    const now = this.#settings.clock.now();
    this.#emit([called(this.#settings.home, now, { action, request, ...outcome })]);
    if (action === 'RotateKeyOnDemand' && outcome.failure === undefined && outcome.key !== undefined) {
      this.#emit(rotated(this.#settings.home, now, outcome.key));
    }
  }

  #emit(events: readonly BusEvent[]): void {
    for (const event of events) this.#settings.emit(event);
  }

  /** The key that a call is about, from its request or, for CreateKey, from its answer. */
  #keyOf(request: Request, answer?: unknown): KeyRecord | undefined {
    const made = isRecord(answer) && isRecord(answer.KeyMetadata) ? answer.KeyMetadata.KeyId : undefined;
    const alias = typeof request.AliasName === 'string' ? this.#keys.aliases.get(request.AliasName)?.keyId : undefined;
    const named = request.TargetKeyId ?? request.KeyId ?? alias ?? made;
    if (typeof named !== 'string') return undefined;
    return this.#keys.all().find((key) => key.keyId === named || key.arn === named);
  }
}
