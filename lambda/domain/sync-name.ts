import type { SecretFact } from './secret-event.ts';

/**
 * Execution name of the sync that an event starts: the secret, its version if the event tells one, and the second of the
 * event, because a secret may come back to a version it had before. The same event arriving twice makes one sync. At most
 * 80 characters, which Step Functions allows: 8 + 36 + 9 and hyphens, and the end of the secret's name with what is left.
 */
export function syncName({ name, secretId, versionId, event }: SecretFact): string {
  const seconds = Math.floor(Date.parse(event.time) / 1000);
  const moment = Number.isNaN(seconds) ? event.id : seconds.toString(36);
  const parts = [fingerprint(secretId), ...(versionId === undefined ? [] : [versionId]), moment];
  const end = parts
    .join('-')
    .replace(/[^A-Za-z0-9-]/g, '_')
    .slice(0, 78);
  const readable = name.replace(/[^A-Za-z0-9-]/g, '_').slice(-Math.max(0, 79 - end.length));
  return end.length >= 78 ? end : `${readable}-${end}`;
}

/** FNV-1a, 32 bits, of a name that is no secret: tells two secrets apart whose names end alike. */
function fingerprint(text: string): string {
  let hash = 0x81_1c_9d_c5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01_00_01_93);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
