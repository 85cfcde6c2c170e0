/** Tries of one request, the first included. */
export const MOST_TRIES = 4;

/** Longer than this nobody wants to wait for a refusal; the answer is shown instead. */
export const LONGEST_WAIT_MS = 60_000;

/** Throttled before anything was done, or a server that is in trouble for a moment. */
const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504]);

export const mayPass = (status: number): boolean => PASSING.has(status);

/** Milliseconds before try `attempt + 1`: half to all of 0.5 s, 1 s, 2 s. `random` answers 0 to 1. */
export const backoffMs = (attempt: number, random: () => number): number =>
  Math.round(500 * 2 ** (attempt - 1) * (0.5 + random() / 2));

/** Milliseconds that a `Retry-After` header asks for, in seconds or as a date (RFC 9110, 10.2.3); undefined without one. */
export function retryAfterMs(header: string | null, now: Date): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = /[A-Za-z]/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}
