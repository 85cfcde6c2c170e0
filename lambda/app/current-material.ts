import type { KmsKey } from '../domain/key.ts';
import type { KeySource, Registrations } from './ports.ts';

/** What is known of a key's current material: when it came, and which configurations were registered for it by us. */
export interface CurrentMaterial {
  /** Names the material in records; keys that KMS tells no material id for are named by their rotation. */
  readonly name: string;
  /** ISO 8601; absent if the material was never rotated. */
  readonly rotatedAt?: string;
  readonly registered: ReadonlySet<string>;
}

/** Reads KMS and our own registrations; never trusts an event. */
export async function currentMaterial(
  key: KmsKey,
  ports: { readonly keys: KeySource; readonly registrations: Registrations },
): Promise<CurrentMaterial> {
  const rotatedAt = (await ports.keys.rotations(key.arn))[0]?.rotatedAt;
  const name = key.materialId ?? rotatedAt ?? 'first';
  const registered = new Set(await ports.registrations.find(key.arn, name));
  return { name, ...(rotatedAt !== undefined && { rotatedAt }), registered };
}
