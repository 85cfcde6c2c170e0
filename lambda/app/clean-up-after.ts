import type { RolloutRequest } from '../contract/rollout.ts';
import type { Home } from '../domain/event.ts';
import { readExecutionEnd } from '../domain/execution-event.ts';
import { executionName } from '../domain/operation-id.ts';
import { endSoon, restartName, touchedBy } from './interrupted-rollout.ts';
import type { Executions } from './operation-ports.ts';
import type { Clock, Leases, StoppedCompute } from './ports.ts';
import { workspaceLease } from './take-lease.ts';

export interface CleanUpPorts {
  readonly home: Home;
  readonly executions: Pick<Executions, 'describe' | 'answerOf' | 'start'>;
  readonly leases: Leases;
  readonly stoppedCompute: Pick<StoppedCompute, 'having'>;
  readonly clock: Clock;
}

export interface CleanUpOutcome {
  /** Workspaces whose lease the execution had left behind. */
  readonly freed: readonly string[];
  /** Name of the rollout that restarts their compute, where some is on record. */
  readonly restart?: string;
  /** Why nothing had to be done. */
  readonly ignored?: string;
}

/**
 * Cleans up after a rollout that was stopped, ran out of time or broke: its leases end, and the compute that it left
 * stopped is restarted by a rollout named after it, so that the same event arriving twice starts one. A rollout that
 * FAILED because of some workspaces has released its leases and restarted their compute itself; what it could not
 * restart is the sweeper's.
 */
export async function cleanUpAfter(event: unknown, ports: CleanUpPorts): Promise<CleanUpOutcome> {
  const end = readExecutionEnd(event, ports.home);
  if (end.kind === 'ignored') return { freed: [], ignored: end.reason };
  const { executions } = ports;
  const execution = await executions.describe('key-rollout', executionName(end.executionArn));
  if (execution?.arn !== end.executionArn) return { freed: [], ignored: 'not an execution of this stage' };
  if (execution.status === 'RUNNING') return { freed: [], ignored: 'it runs' };
  const freed: string[] = [];
  for (const { workspaceId } of await touchedBy(execution, executions)) {
    if (await endSoon(workspaceLease(workspaceId), execution.arn, ports)) freed.push(workspaceId);
  }
  const stopped = await ports.stoppedCompute.having(freed);
  if (stopped.size === 0) return { freed };
  const restart = restartName(execution.name);
  const request: RolloutRequest = { restart: { workspaceIds: [...stopped] }, trigger: { kind: 'clean-up' } };
  await executions.start('key-rollout', restart, request);
  return { freed, restart };
}
