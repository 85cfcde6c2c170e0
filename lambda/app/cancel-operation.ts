import type { Operation } from '../contract/api-answers.ts';
import { FAILURE } from '../contract/failures.ts';
import { AutomationError } from '../domain/failure.ts';
import { type OperationId, operationPath } from '../domain/operation-id.ts';
import { nameLease } from './create-workspace.ts';
import { endSoon, restartName, touchedBy } from './interrupted-rollout.ts';
import type { Execution, Executions } from './operation-ports.ts';
import type { Clock, Leases } from './ports.ts';
import { findOperation, showOperation } from './show-operation.ts';
import { workspaceLease } from './take-lease.ts';

export interface CancelPorts {
  readonly executions: Executions;
  readonly leases: Leases;
  readonly clock: Clock;
}

export interface Cancelled {
  readonly operation: Operation;
  /** Path of the operation that restarts the compute that was stopped; absent where none was needed. */
  readonly restart?: string;
}

/**
 * Stops an operation. What it did stays done. A rollout's leases end as soon as none of its steps can be at work any more.
 * A second rollout then restarts the compute that is on record, once no change that was asked for can be under way, and
 * changes no key. Fails with OperationNotFound or OperationEnded.
 */
export async function cancelOperation(id: string, caller: string, ports: CancelPorts): Promise<Cancelled> {
  const { executions } = ports;
  const execution = await findOperation(id, executions);
  const { kind, name, status } = execution;
  if (status !== 'RUNNING') {
    throw new AutomationError(
      FAILURE.operationEnded,
      `operation ${id} has ended ${status}; only one that runs can be cancelled`,
    );
  }
  await executions.stop(kind, name, `cancelled by ${caller}`);
  const restart = kind === 'key-rollout' ? await restartCompute(execution, ports) : undefined;
  if (kind === 'workspace-provisioning') await letGo(execution, ports);
  const operation = await showOperation(id, executions);
  return { operation, ...(restart !== undefined && { restart: operationPath(restart) }) };
}

async function restartCompute(execution: Execution, ports: CancelPorts): Promise<OperationId | undefined> {
  const workspaces = await touchedBy(execution, ports.executions);
  if (workspaces.length === 0) return undefined;
  await Promise.all(workspaces.map(({ workspaceId }) => endSoon(workspaceLease(workspaceId), execution.arn, ports)));
  const restart: OperationId = { kind: 'key-rollout', name: restartName(execution.name) };
  await ports.executions.start(restart.kind, restart.name, {
    restart: { workspaceIds: workspaces.map(({ workspaceId }) => workspaceId) },
    trigger: { kind: 'request' },
  });
  return restart;
}

/** Its steps are short; what Databricks was asked for goes on, and the same request again finds it. */
async function letGo(execution: Execution, ports: CancelPorts): Promise<void> {
  const { provision, remove } = execution.input as ProvisioningFields;
  const name = provision?.workspaceName;
  if (typeof name === 'string') await endSoon(nameLease(name), execution.arn, ports);
  const workspaceId = remove?.workspaceId ?? (await leasedIn(execution, ports));
  if (typeof workspaceId === 'string') await endSoon(workspaceLease(workspaceId), execution.arn, ports);
}

interface ProvisioningFields {
  readonly provision?: { readonly workspaceName?: unknown };
  readonly remove?: { readonly workspaceId?: unknown };
}

/** The workspace that a provisioning has made or found: the states say so that look at it again and again. */
async function leasedIn(execution: Execution, { executions }: CancelPorts): Promise<unknown> {
  const answer =
    (await executions.answerOf(execution, 'Check workspace')) ??
    (await executions.answerOf(execution, 'Create workspace'));
  return answer?.workspaceId;
}
