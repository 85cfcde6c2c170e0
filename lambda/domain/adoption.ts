import type { ProvisioningRequest, WorkspaceSetup } from '../contract/provisioning.ts';
import type { SettingName, WorkspaceSettings } from '../contract/rollout.ts';
import { SETTING_WORDS } from '../contract/setting-words.ts';
import type { Workspace } from './workspace.ts';
import { SETTING_NAMES } from './workspace-settings.ts';

/** The workspace of a name that is what was asked for, or what is in the way; neither where there is none. */
export interface Adoption {
  readonly found?: Workspace;
  readonly problem?: string;
}

/** These are on their way out; a new one of the same name may come beside them. */
const LEAVING: ReadonlySet<string> = new Set(['CANCELLING', 'CANCELLED']);

/** What of a request a workspace shows, apart from its settings. */
type Asked = Pick<
  ProvisioningRequest,
  'workspaceName' | 'region' | 'deploymentName' | 'privateAccessSettingsId' | 'pricingTier' | 'replacements'
>;

/** Looks for the workspace that a request asks for. Names are not unique in Databricks, ids are. */
export function adoptable(request: Asked, settings: WorkspaceSettings, workspaces: readonly Workspace[]): Adoption {
  const { workspaceName } = request;
  const namesakes = namesakesOf(workspaceName, workspaces);
  const [found] = namesakes;
  if (found === undefined) return {};
  if (namesakes.length > 1) {
    const ids = namesakes.map(({ id }) => id).join(', ');
    return {
      problem: `workspaceName: found '${workspaceName}', which ${namesakes.length} workspaces have (${ids}); wanted one, or none`,
    };
  }
  const differences = differencesOf(found, request, settings);
  return differences.length === 0
    ? { found }
    : {
        problem: `workspaceName: workspace '${workspaceName}' (${found.id}) is there and differs: ${differences.join('; ')}`,
      };
}

/** The workspaces of a name, without those on their way out. */
export const namesakesOf = (workspaceName: string, workspaces: readonly Workspace[]): readonly Workspace[] =>
  workspaces.filter(({ name, status }) => name === workspaceName && !LEAVING.has(status));

function differencesOf(workspace: Workspace, asked: Asked, settings: WorkspaceSettings): readonly string[] {
  const { region, deploymentName, privateAccessSettingsId, pricingTier, replacements = {} } = asked;
  const differs = (what: string, found: string | undefined, wanted: string | undefined): readonly string[] =>
    found === wanted ? [] : [`${what} is ${found ?? 'none'}, wanted ${wanted ?? 'none'}`];
  const differsIfAsked = (...[what, found, wanted]: Parameters<typeof differs>): readonly string[] =>
    wanted === undefined ? [] : differs(what, found, wanted);
  return [
    ...differs('region', workspace.region, region),
    ...(deploymentName === undefined || isNamed(workspace.deploymentName, deploymentName)
      ? []
      : differs('deployment name', workspace.deploymentName, deploymentName)),
    ...differsIfAsked('private access settings', workspace.privateAccessSettingsId, privateAccessSettingsId),
    ...differsIfAsked('pricing tier', workspace.pricingTier, pricingTier),
    // An earlier run may have repaired it with its replacements.
    ...SETTING_NAMES.filter((name) => replacements[PART[name]] === undefined).flatMap((name) =>
      differs(SETTING_WORDS[name], workspace[name], settings[name]),
    ),
  ];
}

/** Which part of a request each setting comes from. */
const PART: Readonly<Record<SettingName, keyof WorkspaceSetup>> = {
  managedServicesKeyId: 'managedServicesKey',
  storageKeyId: 'storageKey',
  credentialsId: 'credentials',
  networkId: 'network',
  storageConfigurationId: 'storage',
};

/**
 * An account's prefix and a hyphen stand before what was asked for; EMPTY stands for the prefix alone. Source: Databricks,
 * "Create a workspace using the Account API", notes about deployment name.
 */
function isNamed(shown: string, asked: string): boolean {
  const [name, wanted] = [shown.toLowerCase(), asked.toLowerCase()];
  return asked === 'EMPTY' || name === wanted || name.endsWith(`-${wanted}`);
}
