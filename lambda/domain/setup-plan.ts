import type { PlannedConfiguration, WorkspaceSetup } from '../contract/provisioning.ts';
import type { WorkspaceSettings } from '../contract/rollout.ts';
import type { KeyConfiguration } from './key.ts';
import { matchingConfiguration, type WantedConfiguration } from './key-match.ts';
import type { CredentialConfiguration, NetworkConfiguration, StorageConfiguration } from './provisioning.ts';
import { type KeyWish, keyIds, keysInUse, keyWishes, SETTING, USE_CASE } from './setup-keys.ts';
import { type Choice, CREDENTIALS, choose, networkFor, STORAGE } from './setup-match.ts';
import type { Workspace } from './workspace.ts';

export interface AccountSituation {
  readonly credentials: readonly CredentialConfiguration[];
  readonly storage: readonly StorageConfiguration[];
  readonly networks: readonly NetworkConfiguration[];
  readonly keyConfigurations: readonly KeyConfiguration[];
  /** The workspace of the name that is asked for, if there is one. */
  readonly workspace: Workspace | undefined;
}

export interface SetupPlan {
  readonly configurations: readonly PlannedConfiguration[];
  /** Ids of those that are there. */
  readonly settings: WorkspaceSettings;
  readonly problems: readonly string[];
  /** Everything is there. */
  readonly isComplete: boolean;
}

/** Which configurations of a setup are there, and which have to be made. `arns` has the keys that could be looked at. */
export function planSetup(
  setup: Partial<WorkspaceSetup>,
  account: AccountSituation,
  arns: ReadonlyMap<string, string>,
  /** Stands before each path. */
  at: string,
): SetupPlan {
  const configurations: PlannedConfiguration[] = [];
  const problems: string[] = [];
  const settings: Record<string, string> = {};
  const note = (
    of: keyof WorkspaceSetup,
    setting: keyof WorkspaceSettings,
    choice: Choice<{ readonly name: string }>,
  ): void => {
    if (choice.kind === 'clash') problems.push(`${at}${choice.problem}`);
    else if (choice.kind === 'create') configurations.push({ of, kind: 'create', id: null, name: choice.wanted.name });
    else {
      configurations.push({ of, kind: 'use', id: choice.id, name: choice.name });
      settings[setting] = choice.id;
    }
  };
  const { credentials, storage, network } = setup;
  if (credentials !== undefined)
    note('credentials', 'credentialsId', choose(account.credentials, credentials, CREDENTIALS));
  if (storage !== undefined) note('storage', 'storageConfigurationId', choose(account.storage, storage, STORAGE));
  if (network !== undefined)
    note('network', 'networkId', choose(account.networks, network, networkFor(account.workspace?.id ?? null)));
  for (const [place, id] of keyIds(setup)) note(place, SETTING[place], keyById(place, id, account));
  for (const wish of keyWishes(setup)) {
    const arn = arns.get(wish.binding.key);
    const inUse = keysInUse(wish, arn, account.workspace, account.keyConfigurations);
    for (const place of wish.places) {
      const id = inUse.get(place);
      note(place, SETTING[place], id === undefined ? keyFor(wish, arn, account) : { kind: 'use', id, name: arn ?? '' });
    }
  }
  const isComplete = problems.length === 0 && configurations.every(({ kind }) => kind === 'use');
  return { configurations, settings, problems, isComplete };
}

function keyById(
  place: 'managedServicesKey' | 'storageKey',
  id: string,
  { keyConfigurations }: AccountSituation,
): Choice<{ readonly name: string }> {
  const found = keyConfigurations.find((one) => one.id === id);
  if (found === undefined) {
    return {
      kind: 'clash',
      problem: `${place}.id: found '${id}', wanted the id of a key configuration of the account`,
    };
  }
  if (found.useCases.includes(USE_CASE[place])) return { kind: 'use', id, name: found.keyArn };
  const uses = found.useCases.join(', ');
  return {
    kind: 'clash',
    problem: `${place}.id: found '${id}', which is for ${uses}; wanted one for ${USE_CASE[place]}`,
  };
}

function keyFor(
  { binding }: KeyWish,
  arn: string | undefined,
  { keyConfigurations }: AccountSituation,
): Choice<{ readonly name: string }> {
  const create: Choice<{ readonly name: string }> = { kind: 'create', wanted: { name: binding.key } };
  if (arn === undefined) return create;
  const { useCases, reuseKeyForClusterVolumes } = binding;
  const wanted: WantedConfiguration = {
    ...{ keyArn: arn, useCases, notBefore: 0, knownFresh: new Set(), knownOutdated: new Set(), justThese: false },
    reuseKeyForClusterVolumes: useCases.includes('STORAGE') && reuseKeyForClusterVolumes,
  };
  const match = matchingConfiguration(keyConfigurations, wanted);
  return match === undefined ? create : { kind: 'use', id: match.id, name: arn };
}
