import type { BindingsFile } from '../contract/bindings.ts';
import { FAILURE } from '../contract/failures.ts';
import type { ById, EnsureInput, EnsureOutput } from '../contract/provisioning.ts';
import type { WorkspaceSettings } from '../contract/rollout.ts';
import { namesakesOf } from '../domain/adoption.ts';
import { AutomationError, isFailure } from '../domain/failure.ts';
import { type KeyPlace, type KeyWish, keyIds, keysInUse, keyWishes, SETTING } from '../domain/setup-keys.ts';
import { CREDENTIALS, choose, type Matching, networkFor, STORAGE } from '../domain/setup-match.ts';
import type { Workspace } from '../domain/workspace.ts';
import { nameLease } from './create-workspace.ts';
import type { WorkspaceDirectory } from './ports.ts';
import type { AccountSetup, Provenance } from './provisioning-ports.ts';
import { type RegisterPorts, registerFor } from './register-key.ts';
import { holdLease } from './take-lease.ts';

/** After these it may be there: made by a request whose answer was lost, or by somebody else at the same moment. */
const PERHAPS_THERE = [FAILURE.databricksOutcomeUnknown, FAILURE.databricksConflict, FAILURE.nameTaken] as const;

/** Configurations of one kind in the account. */
interface AccountConfigurations<One, Wanted> {
  list(): Promise<readonly One[]>;
  create(wanted: Wanted): Promise<One>;
}

export interface EnsurePorts extends RegisterPorts {
  readonly bindings: BindingsFile;
  readonly workspaces: Pick<WorkspaceDirectory, 'list'>;
  readonly setup: AccountSetup;
  readonly provenance: Provenance;
}

/** One configuration, and whether this made it. */
interface Ensured {
  readonly id: string;
  /** In words, if it was made. */
  readonly made?: string;
  /** Made by this, beyond doubt. */
  readonly isOwn?: boolean;
}

/**
 * The configurations that a workspace is made of: those that are there, or new ones. Run again after a crash it finds what
 * it made; a creation whose answer was lost is looked up, never repeated. From the first on, the name of the workspace is
 * leased. Fails with WorkspaceLeased, ProvisioningRefused where a name stands for something else, CredentialsNotReady,
 * AccountLimitReached, or as the registration of a key does.
 */
export async function ensureConfigurations(input: EnsureInput, ports: EnsurePorts): Promise<EnsureOutput> {
  const { setup, workspaceName, provisioningId } = input;
  const until = ports.clock() + ports.bindings.timing.leaseMinutes * 60_000;
  await holdLease(nameLease(workspaceName), provisioningId, until, ports.leases);
  const { credentials, storage, networks } = ports.setup;
  const created: string[] = [];
  const settings: Record<string, string> = {};
  const ensure = async <
    One extends { readonly id: string; readonly name: string },
    Wanted extends { readonly name: string },
  >(
    setting: keyof WorkspaceSettings,
    asked: ById | Wanted | undefined,
    all: AccountConfigurations<One, Wanted>,
    matching: Matching<One, Wanted>,
  ): Promise<Ensured | undefined> => {
    if (asked === undefined) return undefined;
    const ensured = await ensureOne(all, asked, matching);
    settings[setting] = ensured.id;
    if (ensured.made !== undefined) created.push(ensured.made);
    return ensured;
  };
  await ensure('credentialsId', setup.credentials, credentials, CREDENTIALS);
  await ensure('storageConfigurationId', setup.storage, storage, STORAGE);
  const workspace = await workspaceOf(input, ports);
  const user = input.workspaceId ?? workspace?.id ?? null;
  const network = await ensure('networkId', setup.network, networks, networkFor(user));
  const ownNetworkId = await ownNetwork(network, input, ports);
  for (const [place, id] of keyIds(setup)) settings[SETTING[place]] = id;
  for (const wish of keyWishes(setup)) {
    const { ids, isMade } = await ensureKey(wish, workspace, provisioningId, ports);
    for (const [place, id] of ids) settings[SETTING[place]] = id;
    if (isMade) created.push(`key configuration for ${wish.binding.key}`);
  }
  return { settings, created, ownNetworkId, calls: ports.calls() };
}

/**
 * The id of a network that was made for a workspace of this name, now or by an earlier run. One that the request names by its
 * id, or that somebody else made for the same VPC, is none.
 */
async function ownNetwork(
  network: Ensured | undefined,
  { setup, workspaceName }: EnsureInput,
  { provenance }: EnsurePorts,
): Promise<string | null> {
  if (network === undefined || setup.network === undefined || 'id' in setup.network) return null;
  if (network.isOwn === true) await provenance.note(`network/${network.id}`, workspaceName);
  return (await provenance.isMadeFor(`network/${network.id}`, workspaceName)) ? network.id : null;
}

/** The workspace that may use some of it: that of the plan, or one that was made while the name was waited for. */
async function workspaceOf(
  { workspaceId, workspaceName, setup }: EnsureInput,
  { workspaces }: EnsurePorts,
): Promise<Workspace | undefined> {
  if (setup.network === undefined && keyWishes(setup).length === 0) return undefined;
  const all = await workspaces.list();
  return workspaceId === null ? namesakesOf(workspaceName, all)[0] : all.find(({ id }) => id === workspaceId);
}

/** The key configurations that the workspace uses already, and one that is registered for the places that lack one. */
async function ensureKey(
  wish: KeyWish,
  workspace: Workspace | undefined,
  provisioningId: string,
  ports: EnsurePorts,
): Promise<{ readonly ids: ReadonlyMap<KeyPlace, string>; readonly isMade: boolean }> {
  const inUse = await usedFor(wish, workspace, ports);
  if (inUse.size === wish.places.length) return { ids: inUse, isMade: false };
  const { keyConfigurationId, created } = await registerFor(wish.binding, provisioningId, ports);
  const ids = new Map(wish.places.map((place) => [place, inUse.get(place) ?? keyConfigurationId]));
  return { ids, isMade: created };
}

/** Asks nothing where there is no workspace yet. */
async function usedFor(
  wish: KeyWish,
  workspace: Workspace | undefined,
  { keys, registry }: EnsurePorts,
): Promise<ReturnType<typeof keysInUse>> {
  if (workspace === undefined) return new Map();
  const [{ arn }, configurations] = await Promise.all([keys.describe(wish.binding.key), registry.list()]);
  return keysInUse(wish, arn, workspace, configurations);
}

async function ensureOne<
  One extends { readonly id: string; readonly name: string },
  Wanted extends { readonly name: string },
>(all: AccountConfigurations<One, Wanted>, asked: ById | Wanted, matching: Matching<One, Wanted>): Promise<Ensured> {
  const choice = choose(await all.list(), asked, matching);
  if (choice.kind === 'use') return { id: choice.id };
  if (choice.kind === 'clash') throw new AutomationError(FAILURE.provisioningRefused, choice.problem);
  const made = `${matching.words} '${choice.wanted.name}'`;
  try {
    return { id: (await all.create(choice.wanted)).id, made, isOwn: true };
  } catch (error) {
    if (!isFailure(error, ...PERHAPS_THERE)) throw error;
    const again = choose(await all.list(), asked, matching);
    if (again.kind === 'use') {
      // It was not there before, and a name is free only once: what has it now is what was asked for here.
      const isOwn = isFailure(error, FAILURE.databricksOutcomeUnknown) && again.name === choice.wanted.name;
      return { id: again.id, made, isOwn };
    }
    if (again.kind === 'clash') throw new AutomationError(FAILURE.provisioningRefused, again.problem, { cause: error });
    throw error;
  }
}
