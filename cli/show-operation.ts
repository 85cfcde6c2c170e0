import type { Operation } from '../lambda/contract/api-answers.ts';
import type { Schema } from '../lambda/contract/api-schema.ts';
import type { ProvisioningPlan, ProvisioningSummary } from '../lambda/contract/provisioning.ts';
import type { RolloutPlan, RolloutSummary } from '../lambda/contract/rollout.ts';
import type { SyncSummary } from '../lambda/contract/secret-sync.ts';
import { wordsOf } from './changes.ts';
import { misfit } from './check-answer.ts';
import {
  PROVISIONING_PLAN,
  PROVISIONING_SUMMARY,
  provisioningLines,
  provisioningPlanLines,
} from './show-provisioning.ts';
import { planLines, ROLLOUT_PLAN, ROLLOUT_SUMMARY, summaryLines } from './show-rollout.ts';
import { SYNC_SUMMARY, syncLines } from './show-sync.ts';
import { facts, plain, plainLines, shortTime, table } from './table.ts';

/** An operation as it is now. */
export const operationLines = (operation: Operation): readonly string[] => {
  const { id, status, startedAt, finishedAt, request, progress, items } = operation;
  return [
    id,
    ...facts([
      ['status', status],
      ['started', shortTime(startedAt)],
      ['finished', shortTime(finishedAt)],
      ['request', JSON.stringify(request)],
      ['progress', wordsOf(progress)],
    ]),
    ...(items.length === 0 ? [] : ['', ...table(['UNDER WAY', 'STATUS', 'STEP'], items.map(rowOf))]),
    ...(operation.result === null && operation.failure === null ? [] : ['', ...endOf(operation)]),
  ];
};

const rowOf = ({ item, status, step }: Operation['items'][number]): readonly string[] => [item, status, step ?? ''];

/** How it ended: its failure, and its result. */
export function endOf({ status, failure, result }: Operation): readonly string[] {
  const shown = result === null ? [] : resultLines(result);
  if (failure === null) return shown.length === 0 ? [`${status}, without a result`] : shown.map(plain);
  // The failure of a summary repeats it, line by line.
  const [first = '', ...others] = plainLines(failure.message);
  const told = [...(first === shown[0] ? [] : [first]), ...(shown.length === 0 ? others : [])];
  return [`${status}: ${failure.name}`, ...told.map((line) => `  ${line}`), ...shown.map(plain)];
}

/** The forms a result may have; each is known by its own fields. */
const FORMS: readonly { readonly schema: Schema; readonly lines: (result: never) => readonly string[] }[] = [
  { schema: ROLLOUT_PLAN, lines: (plan: RolloutPlan) => planLines(plan) },
  { schema: ROLLOUT_SUMMARY, lines: (summary: RolloutSummary) => summaryLines(summary) },
  { schema: PROVISIONING_PLAN, lines: (plan: ProvisioningPlan) => provisioningPlanLines(plan) },
  { schema: PROVISIONING_SUMMARY, lines: (summary: ProvisioningSummary) => provisioningLines(summary) },
  { schema: SYNC_SUMMARY, lines: (summary: SyncSummary) => syncLines(summary) },
];

/** In words where the form is known; else as it came. */
function resultLines(result: Readonly<Record<string, unknown>>): readonly string[] {
  const form = FORMS.find(({ schema }) => misfit(result, schema) === undefined);
  return form === undefined ? JSON.stringify(result, null, 2).split('\n') : form.lines(result as never);
}
