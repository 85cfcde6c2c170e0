import type { Workspace } from '../domain/workspace.ts';
import type { WorkspaceDirectory } from './ports.ts';
import type { WorkspaceHost, WorkspaceHosts } from './secret-ports.ts';

export interface HostPorts {
  readonly workspaces: WorkspaceDirectory;
  readonly hosts: WorkspaceHosts;
  /** The stage's Region: other workspaces have secrets of their own Region. */
  readonly region: string;
}

export interface FoundHosts {
  readonly byId: ReadonlyMap<string, WorkspaceHost>;
  /** Workspaces for bindings that mean all of them: those of the stage's Region that run. */
  readonly everywhere: readonly string[];
  /** Workspaces that such a binding may reach, whether they run or not. */
  readonly inRegion: ReadonlySet<string>;
  /** Why a workspace that is asked for has no host. */
  readonly statuses: ReadonlyMap<string, string>;
  /** The key configuration for managed services of each workspace that has one. */
  readonly keys: ReadonlyMap<string, string>;
}

/** The host of a workspace in these states answers nothing that could be synced. */
const NO_HOST: ReadonlySet<string> = new Set(['NOT_PROVISIONED', 'BANNED', 'CANCELLING', 'CANCELLED']);

/** Asks the account, and remembers what it said for syncs of a single secret. */
export async function askForHosts({ workspaces, hosts, region }: HostPorts): Promise<FoundHosts> {
  const [all, remembered] = await Promise.all([workspaces.list(), hosts.remembered()]);
  const usable = all.filter(({ status }) => !NO_HOST.has(status)).map(hostOf);
  const changed = usable.filter((host) => {
    const known = remembered.get(host.workspaceId);
    return known?.name !== host.name || known.deploymentName !== host.deploymentName || known.region !== host.region;
  });
  if (changed.length > 0) await hosts.remember(changed);
  return {
    byId: new Map(usable.map((host) => [host.workspaceId, host])),
    everywhere: all.filter((one) => one.region === region && one.status === 'RUNNING').map(({ id }) => id),
    inRegion: idsIn(region, usable),
    statuses: new Map(all.map(({ id, status }) => [id, status])),
    keys: new Map(
      all.flatMap(({ id, managedServicesKeyId: key }): [string, string][] => (key === undefined ? [] : [[id, key]])),
    ),
  };
}

/** What the account said the last time; saves a call where one secret changed. */
export async function rememberedHosts({ hosts, region }: Pick<HostPorts, 'hosts' | 'region'>): Promise<FoundHosts> {
  const byId = await hosts.remembered();
  const inRegion = idsIn(region, [...byId.values()]);
  return { byId, everywhere: [...inRegion], inRegion, statuses: new Map(), keys: new Map() };
}

const idsIn = (region: string, hosts: readonly WorkspaceHost[]): ReadonlySet<string> =>
  new Set(hosts.filter((host) => host.region === region).map(({ workspaceId }) => workspaceId));

const hostOf = ({ id, name, deploymentName, region }: Workspace): WorkspaceHost => ({
  ...{ workspaceId: id, name, deploymentName, region },
});
