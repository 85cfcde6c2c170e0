import type { RolloutSummary, SummarizeInput } from '../contract/rollout.ts';
import { summarizeRollout as summarize } from '../domain/rollout-summary.ts';
import type { Clock, Evidence } from './ports.ts';

export interface SummarizePorts {
  readonly evidence: Evidence;
  readonly clock: Clock;
}

/** Puts the rollout on record, once, however often this step runs, and answers the summary. */
export async function summarizeRollout(input: SummarizeInput, ports: SummarizePorts): Promise<RolloutSummary> {
  const summary = summarize(input);
  await ports.evidence.append({
    subject: input.plan.subject,
    executionId: input.rolloutId,
    startedAt: input.startedAt,
    finishedAt: new Date(ports.clock()).toISOString(),
    trigger: input.trigger,
    facts: { key: input.plan.key, summary },
  });
  return summary;
}
