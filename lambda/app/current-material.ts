import type { CurrentMaterial, KmsKey } from '../domain/key.ts';
import type { KeySource, Registrations } from './ports.ts';

/** Reads KMS and our own registrations; never trusts an event. */
export async function currentMaterial(
  key: KmsKey,
  ports: { readonly keys: KeySource; readonly registrations: Pick<Registrations, 'of'> },
): Promise<CurrentMaterial> {
  const rotatedAt = (await ports.keys.rotations(key.arn))[0]?.rotatedAt;
  const name = key.materialId ?? rotatedAt ?? 'first';
  const all = await ports.registrations.of(key.arn);
  const idsOf = (isFor: (materialId: string) => boolean): ReadonlySet<string> =>
    new Set(all.filter(({ materialId }) => isFor(materialId)).map(({ configurationId }) => configurationId));
  return {
    ...{ name, ...(rotatedAt !== undefined && { rotatedAt }) },
    registered: idsOf((materialId) => materialId === name),
    outdated: idsOf((materialId) => materialId !== name),
  };
}
