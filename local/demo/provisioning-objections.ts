import type { SimulatorState } from '../databricks/control.ts';
import { DEMO_ALIAS } from './account.ts';

type Fields = Readonly<Record<string, unknown>>;
type WorkspaceState = SimulatorState['workspaces'][number];

/** Input of a provisioning, as much of it as is judged. */
export interface Wish {
  readonly provision?: object;
  readonly remove?: object;
}

interface Request {
  readonly workspaceName: string;
  readonly credentials: Fields;
  readonly storage: Fields;
  readonly network?: Fields;
  readonly managedServicesKey?: Fields;
  readonly storageKey?: Fields;
}

export interface Course {
  readonly before: SimulatorState;
  readonly after: SimulatorState;
  /** Behind the alias of the demo. */
  readonly keyArn: string;
}

/** The lists of the account in which a provisioning makes something, and the field that holds the id. */
const LISTS = {
  credentials: 'credentials_id',
  storageConfigurations: 'storage_configuration_id',
  networks: 'network_id',
  keyConfigurations: 'customer_managed_key_id',
  workspaces: 'id',
} as const;

/** What a dry run made, which ought to be nothing. */
export const dryRunObjections = (before: SimulatorState, after: SimulatorState): readonly string[] =>
  added(before, after).map((one) => `the dry run made ${one}`);

/**
 * What the simulated Databricks holds against a provisioning that says it went well, judged by its own state: a workspace
 * that is not there once and RUNNING, that refers to something else than was asked for, something made that nobody uses,
 * and every rule that was broken on the way.
 */
export function provisioningObjections({ provision, remove }: Wish, course: Course): readonly string[] {
  const { before, after } = course;
  const broken = after.violations.filter(({ at }) => at >= before.now).map(({ text }) => text);
  if (provision !== undefined) return [...requestObjections(provision as Request, course), ...broken];
  const { workspaceId } = (remove ?? {}) as Fields;
  const stays = after.workspaces.some(({ id }) => id === workspaceId);
  return [...(stays ? [`workspace ${String(workspaceId)} is still there`] : []), ...broken];
}

function requestObjections(request: Request, course: Course): readonly string[] {
  const { before, after } = course;
  const [workspace, ...others] = after.workspaces.filter(({ name }) => name === request.workspaceName);
  if (workspace === undefined) return [`there is no workspace ${request.workspaceName}`];
  const used = new Set<string>([workspace.id, ...Object.values(workspace.references)]);
  return [
    ...others.map(({ id }) => `there is a second workspace ${request.workspaceName} (${id})`),
    ...(workspace.status === 'RUNNING' ? [] : [`workspace ${workspace.name} is ${workspace.status}`]),
    ...referenceObjections(workspace, request, course),
    ...added(before, after)
      .filter((one) => !used.has(one.split(' ')[1] ?? ''))
      .map((one) => `nobody uses ${one}, which was made`),
  ];
}

/** What the workspace refers to, against what was asked for: by id, or by what it has to be. */
function referenceObjections(
  { references }: WorkspaceState,
  request: Request,
  { after, keyArn }: Course,
): readonly string[] {
  const { credentials, storage, network, managedServicesKey, storageKey } = request;
  const arnOf = (key: Fields | undefined): unknown => (key?.key === DEMO_ALIAS ? keyArn : key?.key);
  const fieldOf = (list: keyof typeof LISTS, id: string | undefined, ...path: readonly string[]): unknown => {
    const one = (after[list] as readonly object[]).find((each) => (each as Fields)[LISTS[list]] === id);
    return path.reduce<unknown>((value, name) => (value as Fields | undefined)?.[name], one);
  };
  const judge = (
    what: string,
    asked: Fields | undefined,
    id: string | undefined,
    pair: readonly [found: unknown, wanted: unknown],
  ): readonly string[] => {
    const [found, wanted] = asked?.id === undefined ? pair : [id, asked.id];
    const isRight = asked === undefined ? id === undefined : String(found) === String(wanted);
    return isRight ? [] : [`${what} is ${String(found)}, asked for was ${String(wanted)}`];
  };
  const key = (id: string | undefined): unknown => fieldOf('keyConfigurations', id, 'aws_key_info', 'key_arn');
  const managed = references.managed_services_customer_managed_key_id;
  const stored = references.storage_customer_managed_key_id;
  const role = fieldOf('credentials', references.credentials_id, 'aws_credentials', 'sts_role', 'role_arn');
  const bucket = fieldOf(
    ...(['storageConfigurations', references.storage_configuration_id] as const),
    ...['root_bucket_info', 'bucket_name'],
  );
  const networkParts = ['vpc_id', 'subnet_ids', 'security_group_ids'].map((part) =>
    fieldOf('networks', references.network_id, part),
  );
  const askedParts = [network?.vpcId, network?.subnetIds, network?.securityGroupIds];
  return [
    ...judge('the role', credentials, references.credentials_id, [role, credentials.roleArn]),
    ...judge('the bucket', storage, references.storage_configuration_id, [bucket, storage.bucket]),
    ...judge('the network', network, references.network_id, [networkParts, askedParts]),
    ...judge('the key for managed services', managedServicesKey, managed, [key(managed), arnOf(managedServicesKey)]),
    ...judge('the key for storage', storageKey, stored, [key(stored), arnOf(storageKey)]),
  ];
}

/** `networks ID` of everything that one state has and the earlier one has not. */
function added(before: SimulatorState, after: SimulatorState): readonly string[] {
  const idsIn = (state: SimulatorState, list: keyof typeof LISTS): readonly string[] =>
    (state[list] as readonly object[]).map((one) => String((one as Fields)[LISTS[list]]));
  return (Object.keys(LISTS) as readonly (keyof typeof LISTS)[]).flatMap((list) => {
    const earlier = new Set(idsIn(before, list));
    return idsIn(after, list)
      .filter((id) => !earlier.has(id))
      .map((id) => `${list} ${id}`);
  });
}
