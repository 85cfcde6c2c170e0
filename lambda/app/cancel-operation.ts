import type { Operation } from '../contract/api-answers.ts';
import { FAILURE } from '../contract/failures.ts';
import type { RolloutPlan } from '../contract/rollout.ts';
import { AutomationError } from '../domain/failure.ts';
import { type OperationId, operationPath } from '../domain/operation-id.ts';
import { nameLease } from './create-workspace.ts';
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

/** Longer than a step runs that was under way when its execution was stopped. */
const SETTLE_MS = 4 * 60_000;

/** Of the 80 characters that Step Functions allows. */
const MOST_KEPT = 80 - 'restart-'.length;

/**
 * Stops an operation. What it did stays done. A rollout's leases end as soon as none of its steps can be at work any more,
 * except where a change was made after which compute has to rest: there the lease keeps it resting. A second rollout then restarts the
 * compute that is on record, and changes no key. Fails with OperationNotFound or OperationEnded.
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
  if (kind === 'workspace-provisioning') await letGoOfName(execution, ports);
  const operation = await showOperation(id, executions);
  return { operation, ...(restart !== undefined && { restart: operationPath(restart) }) };
}

async function restartCompute(execution: Execution, ports: CancelPorts): Promise<OperationId | undefined> {
  const plan = (await ports.executions.answerOf(execution, 'Plan rollout')) as RolloutPlan | undefined;
  // Before its plan, nothing was touched.
  if (execution.input.dryRun === true || plan === undefined) return undefined;
  await Promise.all(plan.workspaces.map((workspace) => endLeaseSoon(workspace, execution.arn, ports)));
  // The end of a long name tells one attempt from another; a name that was taken would start nothing.
  const restart: OperationId = { kind: 'key-rollout', name: `restart-${execution.name.slice(-MOST_KEPT)}` };
  await ports.executions.start(restart.kind, restart.name, {
    restart: { workspaceIds: plan.workspaces.map(({ workspaceId }) => workspaceId) },
    trigger: { kind: 'request' },
  });
  return restart;
}

/** Its steps are short; what Databricks was asked for goes on, and the same request again finds it. */
async function letGoOfName({ input, arn }: Execution, { leases, clock }: CancelPorts): Promise<void> {
  const { workspaceName } = (input.provision ?? {}) as { readonly workspaceName?: unknown };
  if (typeof workspaceName !== 'string') return;
  const resource = nameLease(workspaceName);
  if ((await leases.holder(resource))?.owner === arn) await leases.take(resource, arn, clock() + SETTLE_MS);
}

async function endLeaseSoon(
  { workspaceId, needsRest }: RolloutPlan['workspaces'][number],
  owner: string,
  { leases, clock }: CancelPorts,
): Promise<void> {
  if (needsRest) return;
  const resource = workspaceLease(workspaceId);
  const holder = await leases.holder(resource);
  if (holder?.owner === owner) await leases.take(resource, owner, clock() + SETTLE_MS);
}
