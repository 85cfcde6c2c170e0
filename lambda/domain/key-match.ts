import type { KeyBinding } from '../contract/bindings.ts';
import type { CurrentMaterial, KeyConfiguration, KmsKey, NewKeyConfiguration } from './key.ts';

/** What a binding wants of a key configuration, and from when on one counts. */
export interface WantedConfiguration extends NewKeyConfiguration {
  /** Milliseconds; under `reregister`, configurations made before the latest rotation do not count. */
  readonly notBefore: number;
  /** Configurations this product itself registered for the current key material, whatever the clocks say. */
  readonly knownFresh: ReadonlySet<string>;
  /** Those it registered for earlier material, likewise. */
  readonly knownOutdated: ReadonlySet<string>;
  /** True if one that serves other use cases, too, does not count: somebody asks for it by its use cases. */
  readonly justThese: boolean;
}

/** The key configuration that `binding` wants for `key` as it is now. */
export function wantedConfiguration(
  binding: KeyBinding,
  key: KmsKey,
  { rotatedAt, registered, outdated }: Omit<CurrentMaterial, 'name'>,
  justThese = false,
): WantedConfiguration {
  const counts = binding.onMaterialRotation === 'reregister' && rotatedAt !== undefined;
  return {
    keyArn: key.arn,
    ...(binding.key.startsWith('alias/') && { keyAlias: binding.key }),
    useCases: binding.useCases,
    reuseKeyForClusterVolumes: binding.useCases.includes('STORAGE') && binding.reuseKeyForClusterVolumes,
    notBefore: counts ? Date.parse(rotatedAt) : 0,
    knownFresh: registered,
    knownOutdated: counts ? outdated : new Set(),
    justThese,
  };
}

/** True if the configuration refers to the wanted key and is not older than its current material. */
export const isCurrent = (configuration: KeyConfiguration, wanted: WantedConfiguration): boolean =>
  configuration.keyArn === wanted.keyArn &&
  (wanted.knownFresh.has(configuration.id) ||
    (configuration.createdAt >= wanted.notBefore && !wanted.knownOutdated.has(configuration.id)));

/**
 * The configuration to use instead of registering another one: same ARN, not older than wanted, for the wanted use cases
 * with the same effective reuse flag. One for just these use cases comes before one that serves others, too, where that
 * counts; then the oldest, so that repeated runs agree on one.
 */
export function matchingConfiguration(
  configurations: readonly KeyConfiguration[],
  wanted: WantedConfiguration,
): KeyConfiguration | undefined {
  return configurations
    .filter((one) => isCurrent(one, wanted) && serves(one, wanted))
    .filter(({ useCases }) => !wanted.justThese || useCases.length === wanted.useCases.length)
    .toSorted(
      (a, b) => a.useCases.length - b.useCases.length || a.createdAt - b.createdAt || a.id.localeCompare(b.id),
    )[0];
}

/** A configuration of any age for the same key that covers the wanted use cases, and perhaps more. */
export const servingConfiguration = (
  configurations: readonly KeyConfiguration[],
  wanted: NewKeyConfiguration,
): KeyConfiguration | undefined => configurations.find((one) => one.keyArn === wanted.keyArn && serves(one, wanted));

const serves = (one: KeyConfiguration, wanted: NewKeyConfiguration): boolean =>
  wanted.useCases.every((useCase) => one.useCases.includes(useCase)) && sameReuse(one, wanted);

const sameReuse = (one: KeyConfiguration, wanted: NewKeyConfiguration): boolean =>
  !wanted.useCases.includes('STORAGE') || one.reuseKeyForClusterVolumes === wanted.reuseKeyForClusterVolumes;
