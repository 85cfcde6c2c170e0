import type { BindingsFile } from '../contract/bindings.ts';
import type { ProvisioningSummary, SummarizeProvisioningInput } from '../contract/provisioning.ts';
import { summarizeProvisioning as summarize } from '../domain/provisioning-summary.ts';
import { nameLease } from './create-workspace.ts';
import type { Clock, Evidence, Leases } from './ports.ts';
import { workspaceLease } from './take-lease.ts';

export interface SummarizeProvisioningPorts {
  readonly bindings: BindingsFile;
  readonly evidence: Evidence;
  readonly leases: Leases;
  readonly clock: Clock;
}

/** Puts a provisioning or a removal on record, ends its leases, and answers the summary. */
export async function summarizeProvisioning(
  input: SummarizeProvisioningInput,
  { bindings, evidence, leases, clock }: SummarizeProvisioningPorts,
): Promise<ProvisioningSummary> {
  const summary = summarize(input, bindings.databricks.workspaceUrl);
  await evidence.append({
    subject: `workspace/${summary.workspaceName}`,
    executionId: input.provisioningId,
    startedAt: input.startedAt,
    finishedAt: new Date(clock()).toISOString(),
    trigger: { kind: 'request' },
    facts: { summary },
  });
  await leases.release(nameLease(summary.workspaceName), input.provisioningId);
  if (input.workspaceId !== null) await leases.release(workspaceLease(input.workspaceId), input.provisioningId);
  return summary;
}
