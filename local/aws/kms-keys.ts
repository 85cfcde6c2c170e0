import { randomBytes, randomUUID } from 'node:crypto';
import type { LocalClock } from '../clock.ts';
import { arnAt, type Home } from './home.ts';
import { type AliasRecord, isSymmetric, type KeyMaterial, type KeyRecord, type RotationType } from './kms-key.ts';
import { usageFor } from './kms-metadata.ts';
import { AwsError } from './service.ts';

/** What may be chosen about a new key; everything else is as CreateKey does it. */
export interface NewKey {
  readonly description?: string | undefined;
  readonly keySpec?: string | undefined;
  readonly keyUsage?: string | undefined;
  readonly policy?: string | undefined;
  readonly multiRegion?: boolean | undefined;
  readonly keyManager?: 'CUSTOMER' | 'AWS' | undefined;
  readonly tags?: ReadonlyMap<string, string> | undefined;
  /** For keys that must have a known id; made up when absent. */
  readonly keyId?: string | undefined;
}

const newMaterial = (rotation?: KeyMaterial['rotation']): KeyMaterial => {
  const material = { id: randomBytes(32).toString('hex'), secret: randomBytes(32) };
  return rotation === undefined ? material : { ...material, rotation };
};

/** The keys and aliases of the account, and the rules by which a request names them. */
export class KmsKeys {
  readonly home: Home;
  readonly clock: LocalClock;
  readonly #keys = new Map<string, KeyRecord>();
  readonly aliases = new Map<string, AliasRecord>();

  constructor(home: Home, clock: LocalClock) {
    this.home = home;
    this.clock = clock;
  }

  /** Every key, oldest first. */
  all(): readonly KeyRecord[] {
    return [...this.#keys.values()];
  }

  add(wanted: NewKey): KeyRecord {
    const multiRegion = wanted.multiRegion ?? wanted.keyId?.startsWith('mrk-') ?? false;
    const keyId = wanted.keyId ?? (multiRegion ? `mrk-${randomUUID().replaceAll('-', '')}` : randomUUID());
    const keySpec = wanted.keySpec ?? 'SYMMETRIC_DEFAULT';
    const key: KeyRecord = {
      keyId,
      arn: arnAt(this.home, 'kms', `key/${keyId}`),
      createdAt: this.clock.now(),
      description: wanted.description ?? '',
      keySpec,
      keyUsage: usageFor(keySpec, wanted.keyUsage),
      keyManager: wanted.keyManager ?? 'CUSTOMER',
      multiRegion,
      tags: new Map(wanted.tags),
      materials: [newMaterial()],
      policy: wanted.policy ?? this.#defaultPolicy(),
      state: 'Enabled',
    };
    this.#keys.set(keyId, key);
    return key;
  }

  remove(key: KeyRecord): void {
    this.#keys.delete(key.keyId);
    for (const alias of this.aliases.values()) if (alias.keyId === key.keyId) this.aliases.delete(alias.name);
  }

  rotate(key: KeyRecord, type: RotationType): void {
    key.materials.push(newMaterial({ at: this.clock.now(), type }));
  }

  /** A key by its id or ARN. Throws NotFoundException or InvalidArnException. */
  key(named: string): KeyRecord {
    const key = this.#keys.get(this.#local(named, 'key'));
    if (key !== undefined) return key;
    if (named.startsWith('alias/')) throw new AwsError('NotFoundException', `Invalid keyId '${named}'`);
    const arn = named.startsWith('arn:') ? named : arnAt(this.home, 'kms', `key/${named}`);
    throw new AwsError('NotFoundException', `Key '${arn}' does not exist`);
  }

  /** A key by its id, its ARN, the name of an alias or an alias' ARN. Throws like `key`. */
  keyOrAlias(named: string): KeyRecord {
    const alias = /^(?:arn:[^:]+:kms:.*:)?(alias\/.+)$/.exec(named);
    return alias?.[1] === undefined ? this.key(named) : this.key(this.alias(this.#local(named, 'alias')).keyId);
  }

  /** An alias by its name. Throws NotFoundException. */
  alias(name: string): AliasRecord {
    const alias = this.aliases.get(name);
    if (alias !== undefined) return alias;
    throw new AwsError('NotFoundException', `Alias ${arnAt(this.home, 'kms', name)} is not found.`);
  }

  /** Throws DisabledException or KMSInvalidStateException unless the key is enabled ("Key states of KMS keys"). */
  requireEnabled(key: KeyRecord): void {
    this.requireNotPending(key);
    if (key.state === 'Disabled') throw new AwsError('DisabledException', `${key.arn} is disabled.`);
  }

  /** Throws KMSInvalidStateException while the key waits for its deletion. */
  requireNotPending(key: KeyRecord): void {
    if (key.state !== 'PendingDeletion') return;
    throw new AwsError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
  }

  /** Throws UnsupportedOperationException for asymmetric and HMAC keys, which never rotate. */
  requireRotatable(key: KeyRecord): void {
    if (isSymmetric(key) && key.keyManager === 'CUSTOMER') return;
    throw new AwsError('UnsupportedOperationException', `${key.arn} does not support key rotation.`);
  }

  /** What a name holds after its ARN, when the ARN is of this account and Region. */
  #local(named: string, kind: 'key' | 'alias'): string {
    if (!named.startsWith('arn:')) return named;
    const start = arnAt(this.home, 'kms', `${kind}/`);
    if (!named.startsWith(start)) throw new AwsError('InvalidArnException', `Invalid arn ${named}`);
    return kind === 'key' ? named.slice(start.length) : `alias/${named.slice(start.length)}`;
  }

  /** The policy that a key gets when none is given ("Default key policy"). */
  #defaultPolicy(): string {
    return JSON.stringify({
      Version: '2012-10-17',
      Id: 'key-default-1',
      Statement: [
        {
          Sid: 'Enable IAM User Permissions',
          Effect: 'Allow',
          Principal: { AWS: `arn:${this.home.partition}:iam::${this.home.account}:root` },
          Action: 'kms:*',
          Resource: '*',
        },
      ],
    });
  }
}
