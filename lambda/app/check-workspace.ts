import type { BindingsFile } from '../contract/bindings.ts';
import { FAILURE, type FailureName } from '../contract/failures.ts';
import type { CheckWorkspaceInput, CheckWorkspaceOutput } from '../contract/provisioning.ts';
import { diagnose } from '../domain/diagnosis.ts';
import { AutomationError, isFailure } from '../domain/failure.ts';
import type { NetworkConfiguration } from '../domain/provisioning.ts';
import type { Workspace } from '../domain/workspace.ts';
import { nameLease } from './create-workspace.ts';
import type { CallCount, Clock, Leases, WorkspaceDirectory } from './ports.ts';
import type { AccountSetup, Provenance, WorkspaceHost } from './provisioning-ports.ts';
import { holdLease, workspaceLease } from './take-lease.ts';

export interface CheckWorkspacePorts {
  readonly bindings: BindingsFile;
  readonly workspaces: WorkspaceDirectory;
  readonly setup: Pick<AccountSetup, 'networks'>;
  readonly host: WorkspaceHost;
  readonly leases: Leases;
  readonly provenance: Provenance;
  readonly calls: CallCount;
  readonly clock: Clock;
}

/** The Terraform provider of Databricks waits 20 minutes; one that is repaired in a network of Databricks takes 40. */
const DEADLINE_MS = 60 * 60_000;

/** Databricks may need a moment to say that it sets a FAILED workspace up again. */
const REDEPLOY_MS = 5 * 60_000;

const ENDED: Readonly<Record<string, FailureName>> = {
  BANNED: FAILURE.workspaceBanned,
  CANCELLING: FAILURE.workspaceCancelled,
  CANCELLED: FAILURE.workspaceCancelled,
};

/**
 * One look at a workspace that is being set up. It counts as running only when its own host answers. Fails with
 * WorkspaceBanned or WorkspaceCancelled, LeaseLost, or WorkspaceNotReady after an hour.
 */
export async function checkWorkspace(
  input: CheckWorkspaceInput,
  ports: CheckWorkspacePorts,
): Promise<CheckWorkspaceOutput> {
  const { bindings, leases, clock } = ports;
  const now = clock();
  const until = now + bindings.timing.leaseMinutes * 60_000;
  await leases.renew(workspaceLease(input.workspaceId), input.provisioningId, until);
  await holdLease(nameLease(input.workspaceName), input.provisioningId, until, leases);
  const workspace = await ports.workspaces.get(input.workspaceId);
  const { status } = workspace;
  const ended = ENDED[status];
  if (ended !== undefined) {
    throw new AutomationError(ended, diagnose(workspace, undefined).join('\n'));
  }
  const age = now - Date.parse(input.since);
  const answer = { status, diagnosis: [], secretsWanted: false } as const;
  if (status === 'FAILED' && !(input.isRepaired && age < REDEPLOY_MS)) {
    const diagnosis = diagnose(workspace, await networkOf(workspace, ports));
    return { ...answer, state: 'failed', diagnosis, calls: ports.calls() };
  }
  // From now on people may use it.
  if (status === 'RUNNING') await ports.provenance.forget(`workspace/${workspace.id}`, input.workspaceName);
  const objection = status === 'RUNNING' ? await ports.host.objection() : undefined;
  if (status === 'RUNNING' && objection === undefined) {
    return { ...answer, state: 'running', secretsWanted: isSelected(workspace, bindings), calls: ports.calls() };
  }
  if (age > DEADLINE_MS) {
    throw new AutomationError(
      FAILURE.workspaceNotReady,
      `workspace ${workspace.name} (${workspace.id}) is ${status} an hour after it was begun${objection === undefined ? '' : `, and its host does not answer (${objection})`}; look at its diagnosis, then start the same again, which goes on`,
    );
  }
  return { ...answer, state: 'waiting', calls: ports.calls() };
}

/** The network of a workspace; undefined where Databricks manages it, or where it is gone. */
export async function networkOf(
  { networkId }: Workspace,
  { setup }: { readonly setup: Pick<AccountSetup, 'networks'> },
): Promise<NetworkConfiguration | undefined> {
  if (networkId === undefined) return undefined;
  try {
    return await setup.networks.get(networkId);
  } catch (error) {
    if (isFailure(error, FAILURE.configurationNotFound)) return undefined;
    throw error;
  }
}

const isSelected = ({ id }: Workspace, { secretBindings }: BindingsFile): boolean =>
  secretBindings.some(({ workspaces }) => workspaces === 'all' || workspaces.includes(id));
