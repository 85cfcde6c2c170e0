import type { WorkspaceStep } from '../contract/rollout.ts';
import type { Leases } from './ports.ts';
import { workspaceLease } from './take-lease.ts';

/** Ends this rollout's lease of the workspace; does nothing if somebody else holds it. */
export async function releaseLease(
  step: WorkspaceStep,
  ports: { readonly leases: Leases },
): Promise<Record<string, never>> {
  await ports.leases.release(workspaceLease(step.workspaceId), step.rolloutId);
  return {};
}
