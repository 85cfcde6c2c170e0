import type { RolloutPlan } from '../contract/rollout.ts';
import type { Execution, Executions } from './operation-ports.ts';
import type { Clock, Leases } from './ports.ts';

/** A workspace as the plan of a rollout has it. */
type Planned = RolloutPlan['workspaces'][number];

/**
 * The workspaces that a rollout under way may have touched, from its plan; empty before there was one, and for dry runs.
 */
export async function touchedBy(
  execution: Execution,
  executions: Pick<Executions, 'answerOf'>,
): Promise<readonly Planned[]> {
  if (execution.input.dryRun === true) return [];
  const plan = (await executions.answerOf(execution, 'Plan rollout')) as RolloutPlan | undefined;
  return plan?.workspaces ?? [];
}

/** Longer than a step runs that was under way when its execution was stopped. */
const SETTLE_MS = 4 * 60_000;

interface LeasePorts {
  readonly leases: Leases;
  readonly clock: Clock;
}

/** Ends a lease of `owner` as soon as none of its steps can be at work any more. Answers whether it was the owner's. */
export async function endSoon(resource: string, owner: string, { leases, clock }: LeasePorts): Promise<boolean> {
  const holder = await leases.holder(resource);
  if (holder?.owner !== owner) return false;
  await leases.take(resource, owner, Math.min(holder.until, clock() + SETTLE_MS));
  return true;
}

/** Of the 80 characters that Step Functions allows. */
const MOST_KEPT = 80 - 'restart-'.length;

/**
 * Name of the rollout that restarts what another one left stopped, the same whoever starts it. The end of a long name
 * tells one attempt from another; a name that was taken would start nothing.
 */
export const restartName = (name: string): string => `restart-${name.slice(-MOST_KEPT)}`;
