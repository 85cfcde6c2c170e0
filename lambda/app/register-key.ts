import type { KeyBinding } from '../contract/bindings.ts';
import { FAILURE } from '../contract/failures.ts';
import type { RegisterKeyInput, RegisterKeyOutput } from '../contract/rollout.ts';
import { AutomationError, isFailure } from '../domain/failure.ts';
import type { KeyConfiguration } from '../domain/key.ts';
import {
  matchingConfiguration,
  servingConfiguration,
  type WantedConfiguration,
  wantedConfiguration,
} from '../domain/key-match.ts';
import { currentMaterial } from './current-material.ts';
import type { CallCount, Clock, KeyRegistry, KeySource, Leases, Registrations } from './ports.ts';

export interface RegisterPorts {
  readonly keys: KeySource;
  readonly registry: KeyRegistry;
  readonly registrations: Registrations;
  readonly leases: Leases;
  readonly calls: CallCount;
  readonly clock: Clock;
}

/** Longer than one registration takes; after a crash the next attempt lists first and finds what was made. */
const LEASE_MS = 2 * 60_000;

/**
 * The key configuration for the key as it is now: the one that matches, or a new one. Only one rollout registers a key at
 * a time (else RegistrationInProgress), and a create whose answer was lost is looked up, never repeated, so that one
 * rotation makes one configuration however often it is reported.
 */
export async function registerKey(input: RegisterKeyInput, ports: RegisterPorts): Promise<RegisterKeyOutput> {
  return registerFor(input.binding, input.rolloutId, ports);
}

/**
 * The same for a binding that need not be one of the stage's. With `justThese`, a configuration that serves other use cases,
 * too, is not taken.
 */
export async function registerFor(
  binding: KeyBinding,
  owner: string,
  ports: RegisterPorts,
  { justThese = false } = {},
): Promise<RegisterKeyOutput> {
  const key = await ports.keys.describe(binding.key);
  const resource = `key-registration/${key.arn}`;
  const lease = await ports.leases.take(resource, owner, ports.clock() + LEASE_MS);
  if (lease.kind === 'taken') {
    throw new AutomationError(
      FAILURE.registrationInProgress,
      `${lease.owner} is registering key ${key.arn}; it will be free at ${new Date(lease.until).toISOString()} at the latest`,
    );
  }
  try {
    const material = await currentMaterial(key, ports);
    const wanted = wantedConfiguration(binding, key, material, justThese);
    const configurations = await ports.registry.list();
    const match = matchingConfiguration(configurations, wanted);
    if (match !== undefined) return { keyConfigurationId: match.id, created: false, calls: ports.calls() };
    const ofKey = configurations.filter(({ keyArn }) => keyArn === key.arn).map(({ id }) => id);
    const before = new Set(await ports.registrations.begin(key.arn, material.name, ofKey));
    const lost = appeared(configurations, before, wanted);
    const { configuration, created } =
      lost === undefined ? await create(wanted, before, ports) : { configuration: lost, created: true };
    await ports.registrations.add(key.arn, { materialId: material.name, configurationId: configuration.id });
    return { keyConfigurationId: configuration.id, created, calls: ports.calls() };
  } finally {
    await ports.leases.release(resource, owner);
  }
}

/** What was not there before is what we asked for, whatever Databricks' clock says. */
const appeared = (
  configurations: readonly KeyConfiguration[],
  before: ReadonlySet<string>,
  wanted: WantedConfiguration,
): KeyConfiguration | undefined =>
  matchingConfiguration(
    configurations.filter(({ id }) => !before.has(id)),
    { ...wanted, notBefore: 0, knownOutdated: new Set() },
  );

async function create(
  wanted: WantedConfiguration,
  before: ReadonlySet<string>,
  { registry }: RegisterPorts,
): Promise<{ readonly configuration: KeyConfiguration; readonly created: boolean }> {
  const { keyArn, keyAlias, useCases, reuseKeyForClusterVolumes } = wanted;
  const request = { keyArn, ...(keyAlias !== undefined && { keyAlias }), useCases, reuseKeyForClusterVolumes };
  try {
    return { configuration: await registry.create(request), created: true };
  } catch (error) {
    if (isFailure(error, FAILURE.databricksOutcomeUnknown)) {
      const found = appeared(await registry.list(), before, wanted);
      if (found !== undefined) return { configuration: found, created: true };
    }
    if (isFailure(error, FAILURE.databricksConflict)) {
      // Databricks keeps one configuration for this ARN, and that one has to serve if it can.
      const found = servingConfiguration(await registry.list(), wanted);
      if (found !== undefined) return { configuration: found, created: false };
    }
    throw error;
  }
}
