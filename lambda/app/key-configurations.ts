import type { ShownKeyConfiguration } from '../contract/api-answers.ts';
import type { KeyConfigurationBody } from '../contract/api-requests.ts';
import type { BindingsFile, KeyBinding } from '../contract/bindings.ts';
import { FAILURE } from '../contract/failures.ts';
import { AutomationError, isFailure } from '../domain/failure.ts';
import type { KeyConfiguration } from '../domain/key.ts';
import { assertPolicyHolds, assertUsableKey } from '../domain/key-check.ts';
import type { HeldKey } from '../domain/key-hold.ts';
import type { Workspace } from '../domain/workspace.ts';
import type { HeldKeys } from './key-watch-ports.ts';
import type { Clock, KeyRegistry, KeySource, WorkspaceDirectory } from './ports.ts';
import { type RegisterPorts, registerFor } from './register-key.ts';

export interface KeyConfigurationPorts {
  readonly bindings: BindingsFile;
  readonly registry: KeyRegistry;
  readonly workspaces: WorkspaceDirectory;
  readonly keys: KeySource;
  readonly heldKeys: Pick<HeldKeys, 'all'>;
  readonly clock: Clock;
}

/** Every key configuration of the account, with its workspaces and its key. */
export async function listKeyConfigurations(ports: KeyConfigurationPorts): Promise<readonly ShownKeyConfiguration[]> {
  const [configurations, workspaces, held] = await Promise.all([
    ports.registry.list(),
    ports.workspaces.list(),
    holds(ports),
  ]);
  return await Promise.all(configurations.map((one) => shown(one, workspaces, held, ports.keys)));
}

/** One of them. Fails with DatabricksNotFound. */
export async function getKeyConfiguration(id: string, ports: KeyConfigurationPorts): Promise<ShownKeyConfiguration> {
  const [configuration, workspaces, held] = await Promise.all([
    ports.registry.get(id),
    ports.workspaces.list(),
    holds(ports),
  ]);
  return shown(configuration, workspaces, held, ports.keys);
}

/** Deletes one that no workspace refers to and that is not held. Fails with DatabricksNotFound or KeyConfigurationInUse. */
export async function deleteKeyConfiguration(id: string, ports: KeyConfigurationPorts): Promise<void> {
  const [, workspaces, held] = await Promise.all([ports.registry.get(id), ports.workspaces.list(), holds(ports)]);
  const users = workspaces.filter((workspace) => usesOf(workspace, id).length > 0);
  if (users.length > 0) {
    throw new AutomationError(
      FAILURE.keyConfigurationInUse,
      `key configuration ${id} is used by ${users.map(({ id: workspace, name }) => `workspace ${name} (${workspace})`).join(', ')}; bring them to another key first`,
    );
  }
  const until = heldUntil(id, held);
  if (until !== null) {
    throw new AutomationError(
      FAILURE.keyConfigurationInUse,
      `key configuration ${id} is held until ${until}: a workspace left it, and Databricks needs its key for 24 hours after that`,
    );
  }
  await ports.registry.delete(id);
}

/**
 * The key configuration for a key and its uses: the one that matches, or a new one. A key that Databricks could not use is
 * refused before anything is written.
 */
export async function createKeyConfiguration(
  { key: wanted, useCases, reuseKeyForClusterVolumes = true }: KeyConfigurationBody,
  owner: string,
  ports: KeyConfigurationPorts & RegisterPorts,
): Promise<{ readonly created: boolean; readonly configuration: ShownKeyConfiguration }> {
  const binding: KeyBinding = {
    ...{ id: 'by request', key: wanted, useCases, reuseKeyForClusterVolumes, workspaces: [] },
    ...{
      onMaterialRotation: 'verify',
      protect: 'alert',
      retire: 'report',
      drift: 'report',
      compute: 'require-stopped',
      concurrency: 1,
      canary: false,
    },
  };
  const key = await ports.keys.describe(wanted);
  assertUsableKey(key);
  const { accountId, awsPrincipal } = ports.bindings.databricks;
  assertPolicyHolds(key, await ports.keys.policy(key.arn), {
    useCases,
    reuseKeyForClusterVolumes,
    databricksAccountId: accountId,
    databricksPrincipal: awsPrincipal,
    // Which roles will use the key is known only when a workspace does.
    crossAccountRoles: [],
  });
  const { keyConfigurationId, created } = await registerFor(binding, owner, ports, { justThese: true });
  return { created, configuration: await getKeyConfiguration(keyConfigurationId, ports) };
}

async function shown(
  { id, keyArn, keyAlias, useCases, reuseKeyForClusterVolumes, createdAt }: KeyConfiguration,
  workspaces: readonly Workspace[],
  held: readonly HeldKey[],
  keys: KeySource,
): Promise<ShownKeyConfiguration> {
  return {
    ...{ id, keyArn, keyAlias: keyAlias ?? null, useCases, reuseKeyForClusterVolumes },
    createdAt: new Date(createdAt).toISOString(),
    usedBy: workspaces.flatMap((workspace) => {
      const uses = usesOf(workspace, id);
      return uses.length === 0 ? [] : [{ workspaceId: workspace.id, workspaceName: workspace.name, for: uses }];
    }),
    heldUntil: heldUntil(id, held),
    key: await shownKey(keyArn, keys),
  };
}

/** Those that are not over. */
const holds = async ({ heldKeys, clock }: KeyConfigurationPorts): Promise<readonly HeldKey[]> =>
  (await heldKeys.all()).filter((held) => held.heldUntil > clock());

/** The last of its holds counts. */
const heldUntil = (id: string, held: readonly HeldKey[]): string | null => {
  const times = held.filter(({ configurationId }) => configurationId === id).map((one) => one.heldUntil);
  return times.length === 0 ? null : new Date(Math.max(...times)).toISOString();
};

function usesOf(workspace: Workspace, id: string): ShownKeyConfiguration['usedBy'][number]['for'] {
  return [
    ...(workspace.managedServicesKeyId === id ? (['MANAGED_SERVICES'] as const) : []),
    ...(workspace.storageKeyId === id ? (['STORAGE'] as const) : []),
  ];
}

/** Null for keys of other accounts and Regions, and for those that the key policy hides. */
async function shownKey(keyArn: string, keys: KeySource): Promise<ShownKeyConfiguration['key']> {
  try {
    const { arn, state } = await keys.describe(keyArn);
    const [latest] = await keys.rotations(arn);
    return { state, lastRotatedAt: latest?.rotatedAt ?? null };
  } catch (error) {
    if (isFailure(error, FAILURE.keyNotFound, FAILURE.keyAccessDenied)) return null;
    throw error;
  }
}
