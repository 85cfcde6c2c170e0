import type { Operation } from '../contract/api-answers.ts';
import type { KeyRolloutBody, SecretSyncBody, WorkspaceChangeBody } from '../contract/api-requests.ts';
import type { BindingsFile, KeyBinding } from '../contract/bindings.ts';
import { FAILURE, type FailureName } from '../contract/failures.ts';
import type { RolloutTarget, WorkspaceChange, WorkspaceSettings } from '../contract/rollout.ts';
import { AutomationError } from '../domain/failure.ts';
import { operationPath } from '../domain/operation-id.ts';
import { planWorkspaceChange } from '../domain/workspace-change.ts';
import { findBinding } from './find-binding.ts';
import type { KeyRegistry, Leases, WorkspaceDirectory } from './ports.ts';
import { operationOf } from './show-operation.ts';
import { assertNotBusy } from './show-workspaces.ts';
import { type OperationWish, type StartOperationPorts, startOperation } from './start-operation.ts';

export interface RequestPorts extends StartOperationPorts {
  readonly bindings: BindingsFile;
  readonly leases: Leases;
}

export interface ChangeRequestPorts {
  readonly workspaces: Pick<WorkspaceDirectory, 'get'>;
  readonly registry: Pick<KeyRegistry, 'list'>;
}

export interface RequestedOperation {
  readonly operation: Operation;
  /** Its path, relative to the API's base URL. */
  readonly location: string;
}

/** Who asks, and the key with which they make sure that nothing is started twice. */
export type Asker = Pick<OperationWish, 'caller' | 'idempotencyKey'>;

/**
 * Starts a key rollout of a binding, or of a key to named workspaces, or answers the one that the same request started. Fails with BindingUnknown,
 * IdempotencyKeyReused, or WorkspaceLeased while another operation works on one of its workspaces.
 */
export async function requestKeyRollout(
  request: KeyRolloutBody,
  asker: Asker,
  ports: RequestPorts,
): Promise<RequestedOperation> {
  const target = targetOf(request);
  const workspaceIds =
    'bindingId' in target ? namedIn(findBinding(ports.bindings, target.bindingId)) : target.keyFor.workspaceIds;
  return rollout(target, request.dryRun, workspaceIds, asker, ports);
}

function targetOf(request: KeyRolloutBody): Extract<RolloutTarget, { bindingId: string } | { keyFor: unknown }> {
  const { bindingId, key = '', workspaces = [], useCases = ['MANAGED_SERVICES'] } = request;
  if (bindingId !== undefined) return { bindingId };
  const { reuseKeyForClusterVolumes = true, compute = 'stop-and-restart' } = request;
  return { keyFor: { key, workspaceIds: workspaces, useCases, reuseKeyForClusterVolumes, compute } };
}

/** Those that a binding means by their key are known only to its plan, and wait there. */
const namedIn = ({ workspaces }: KeyBinding): readonly string[] => (workspaces === 'using-key' ? [] : workspaces);

/**
 * Starts the change of one workspace's settings. Fails with what its plan would be refused for: WorkspaceNotFound,
 * WorkspaceNotRunning, StorageKeyIsPermanent, WorkspaceSettingIsFixed, KeyConfigurationUnfit, WorkspaceRegionMismatch.
 */
export async function requestWorkspaceChange(
  workspaceId: string,
  request: WorkspaceChangeBody,
  asker: Asker,
  ports: RequestPorts & ChangeRequestPorts,
): Promise<RequestedOperation> {
  const { managedServicesKeyConfigurationId, storageKeyConfigurationId, compute = 'stop-and-restart' } = request;
  const { credentialsId, networkId, storageConfigurationId } = request;
  const settings: WorkspaceSettings = {
    ...(managedServicesKeyConfigurationId !== undefined && { managedServicesKeyId: managedServicesKeyConfigurationId }),
    ...(storageKeyConfigurationId !== undefined && { storageKeyId: storageKeyConfigurationId }),
    ...(credentialsId !== undefined && { credentialsId }),
    ...(networkId !== undefined && { networkId }),
    ...(storageConfigurationId !== undefined && { storageConfigurationId }),
  };
  const change: WorkspaceChange = { workspaceId, settings, compute };
  const [workspace, configurations] = await Promise.all([ports.workspaces.get(workspaceId), ports.registry.list()]);
  const { failure } = planWorkspaceChange({ change, workspace, configurations, leftStopped: new Set() });
  if (failure !== undefined) throw new AutomationError(failure.name as FailureName, failure.message);
  return rollout({ change }, request.dryRun, [workspaceId], asker, ports);
}

function rollout(
  target: RolloutTarget,
  dryRun: boolean | undefined,
  workspaceIds: readonly string[],
  asker: Asker,
  ports: RequestPorts,
): Promise<RequestedOperation> {
  const request = { ...target, ...(dryRun !== undefined && { dryRun }) };
  const refuseIfBusy = dryRun === true ? async () => undefined : () => assertNotBusy(workspaceIds, ports);
  return requested({ kind: 'key-rollout', request, ...asker }, refuseIfBusy, ports);
}

/** The same for a secret sync. A busy scope is waited for by the sync itself. */
export async function requestSecretSync(
  request: SecretSyncBody,
  asker: Asker,
  ports: RequestPorts,
): Promise<RequestedOperation> {
  const known = ports.bindings.secretBindings.map(({ id }) => id);
  const unknown = request.bindings?.find((id) => !known.includes(id));
  if (unknown !== undefined) {
    throw new AutomationError(
      FAILURE.bindingUnknown,
      `bindings: found '${unknown}', wanted some of: ${known.join(', ')}`,
    );
  }
  return requested({ kind: 'secret-sync', request: { ...request }, ...asker }, async () => undefined, ports);
}

/** The operation that a wish starts, or that it started. */
export async function requested(
  wish: OperationWish,
  refuseIfBusy: () => Promise<void>,
  ports: RequestPorts,
): Promise<RequestedOperation> {
  const execution = await startOperation(wish, ports, refuseIfBusy);
  return { operation: await operationOf(execution, ports.executions), location: operationPath(execution) };
}
