import { keyArn } from './arn.ts';
import type { KmsKey } from './key.ts';
import type { KmsFact } from './kms-event.ts';

/**
 * Execution name of a rollout: binding, key id, what happened to the key, attempt. A rotation is named by the first 8
 * digits of the key material's id; a moved alias by the second in which it moved, because it may come back to the same
 * key. At most 80 characters (30 + 36 + 9 + 1 and three hyphens), which Step Functions allows.
 */
export function rolloutName(bindingId: string, key: KmsKey, fact: KmsFact, attempt: number): string {
  return `${bindingId}-${keyArn(key.arn).keyId}-${happened(key, fact)}-${attempt}`;
}

function happened(key: KmsKey, fact: KmsFact): string {
  if (fact.kind === 'material-rotation') return `m${(key.materialId ?? 'aterial').slice(0, 8)}`;
  const seconds = Math.floor(Date.parse(fact.event.time) / 1000);
  return Number.isNaN(seconds) ? 'moved' : `t${seconds.toString(36)}`;
}
