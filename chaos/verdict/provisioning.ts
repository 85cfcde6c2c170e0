import type { SimulatorState } from '../../local/databricks/control.ts';
import type { World } from '../../local/world.ts';
import { executionsOf } from '../executions.ts';
import type { Intent } from '../provisioning/desk.ts';
import { GIVEN, type Wish } from '../provisioning/wishes.ts';

/** How the workspace of each name shall be; names that nobody asked for are not in it. */
export type Intents = ReadonlyMap<string, Intent>;

type Workspace = SimulatorState['workspaces'][number];

/** A workspace that is wanted runs as it was asked for, once; one that is not is gone; nothing is there twice or astray. */
export async function provisioningObjections(
  world: World,
  wishes: readonly Wish[],
  intents: Intents,
): Promise<readonly string[]> {
  const account = accountOf(world.databricks.control.state());
  return [
    ...(await Promise.all(wishes.map((wish) => wishObjections(world, account, wish, intents.get(wish.workspaceName))))),
    configurationObjections(account, wishes),
    await untoldObjections(world),
  ].flat();
}

type Named = Readonly<Record<string, unknown>> & { readonly id: string; readonly name: string };

/** Configurations with their ids and names, whatever the API calls these. */
interface Account {
  readonly workspaces: readonly Workspace[];
  readonly credentials: readonly Named[];
  readonly storage: readonly Named[];
  readonly networks: readonly Named[];
  readonly keyArns: ReadonlyMap<string, string>;
}

function accountOf(state: SimulatorState): Account {
  const named = (all: readonly Readonly<Record<string, unknown>>[], kind: string): readonly Named[] =>
    all.map((one) => ({ ...one, id: String(one[`${kind}_id`]), name: String(one[`${kind}_name`]) }));
  return {
    workspaces: state.workspaces,
    credentials: named(state.credentials, 'credentials'),
    storage: named(state.storageConfigurations, 'storage_configuration'),
    networks: named(state.networks, 'network'),
    keyArns: new Map(
      state.keyConfigurations.map((body) => [
        String(body.customer_managed_key_id),
        (body as { readonly aws_key_info: { readonly key_arn: string } }).aws_key_info.key_arn,
      ]),
    ),
  };
}

async function wishObjections(
  world: World,
  account: Account,
  wish: Wish,
  intent: Intent | undefined,
): Promise<readonly string[]> {
  const found = account.workspaces.filter(({ name }) => name === wish.workspaceName);
  const at = `workspace ${wish.workspaceName}`;
  if (intent !== 'there') return found.map(({ id, status }) => `${at} (${id}) shall not be there and is ${status}`);
  const [workspace] = found;
  if (workspace === undefined) return [`${at} is not there`];
  if (found.length > 1) return [`${at} is there ${found.length} times`];
  const objections = [
    ...(workspace.status === 'RUNNING' ? [] : [`is ${workspace.status}`]),
    ...setupObjections(account, workspace, wish),
    ...(await keyObjections(world, account, workspace, wish)),
  ];
  return objections.map((objection) => `${at} ${objection}`);
}

function setupObjections(account: Account, workspace: Workspace, wish: Wish): readonly string[] {
  const name = wish.workspaceName;
  const nameOf = (all: readonly Named[], id: string | undefined): string =>
    all.find((one) => one.id === id)?.name ?? 'none';
  const credentials = 'id' in wish.credentials ? 'given-credentials' : `${name}-credentials`;
  const storage = 'id' in wish.storage ? 'given-storage' : `${name}-storage`;
  const network = wish.network === undefined ? 'none' : 'id' in wish.network ? 'given-network' : `${name}-network`;
  const networks = [network, ...(wish.replacements === undefined ? [] : [`${name}-2-network`])];
  const differs = (what: string, found: string, wanted: readonly string[]): readonly string[] =>
    wanted.includes(found) ? [] : [`has ${what} ${found}, asked for was ${wanted.join(' or ')}`];
  return [
    ...differs('credentials', nameOf(account.credentials, workspace.references.credentials_id), [credentials]),
    ...differs('storage', nameOf(account.storage, workspace.references.storage_configuration_id), [storage]),
    ...differs('network', nameOf(account.networks, workspace.references.network_id), networks),
  ];
}

async function keyObjections(
  { aws: { kms } }: World,
  { keyArns }: Account,
  { managedServicesKeyId, storageKeyId }: Workspace,
  wish: Wish,
): Promise<readonly string[]> {
  const arnOf = async (key: string | undefined): Promise<string | undefined> => {
    if (key === undefined) return undefined;
    const { KeyMetadata } = (await kms.handle('DescribeKey', { KeyId: key })) as { KeyMetadata: { Arn: string } };
    return KeyMetadata.Arn;
  };
  const differs = async (what: string, id: string | null, key: string | undefined): Promise<readonly string[]> => {
    const [found, wanted] = [id === null ? undefined : keyArns.get(id), await arnOf(key)];
    return found === wanted ? [] : [`has ${what} ${found ?? 'none'}, asked for was ${wanted ?? 'none'}`];
  };
  return [
    ...(await differs('managed services key', managedServicesKeyId, wish.managedServicesKey?.key)),
    ...(await differs('storage key', storageKeyId, wish.storageKey?.key)),
  ];
}

/** What others made is there; what was made for wishes is there once, and in use where its workspace is wanted. */
function configurationObjections(account: Account, wishes: readonly Wish[]): readonly string[] {
  const kinds = { credentials: account.credentials, storage: account.storage, network: account.networks };
  return Object.entries(kinds).flatMap(([kind, all]) => {
    const known = ['cross-account', 'given', ...wishes.flatMap(namesFor)].map((name) => `${name}-${kind}`);
    const names = all.map(({ name }) => name);
    return [
      ...(all.some(({ id }) => id === GIVEN[kind as keyof typeof GIVEN]) ? [] : [`the given ${kind} was deleted`]),
      ...names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${kind} ${name} is there twice`),
      ...names
        .filter((name) => name !== 'cross-account' && !known.includes(name))
        .map((name) => `${kind} ${name} was asked for by nobody`),
      ...strayObjections(account, wishes, kind, all),
    ];
  });
}

const namesFor = ({ workspaceName, replacements }: Wish): readonly string[] => [
  workspaceName,
  ...(replacements === undefined ? [] : [`${workspaceName}-2`]),
];

/** A configuration that was made for a workspace that is there, and that is not used by it. A repair leaves one behind. */
function strayObjections(
  { workspaces }: Account,
  wishes: readonly Wish[],
  kind: string,
  all: readonly Named[],
): readonly string[] {
  return wishes
    .filter(({ replacements }) => replacements === undefined)
    .flatMap(({ workspaceName }) => {
      const workspace = workspaces.find(({ name }) => name === workspaceName);
      if (workspace === undefined) return [];
      const used = [
        workspace.references.credentials_id,
        workspace.references.storage_configuration_id,
        workspace.references.network_id,
      ];
      return all
        .filter(({ id, name }) => name === `${workspaceName}-${kind}` && !used.includes(id))
        .map(({ name }) => `${kind} ${name} is used by nobody`);
    });
}

/** A provisioning that had begun and ended badly has told people so, by the name of its workspace. */
async function untoldObjections(world: World): Promise<readonly string[]> {
  const { published } = world.aws.sns;
  const executions = await executionsOf(world, 'WorkspaceProvisioningStateMachineArn');
  return executions.flatMap(({ arn, error, cause, input }) => {
    if (error !== 'ProvisioningIncomplete') return [];
    const { provision, remove } = input as Partial<Record<string, { readonly workspaceName: string }>>;
    const name = provision?.workspaceName ?? remove?.workspaceName ?? '';
    const isTold = cause?.includes(name) === true && published.some(({ message }) => message.includes(name));
    return isTold ? [] : [`nobody was told that ${arn} failed: ${cause}`];
  });
}
