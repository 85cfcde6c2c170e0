import { ENDED_BADLY } from '../contract/execution-ends.ts';
import { type Home, type Ignored, ignored, openEvent, text } from './event.ts';

/** An execution that did not end as it should, as an event says. A hint to look, never the truth. */
export interface EndedBadly {
  readonly kind: 'ended-badly';
  readonly executionArn: string;
}

/**
 * Reads `Step Functions Execution Status Change`; everything else is `ignored` with a reason. Never throws.
 * Source: Step Functions developer guide, "Automating event delivery with EventBridge".
 */
export function readExecutionEnd(event: unknown, home: Home): EndedBadly | Ignored {
  const opened = openEvent(event, { source: 'aws.states', service: 'Step Functions', home });
  if (opened.kind === 'ignored') return opened;
  const { detail, detailType } = opened;
  if (detailType !== 'Step Functions Execution Status Change') return ignored(`no reaction to '${detailType}'`);
  if (!ENDED_BADLY.some((status) => status === detail.status)) return ignored(`no reaction to ${text(detail.status)}`);
  const executionArn = text(detail.executionArn);
  return executionArn === undefined
    ? ignored('status change without an execution')
    : { kind: 'ended-badly', executionArn };
}
