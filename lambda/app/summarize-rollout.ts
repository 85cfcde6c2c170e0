import type { RolloutSummary, SummarizeInput } from '../contract/rollout.ts';
import { summarizeRollout as summarize } from '../domain/rollout-summary.ts';
import type { Clock, Evidence } from './ports.ts';

export interface SummarizePorts {
  readonly evidence: Evidence;
  readonly clock: Clock;
}

/**
 * Puts the rollout on record, once, however often this step runs, and answers the summary. A look of the schedule that
 * found nothing to do leaves no record.
 */
export async function summarizeRollout(input: SummarizeInput, ports: SummarizePorts): Promise<RolloutSummary> {
  const summary = summarize(input);
  if (input.trigger?.kind === 'schedule' && summary.ok && input.results.length === 0) return summary;
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
