import type { SecretFact } from './secret-event.ts';

/**
 * Execution name of the sync that an event starts. A new version is told by several events in one second: they make one
 * sync, named by the secret, the version and the second, because a secret may come back to a version it had before. Any
 * other event makes one of its own, also if it arrives twice: a tag may come and go within a second. At most 80
 * characters, which Step Functions allows: 8 + 36 + 9 and hyphens, and the end of the secret's name with what is left.
 */
export function syncName({ name, secretId, versionId, event }: SecretFact): string {
  const seconds = Math.floor(Date.parse(event.time) / 1000);
  const cause = versionId === undefined || Number.isNaN(seconds) ? event.id : `${versionId}-${seconds.toString(36)}`;
  const end = [fingerprint(secretId), cause]
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
