import type { KeyBinding } from '../contract/bindings.ts';
import type { KeyConfiguration, KmsKey, NewKeyConfiguration } from './key.ts';

/** What a binding wants of a key configuration, and from when on one counts. */
export interface WantedConfiguration extends NewKeyConfiguration {
  /** Milliseconds; under `reregister`, configurations made before the latest rotation do not count. */
  readonly notBefore: number;
  /** Configurations this product itself registered for the current key material, whatever the clocks say. */
  readonly knownFresh: ReadonlySet<string>;
}

/** The key configuration that `binding` wants for `key` as it is now. */
export function wantedConfiguration(
  binding: KeyBinding,
  key: KmsKey,
  rotatedAt: string | undefined,
  knownFresh: ReadonlySet<string>,
): WantedConfiguration {
  const counts = binding.onMaterialRotation === 'reregister' && rotatedAt !== undefined;
  return {
    keyArn: key.arn,
    ...(binding.key.startsWith('alias/') && { keyAlias: binding.key }),
    useCases: binding.useCases,
    reuseKeyForClusterVolumes: binding.useCases.includes('STORAGE') && binding.reuseKeyForClusterVolumes,
    notBefore: counts ? Date.parse(rotatedAt) : 0,
    knownFresh,
  };
}

/** True if the configuration refers to the wanted key and is not older than its current material. */
export const isCurrent = (configuration: KeyConfiguration, wanted: WantedConfiguration): boolean =>
  configuration.keyArn === wanted.keyArn &&
  (configuration.createdAt >= wanted.notBefore || wanted.knownFresh.has(configuration.id));

/**
 * The configuration to use instead of registering another one: same ARN, same use cases, same effective reuse flag, not
 * older than wanted. The oldest of several, so that repeated runs agree on one.
 */
export function matchingConfiguration(
  configurations: readonly KeyConfiguration[],
  wanted: WantedConfiguration,
): KeyConfiguration | undefined {
  return configurations
    .filter((one) => isCurrent(one, wanted) && sameUse(one, wanted))
    .toSorted((a, b) => a.createdAt - b.createdAt || a.id.localeCompare(b.id))[0];
}

/** A configuration of any age for the same key that covers the wanted use cases, and perhaps more. */
export const servingConfiguration = (
  configurations: readonly KeyConfiguration[],
  wanted: NewKeyConfiguration,
): KeyConfiguration | undefined =>
  configurations.find(
    (one) =>
      one.keyArn === wanted.keyArn &&
      wanted.useCases.every((useCase) => one.useCases.includes(useCase)) &&
      sameReuse(one, wanted),
  );

const sameReuse = (one: KeyConfiguration, wanted: NewKeyConfiguration): boolean =>
  !wanted.useCases.includes('STORAGE') || one.reuseKeyForClusterVolumes === wanted.reuseKeyForClusterVolumes;

const sameUse = (one: KeyConfiguration, wanted: NewKeyConfiguration): boolean =>
  new Set(one.useCases).symmetricDifference(new Set(wanted.useCases)).size === 0 && sameReuse(one, wanted);
