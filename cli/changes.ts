import type { Operation, OperationItem, OperationProgress } from '../lambda/contract/api-answers.ts';

/** What a person watching is told. */
export interface Change {
  /** Workspace, or workspace and scope; empty for the operation as a whole. */
  readonly who: string;
  readonly what: string;
}

/** The API tells of at most so many items under way. */
const MOST_ITEMS = 20;

/** What happened between two looks at an operation; everything, if there was no look before. */
export const changes = (before: Operation | undefined, now: Operation): readonly Change[] => [
  ...(before === undefined ? [{ who: '', what: `${now.id} ${now.status}` }] : []),
  ...itemChanges(before?.items ?? [], now.items),
  ...(now.progress !== null && wordsOf(now.progress) !== wordsOf(before?.progress ?? null)
    ? [{ who: '', what: wordsOf(now.progress) }]
    : []),
  ...(before !== undefined && before.status !== now.status ? [{ who: '', what: now.status }] : []),
];

function itemChanges(before: readonly OperationItem[], now: readonly OperationItem[]): readonly Change[] {
  const earlier = new Map(before.map((one) => [one.item, stepOf(one)]));
  const names = new Set(now.map(({ item }) => item));
  // A full list may have pushed out what still runs.
  const gone = now.length < MOST_ITEMS ? before.filter(({ item }) => !names.has(item)) : [];
  return [
    ...gone.map(({ item }) => ({ who: item, what: 'ended' })),
    ...now.filter((one) => earlier.get(one.item) !== stepOf(one)).map((one) => ({ who: one.item, what: stepOf(one) })),
  ];
}

const stepOf = ({ step, status }: OperationItem): string => {
  if (step === null) return status;
  return status === 'RUNNING' ? step : `${step} (${status})`;
};

/** How far it is; empty before there is a plan. */
export function wordsOf(progress: OperationProgress | null): string {
  if (progress === null) return '';
  const { total, succeeded, failed, running } = progress;
  return [
    `${succeeded + failed} of ${total} ended`,
    ...(failed > 0 ? [`${failed} without a result`] : []),
    ...(running > 0 ? [`${running} under way`] : []),
  ].join(', ');
}
