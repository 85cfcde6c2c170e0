import type { BindingsFile } from '../contract/bindings.ts';
import { FAILURE } from '../contract/failures.ts';
import type { TakeLeaseInput, TakeLeaseOutput } from '../contract/rollout.ts';
import { AutomationError } from '../domain/failure.ts';
import { nextOpening } from '../domain/maintenance-window.ts';
import type { Clock, Leases } from './ports.ts';
import type { Provenance } from './provisioning-ports.ts';

export interface LeasePorts {
  readonly bindings: BindingsFile;
  readonly leases: Leases;
  readonly provenance: Provenance;
  readonly clock: Clock;
}

const PAUSE_MS = 60_000;
/** Three hours of asking each minute: longer than a rollout of one workspace takes with every deadline used up. */
const MOST_WAITS = 180;

/** Leases are named by workspace, whoever works on it. */
export const workspaceLease = (workspaceId: string): string => `workspace/${workspaceId}`;

/** Takes or renews a lease. Fails with WorkspaceLeased, naming who holds it, instead of waiting. */
export async function holdLease(resource: string, owner: string, until: number, leases: Leases): Promise<void> {
  const lease = await leases.take(resource, owner, until);
  if (lease.kind === 'held') return;
  throw new AutomationError(
    FAILURE.workspaceLeased,
    `${lease.owner} works on ${resource} until ${new Date(lease.until).toISOString()} at the latest; wait for its end, or cancel it`,
  );
}

/**
 * Lets a rollout begin with a workspace: only inside the maintenance window, where one is set, and only one at a time. Nobody
 * holds a lease while waiting for a window. Fails with WorkspaceLeased after three hours of somebody else's lease.
 */
export async function takeLease(input: TakeLeaseInput, ports: LeasePorts): Promise<TakeLeaseOutput> {
  const now = ports.clock();
  // Compute that was left stopped is not made to wait for a window.
  const window = input.fields.length > 0 ? input.treatment.maintenanceWindow : null;
  const opens = window === null ? now : nextOpening(window, now);
  if (opens > now) {
    return later(opens, input.waits, `the maintenance window of ${input.subject} opens`);
  }
  const until = now + ports.bindings.timing.leaseMinutes * 60_000;
  const lease = await ports.leases.take(workspaceLease(input.workspaceId), input.rolloutId, until);
  if (lease.kind === 'held') {
    // What it becomes by this may hold people's data: no provisioning deletes it any more.
    await ports.provenance.forget(`workspace/${input.workspaceId}`, input.workspaceName);
    return { admitted: true, waitUntil: new Date(now).toISOString(), waits: input.waits, reason: 'the lease is held' };
  }
  if (input.waits >= MOST_WAITS) {
    throw new AutomationError(
      FAILURE.workspaceLeased,
      `workspace ${input.workspaceId} has been leased to ${lease.owner} for too long; look at that execution, then start this rollout again`,
    );
  }
  return later(now + PAUSE_MS, input.waits + 1, `${lease.owner} works on workspace ${input.workspaceId}`);
}

const later = (at: number, waits: number, reason: string): TakeLeaseOutput => ({
  admitted: false,
  waitUntil: new Date(at).toISOString(),
  waits,
  reason,
});
