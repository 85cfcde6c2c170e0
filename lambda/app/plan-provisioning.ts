import type { BindingsFile } from '../contract/bindings.ts';
import { FAILURE } from '../contract/failures.ts';
import type {
  PlannedWorkspace,
  ProvisioningInput,
  ProvisioningPlan,
  ProvisioningRequest,
  WorkspaceRemoval,
  WorkspaceSetup,
} from '../contract/provisioning.ts';
import { adoptable, namesakesOf } from '../domain/adoption.ts';
import { parseKeyArn } from '../domain/arn.ts';
import { AutomationError, isFailure } from '../domain/failure.ts';
import type { KeyConfiguration } from '../domain/key.ts';
import { assertPolicyHolds, assertUsableKey } from '../domain/key-check.ts';
import type { NetworkConfiguration } from '../domain/provisioning.ts';
import { type KeyWish, keyIds, keyWishes } from '../domain/setup-keys.ts';
import { planSetup, type SetupPlan } from '../domain/setup-plan.ts';
import type { Workspace } from '../domain/workspace.ts';
import type { CallCount, KeyRegistry, KeySource, WorkspaceDirectory } from './ports.ts';
import type { AccountSetup } from './provisioning-ports.ts';

export interface ProvisioningPlanPorts {
  readonly bindings: BindingsFile;
  readonly keys: KeySource;
  readonly registry: KeyRegistry;
  readonly workspaces: WorkspaceDirectory;
  readonly setup: AccountSetup;
  readonly calls: CallCount;
}

/**
 * What exists, what would be made, and every problem; writes nothing. Unless it is a dry run, a problem fails with
 * ProvisioningRefused, which names all of them, before anything is made.
 */
export async function planProvisioning(
  input: ProvisioningInput,
  ports: ProvisioningPlanPorts,
): Promise<ProvisioningPlan> {
  const plan = 'remove' in input ? await planRemoval(input.remove, ports) : await planRequest(input.provision, ports);
  if (plan.problems.length === 0 || input.dryRun === true) return plan;
  throw new AutomationError(FAILURE.provisioningRefused, `${plan.headline}\n- ${plan.problems.join('\n- ')}`);
}

async function planRequest(request: ProvisioningRequest, ports: ProvisioningPlanPorts): Promise<ProvisioningPlan> {
  const { setup, registry, workspaces } = ports;
  const [credentials, storage, networks, keyConfigurations, all] = await Promise.all([
    setup.credentials.list(),
    setup.storage.list(),
    setup.networks.list(),
    registry.list(),
    workspaces.list(),
  ]);
  const [namesake] = namesakesOf(request.workspaceName, all);
  const account = { credentials, storage, networks, keyConfigurations, workspace: namesake };
  const keys = await lookAtKeys(
    request,
    ports,
    (credentialsId) => credentials.find(({ id }) => id === credentialsId)?.roleArn,
  );
  const main = planSetup(request.setup, account, keys.arns, '');
  const instead = planSetup(request.replacements ?? {}, account, keys.arns, 'replacements.');
  const { found, problem } = main.isComplete ? adoptable(request, main.settings, all) : existing(request, main, all);
  const problems = [
    ...regionProblems(request, keys.arns, keyConfigurations),
    ...keys.problems,
    ...main.problems,
    ...instead.problems,
    ...networkProblems(request, networks, all, namesake),
    ...(problem === undefined ? [] : [problem]),
  ];
  const workspace: PlannedWorkspace =
    problem !== undefined
      ? { kind: 'refuse' }
      : found === undefined
        ? { kind: 'create' }
        : { kind: 'adopt', id: found.id, status: found.status };
  return {
    ...{ request, removal: null, workspace },
    configurations: main.configurations,
    problems,
    warnings: keys.warnings,
    headline: headline(request.workspaceName, workspace, main, problems.length),
    calls: ports.calls(),
  };
}

/** Where something has to be made first, a workspace of the name that is there cannot be made of it. */
function existing(
  request: ProvisioningRequest,
  { configurations, settings }: SetupPlan,
  all: Parameters<typeof adoptable>[2],
): ReturnType<typeof adoptable> {
  const answer = adoptable(request, settings, all);
  if (answer.found === undefined) return answer;
  const missing = configurations.filter(({ kind }) => kind === 'create').map(({ of }) => of);
  return {
    problem: `workspaceName: workspace '${request.workspaceName}' (${answer.found.id}) is there and has other ${missing.join(', ')} than asked for`,
  };
}

/** What a request asks for at first and instead, each with what stands before its paths. */
const partsOf = ({
  setup,
  replacements = {},
}: ProvisioningRequest): readonly { readonly at: string; readonly part: Partial<WorkspaceSetup> }[] => [
  { at: '', part: setup },
  { at: 'replacements.', part: replacements },
];

/** A key encrypts in its own Region only; an alias is one of the stage's Region. */
function regionProblems(
  request: ProvisioningRequest,
  arns: KeyLook['arns'],
  configurations: readonly KeyConfiguration[],
): readonly string[] {
  const { region } = request;
  const problem = (path: string, arn: string | undefined): readonly string[] => {
    const found = parseKeyArn(arn ?? '')?.region ?? region;
    return found === region ? [] : [`${path}: found a key of ${found}, wanted one of the workspace's Region ${region}`];
  };
  return partsOf(request).flatMap(({ at, part }) => [
    ...keyWishes(part).flatMap(({ binding: { key }, places }) =>
      problem(`${at}${places[0]}.key`, arns.get(key) ?? key),
    ),
    ...keyIds(part).flatMap(([place, id]) =>
      problem(`${at}${place}.id`, configurations.find((one) => one.id === id)?.keyArn),
    ),
  ]);
}

/**
 * A network is of one workspace at a time. Only one that is there is in the way: what a deleted workspace was in, Databricks
 * lets go of by itself, and the creation waits for that.
 */
function networkProblems(
  request: ProvisioningRequest,
  networks: readonly NetworkConfiguration[],
  workspaces: readonly Workspace[],
  own: Workspace | undefined,
): readonly string[] {
  return partsOf(request).flatMap(({ at, part: { network } }) => {
    if (network === undefined || 'name' in network) return [];
    const user = networks.find(({ id }) => id === network.id)?.workspaceId;
    const other = workspaces.find(({ id }) => id === user && id !== own?.id);
    if (other === undefined) return [];
    return [
      `${at}network.id: found '${network.id}', which is the network of workspace ${other.name} (${other.id}); wanted one that no other workspace is in`,
    ];
  });
}

interface KeyLook {
  /** By what the request calls it. */
  readonly arns: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

async function lookAtKeys(
  request: ProvisioningRequest,
  ports: ProvisioningPlanPorts,
  roleOf: (credentialsId: string) => string | undefined,
): Promise<KeyLook> {
  const arns = new Map<string, string>();
  const problems: string[] = [];
  const warnings: string[] = [];
  for (const { at, part: setup } of partsOf(request)) {
    const { credentials = request.setup.credentials } = setup;
    const role = 'id' in credentials ? roleOf(credentials.id) : credentials.roleArn;
    for (const wish of keyWishes(setup)) {
      try {
        const look = await lookAtKey(wish, role, ports);
        arns.set(wish.binding.key, look.arn);
        warnings.push(...look.warnings);
      } catch (error) {
        if (!isFailure(error, ...ABOUT_A_KEY)) throw error;
        problems.push(`${wish.places.map((place) => `${at}${place}.key`).join(', ')}: ${error.message}`);
      }
    }
  }
  return { arns, problems, warnings };
}

const ABOUT_A_KEY = [
  FAILURE.keyNotFound,
  FAILURE.keyAccessDenied,
  FAILURE.keyNotUsable,
  FAILURE.keyPolicyIncomplete,
] as const;

/** The same checks as before a rollout, with the role of the workspace for its cluster volumes. */
async function lookAtKey(
  { binding }: KeyWish,
  role: string | undefined,
  { keys, bindings }: ProvisioningPlanPorts,
): Promise<{ readonly arn: string; readonly warnings: readonly string[] }> {
  const key = await keys.describe(binding.key);
  assertUsableKey(key);
  const { useCases, reuseKeyForClusterVolumes } = binding;
  const encryptsVolumes = useCases.includes('STORAGE') && reuseKeyForClusterVolumes;
  const warnings = assertPolicyHolds(key, await keys.policy(key.arn), {
    ...{ useCases, reuseKeyForClusterVolumes },
    databricksAccountId: bindings.databricks.accountId,
    databricksPrincipal: bindings.databricks.awsPrincipal,
    crossAccountRoles: encryptsVolumes && role !== undefined ? [role] : [],
  });
  return { arn: key.arn, warnings };
}

function headline(name: string, workspace: PlannedWorkspace, { configurations }: SetupPlan, problems: number): string {
  if (problems > 0) return `workspace ${name} cannot be provisioned: ${problems} problem${problems === 1 ? '' : 's'}`;
  const made = configurations.filter(({ kind }) => kind === 'create').length;
  const making =
    made === 0 ? 'every configuration is there' : `${made} of ${configurations.length} configurations to create`;
  return workspace.kind === 'adopt'
    ? `workspace ${name} is there (${workspace.id}, ${workspace.status})`
    : `workspace ${name} will be created; ${making}`;
}

async function planRemoval(removal: WorkspaceRemoval, ports: ProvisioningPlanPorts): Promise<ProvisioningPlan> {
  const { workspaceId, workspaceName } = removal;
  const { name, status } = await ports.workspaces.get(workspaceId);
  const problems = name === workspaceName ? [] : [wrongName(workspaceId, workspaceName)];
  return {
    ...{ request: null, removal },
    workspace: { kind: 'remove', id: workspaceId, status },
    ...{ configurations: [], problems, warnings: [], calls: ports.calls() },
    headline: `workspace ${workspaceName} (${workspaceId}) ${problems.length === 0 ? 'will be deleted with everything in it' : 'is not deleted'}`,
  };
}

/** The real name is not told: whoever deletes has to know it. */
export const wrongName = (id: string, name: string): string =>
  `workspaceName: found '${name}', wanted the name of workspace ${id}`;
