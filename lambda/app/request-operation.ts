import type { Operation } from '../contract/api-answers.ts';
import type { KeyRolloutBody, SecretSyncBody } from '../contract/api-requests.ts';
import type { BindingsFile } from '../contract/bindings.ts';
import { FAILURE } from '../contract/failures.ts';
import { AutomationError } from '../domain/failure.ts';
import { operationPath } from '../domain/operation-id.ts';
import { findBinding } from './find-binding.ts';
import type { Leases } from './ports.ts';
import { operationOf } from './show-operation.ts';
import { assertNotBusy } from './show-workspaces.ts';
import { type OperationWish, type StartOperationPorts, startOperation } from './start-operation.ts';

export interface RequestPorts extends StartOperationPorts {
  readonly bindings: BindingsFile;
  readonly leases: Leases;
}

export interface RequestedOperation {
  readonly operation: Operation;
  /** Its path, relative to the API's base URL. */
  readonly location: string;
}

/** Who asks, and the key with which they make sure that nothing is started twice. */
export type Asker = Pick<OperationWish, 'caller' | 'idempotencyKey'>;

/**
 * Starts a key rollout of a binding, or answers the one that the same request started. Fails with BindingUnknown,
 * IdempotencyKeyReused, or WorkspaceLeased while another operation works on one of its workspaces.
 */
export async function requestKeyRollout(
  request: KeyRolloutBody,
  asker: Asker,
  ports: RequestPorts,
): Promise<RequestedOperation> {
  findBinding(ports.bindings, request.bindingId);
  const isBusy = request.dryRun === true ? async () => undefined : () => assertNotBusy(request.bindingId, ports);
  return requested({ kind: 'key-rollout', request: { ...request }, ...asker }, isBusy, ports);
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

async function requested(
  wish: OperationWish,
  refuseIfBusy: () => Promise<void>,
  ports: RequestPorts,
): Promise<RequestedOperation> {
  const execution = await startOperation(wish, ports, refuseIfBusy);
  return { operation: await operationOf(execution, ports.executions), location: operationPath(execution) };
}
