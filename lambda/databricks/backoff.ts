const FIRST_MS = 500;
const LONGEST_MS = 10_000;

/**
 * Milliseconds to wait before try `attempt + 1`, with full jitter: anything from 0 to 0.5 s after the first try,
 * the upper end doubling with each try up to 10 s. `random` answers 0 to 1.
 */
export const backoffMs = (attempt: number, random: () => number): number =>
  Math.floor(random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1)));

/** Longer than any invocation lasts; nothing sensible asks for more. */
const LONGEST_ASKED_MS = 60 * 60_000;

const SECONDS = /^\d+(?:\.\d+)?$/;

/**
 * Milliseconds a `Retry-After` header asks for: whole or fractional seconds, or an HTTP date (a past one is 0), at
 * most an hour. Undefined where there is none or it cannot be read. Databricks sends it in all these forms, or not at all.
 */
export const retryAfterMs = (header: string | undefined, now: number): number | undefined => {
  const text = header?.trim();
  if (text === undefined || text === '') return undefined;
  if (SECONDS.test(text)) return Math.min(LONGEST_ASKED_MS, Math.ceil(Number(text) * 1000));
  const date = Date.parse(text);
  if (!/[A-Za-z]/.test(text) || Number.isNaN(date)) return undefined;
  return Math.min(LONGEST_ASKED_MS, Math.max(0, date - now));
};
