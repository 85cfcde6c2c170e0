/** One piece of key material. A key keeps all it ever had, because old ciphertext must still decrypt. */
export interface KeyMaterial {
  /** 64 hexadecimal digits. */
  readonly id: string;
  /** 256 made-up bits. */
  readonly secret: Buffer;
  /** Absent on the first material. */
  readonly rotation?: { readonly at: number; readonly type: RotationType };
}

export type RotationType = 'AUTOMATIC' | 'ON_DEMAND';

/** A KMS key as the local run holds it. Times are milliseconds since the epoch. */
export interface KeyRecord {
  readonly keyId: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly description: string;
  readonly keySpec: string;
  readonly keyUsage: string;
  readonly keyManager: 'CUSTOMER' | 'AWS';
  readonly multiRegion: boolean;
  readonly tags: Map<string, string>;
  /** Oldest first; never empty. */
  readonly materials: KeyMaterial[];
  policy: string;
  state: 'Enabled' | 'Disabled' | 'PendingDeletion';
  /** Only while the state is PendingDeletion. */
  deletionAt?: number | undefined;
  /** Absent while automatic rotation is off. */
  automatic?: { readonly days: number; readonly from: number } | undefined;
  lastUse?: KeyUse | undefined;
}

/** The last cryptographic operation with a key, as GetKeyLastUsage tells it. */
interface KeyUse {
  readonly operation: string;
  readonly at: number;
}

/** A name for a key. */
export interface AliasRecord {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly keyId: string;
}

/** The only kind of key that rotates and that the local run can encrypt with. */
export const isSymmetric = (key: KeyRecord): boolean => key.keySpec === 'SYMMETRIC_DEFAULT';

/** The material that new ciphertext is made with. */
export const currentMaterial = (key: KeyRecord): KeyMaterial => {
  const last = key.materials.at(-1);
  if (last === undefined) throw new Error(`${key.arn} has no material`);
  return last;
};
