import { object, text } from './event.ts';

/**
 * When a run of a schedule was due, milliseconds; undefined if `input` is not from a schedule. Who starts one by hand need
 * not give a time.
 */
export function scheduledAt(input: unknown, now: number): number | undefined {
  const { kind, time } = object(object(input).trigger);
  if (kind !== 'schedule') return undefined;
  const due = Date.parse(text(time) ?? '');
  return Number.isNaN(due) ? now : due;
}

const MINUTE_MS = 60_000;

/** The minute in which it was due, for names of executions: the same firing delivered twice has one name. */
export const slotOf = (due: number): string => Math.floor(due / MINUTE_MS).toString(36);
