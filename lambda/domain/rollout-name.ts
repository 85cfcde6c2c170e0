import { keyArn } from './arn.ts';
import type { KmsKey } from './key.ts';

/**
 * Execution name of a rollout: binding, key id, the first 8 digits of the key material's id, attempt. At most 80
 * characters (30 + 36 + 8 + 1 and three hyphens), which Step Functions allows.
 */
export function rolloutName(bindingId: string, key: KmsKey, attempt: number): string {
  const material = (key.materialId ?? 'material').slice(0, 8);
  return `${bindingId}-${keyArn(key.arn).keyId}-${material}-${attempt}`;
}
