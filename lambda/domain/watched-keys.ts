import type { DatabricksAccount, KeyBinding, UseCase } from '../contract/bindings.ts';
import { parseKeyArn } from './arn.ts';
import type { Home } from './event.ts';
import type { KeyConfiguration } from './key.ts';
import type { HeldKey } from './key-hold.ts';
import type { PolicyNeeds } from './key-policy.ts';
import { isAtHome } from './kms-event.ts';
import type { Workspace } from './workspace.ts';

/** Everything that depends on keys, as it was read at one time. */
export interface KeySituation {
  readonly home: Home;
  /** Bindings by the ARN of the key that they mean now; by the alias itself where it leads to no key. */
  readonly bound: ReadonlyMap<string, readonly KeyBinding[]>;
  readonly configurations: readonly KeyConfiguration[];
  readonly workspaces: readonly Workspace[];
  readonly held: readonly HeldKey[];
}

/** A workspace that refers to a key through one of its configurations. */
interface KeyUser {
  readonly workspace: Workspace;
  readonly uses: readonly UseCase[];
  /** The key also encrypts its cluster volumes. */
  readonly volumes: boolean;
}

/** A key that somebody depends on, and who. */
export interface WatchedKey {
  /** ARN, or the alias of a binding that leads to no key. */
  readonly name: string;
  /** False for a held key of another account or Region: it cannot be looked at from here, but its hold ends. */
  readonly isHere: boolean;
  readonly bindings: readonly KeyBinding[];
  readonly users: readonly KeyUser[];
  readonly held: readonly HeldKey[];
}

/**
 * The keys to watch, by name: those that bindings mean, those that workspaces refer to, those that are held. Keys of
 * other accounts and Regions cannot be looked at from here; they are left out unless they are held.
 */
export function watchedKeys({ home, bound, ...rest }: KeySituation): ReadonlyMap<string, WatchedKey> {
  const arns = [...rest.configurations, ...rest.held].map(({ keyArn }) => keyArn);
  const keys = [...new Set([...bound.keys(), ...arns])].map((name): WatchedKey => {
    const bindings = bound.get(name) ?? [];
    return { name, isHere: bindings.length > 0 || belongs(name, home), bindings, ...dependents(name, rest) };
  });
  return new Map(keys.filter(isWatched).map((key) => [key.name, key]));
}

function belongs(arn: string, home: Home): boolean {
  const key = parseKeyArn(arn);
  return key !== undefined && isAtHome(key, home);
}

const isWatched = ({ isHere, bindings, users, held }: WatchedKey): boolean =>
  held.length > 0 || (isHere && bindings.length + users.length > 0);

function dependents(
  keyArn: string,
  { configurations, workspaces, held }: Pick<KeySituation, 'configurations' | 'workspaces' | 'held'>,
): Pick<WatchedKey, 'users' | 'held'> {
  const own = new Map(configurations.filter((one) => one.keyArn === keyArn).map((one) => [one.id, one]));
  return {
    users: workspaces.flatMap((workspace) => userOf(workspace, own)),
    held: held.filter((one) => one.keyArn === keyArn),
  };
}

function userOf(workspace: Workspace, own: ReadonlyMap<string, KeyConfiguration>): readonly KeyUser[] {
  const { managedServicesKeyId, storageKeyId } = workspace;
  const uses: UseCase[] = [];
  if (managedServicesKeyId !== undefined && own.has(managedServicesKeyId)) uses.push('MANAGED_SERVICES');
  const storage = storageKeyId === undefined ? undefined : own.get(storageKeyId);
  if (storage !== undefined) uses.push('STORAGE');
  if (uses.length === 0) return [];
  return [{ workspace, uses, volumes: storage?.reuseKeyForClusterVolumes === true }];
}

/** What Databricks must be allowed to do with a key for all who depend on it; only managed services can be left. */
export function policyNeeds(
  { bindings, users, held }: WatchedKey,
  { accountId, awsPrincipal }: DatabricksAccount,
  crossAccountRoles: readonly string[],
): PolicyNeeds {
  const useCases = new Set([...bindings.flatMap((one) => one.useCases), ...users.flatMap(({ uses }) => uses)]);
  if (held.length > 0) useCases.add('MANAGED_SERVICES');
  return {
    useCases: [...useCases],
    reuseKeyForClusterVolumes: users.some(({ volumes }) => volumes),
    databricksAccountId: accountId,
    databricksPrincipal: awsPrincipal,
    crossAccountRoles,
  };
}

/** Credential configurations whose roles attach volumes that the key encrypts. */
export const volumeCredentials = ({ users }: WatchedKey): readonly string[] => [
  ...new Set(users.flatMap(({ volumes, workspace }) => (volumes ? (workspace.credentialsId ?? []) : []))),
];
