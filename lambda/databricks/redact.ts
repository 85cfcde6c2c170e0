import { oneLine } from '../domain/one-line.ts';

const REMOVED = '[removed]';
const LONGEST = 500;

/** What could let somebody in. UUIDs and ARNs are shorter than the last pattern wants, or hold other signs. */
const SECRET_LOOKING = [
  /\b(?:Bearer|Basic)\s+[^\s"',;<>]+/gi,
  /\beyJ[\w-]+(?:\.[\w-]*){0,4}/g,
  /\bdose[0-9a-f]{8,}/gi,
  /\bdapi[0-9a-f]{8,}(?:-\d+)?/gi,
  /\b(?:client_secret|access_token|refresh_token|password|string_value|bytes_value)\b["']?\s*[:=]\s*["']?[^\s"',;&}]+/gi,
  /[A-Za-z0-9+_=-]{40,}/g,
];

/**
 * A server's own words, fit for a log: `known` values and whatever looks like a token or secret are taken out,
 * line breaks and control characters become spaces, and at most 500 characters remain.
 */
export const redact = (text: string, known: readonly string[] = []): string => {
  let clean = text;
  for (const secret of known) if (secret !== '') clean = clean.replaceAll(secret, REMOVED);
  for (const pattern of SECRET_LOOKING) clean = clean.replace(pattern, REMOVED);
  clean = oneLine(clean).replace(/\s+/g, ' ').trim();
  return clean.length > LONGEST ? `${clean.slice(0, LONGEST - 3)}...` : clean;
};
