import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { currentMaterial, type KeyMaterial, type KeyRecord } from './kms-key.ts';

/** First byte of our ciphertext; KMS does not document its own form. */
const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const MATERIAL_BYTES = 32;

/** Which key and which of its materials a ciphertext was made with. */
export interface Ciphertext {
  readonly keyId: string;
  readonly materialId: string;
  readonly iv: Buffer;
  readonly tag: Buffer;
  readonly sealed: Buffer;
}

/** Encrypts with the key's current material (AES-256-GCM). The context is authenticated, not stored. */
export const seal = (key: KeyRecord, plaintext: Buffer, context: Readonly<Record<string, unknown>>): Buffer => {
  const material = currentMaterial(key);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', material.secret, iv).setAAD(canonical(context));
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const keyId = Buffer.from(key.keyId);
  const head = Buffer.from([VERSION, keyId.length]);
  return Buffer.concat([head, keyId, Buffer.from(material.id, 'hex'), iv, cipher.getAuthTag(), sealed]);
};

/** Reads the head of a ciphertext; undefined if it is not one of ours. */
export const readCiphertext = (blob: Buffer): Ciphertext | undefined => {
  const idEnd = 2 + (blob[1] ?? 0);
  const ivAt = idEnd + MATERIAL_BYTES;
  const tagAt = ivAt + IV_BYTES;
  if (blob[0] !== VERSION || blob.length < tagAt + TAG_BYTES) return undefined;
  return {
    keyId: blob.subarray(2, idEnd).toString(),
    materialId: blob.subarray(idEnd, ivAt).toString('hex'),
    iv: blob.subarray(ivAt, tagAt),
    tag: blob.subarray(tagAt, tagAt + TAG_BYTES),
    sealed: blob.subarray(tagAt + TAG_BYTES),
  };
};

/** Decrypts with the material the ciphertext names; undefined if it was changed or the context differs. */
export const open = (
  material: KeyMaterial,
  { iv, tag, sealed }: Ciphertext,
  context: Readonly<Record<string, unknown>>,
): Buffer | undefined => {
  const decipher = createDecipheriv('aes-256-gcm', material.secret, iv, { authTagLength: TAG_BYTES });
  try {
    decipher.setAAD(canonical(context)).setAuthTag(tag);
    return Buffer.concat([decipher.update(sealed), decipher.final()]);
  } catch {
    return undefined;
  }
};

/** Pairs in any order mean the same context ("Encryption context"). */
const canonical = (context: Readonly<Record<string, unknown>>): Buffer =>
  Buffer.from(JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))));
