import type { BindingsFile } from '../contract/bindings.ts';
import { FAILURE } from '../contract/failures.ts';
import type { RegisterKeyInput, RegisterKeyOutput } from '../contract/rollout.ts';
import { AutomationError, isFailure } from '../domain/failure.ts';
import type { KeyConfiguration } from '../domain/key.ts';
import { matchingConfiguration, type WantedConfiguration, wantedConfiguration } from '../domain/key-match.ts';
import { currentMaterial } from './current-material.ts';
import { findBinding } from './find-binding.ts';
import type { CallCount, Clock, KeyRegistry, KeySource, Leases, Registrations } from './ports.ts';

export interface RegisterPorts {
  readonly bindings: BindingsFile;
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
  const binding = findBinding(ports.bindings, input.bindingId);
  const key = await ports.keys.describe(binding.key);
  const resource = `key-registration/${key.arn}`;
  const lease = await ports.leases.take(resource, input.rolloutId, ports.clock() + LEASE_MS);
  if (lease.kind === 'taken') {
    throw new AutomationError(
      FAILURE.registrationInProgress,
      `${lease.owner} is registering key ${key.arn}; it will be free at ${new Date(lease.until).toISOString()} at the latest`,
    );
  }
  try {
    const material = await currentMaterial(key, ports);
    const wanted = wantedConfiguration(binding, key, material.rotatedAt, material.registered);
    const match = matchingConfiguration(await ports.registry.list(), wanted);
    const configuration = match ?? (await create(wanted, ports));
    if (match === undefined) await ports.registrations.add(key.arn, material.name, configuration.id);
    return { keyConfigurationId: configuration.id, created: match === undefined, calls: ports.calls() };
  } finally {
    await ports.leases.release(resource, input.rolloutId);
  }
}

async function create(wanted: WantedConfiguration, ports: RegisterPorts): Promise<KeyConfiguration> {
  const asked = ports.clock();
  const { keyArn, keyAlias, useCases, reuseKeyForClusterVolumes } = wanted;
  try {
    return await ports.registry.create({
      keyArn,
      ...(keyAlias !== undefined && { keyAlias }),
      useCases,
      reuseKeyForClusterVolumes,
    });
  } catch (error) {
    if (isFailure(error, FAILURE.databricksOutcomeUnknown, FAILURE.databricksConflict)) {
      const found = matchingConfiguration(await ports.registry.list(), withoutSkew(wanted, error.name, asked));
      if (found !== undefined) return found;
    }
    throw error;
  }
}

/**
 * After a lost answer, what was made since we asked is ours, though Databricks' clock may be a little behind. After a
 * conflict Databricks keeps one configuration for the ARN, whatever its age, and that one has to serve.
 */
function withoutSkew(wanted: WantedConfiguration, failure: string, asked: number): WantedConfiguration {
  if (failure === FAILURE.databricksConflict) return { ...wanted, notBefore: 0 };
  return { ...wanted, notBefore: Math.min(wanted.notBefore, asked - SKEW_MS) };
}

const SKEW_MS = 60_000;
