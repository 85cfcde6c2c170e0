import type { Health } from '../contract/api-answers.ts';
import { AutomationError } from '../domain/failure.ts';
import type { KeyRegistry, Leases } from './ports.ts';

export interface HealthPorts {
  readonly version: string;
  readonly registry: Pick<KeyRegistry, 'list'>;
  readonly leases: Pick<Leases, 'holder'>;
}

/** Whether everything answers that this product needs; reads only. */
export async function checkHealth({ version, registry, leases }: HealthPorts): Promise<Health> {
  const checks = await Promise.all([
    check('Databricks account, with its credentials', () => registry.list()),
    check('state table', () => leases.holder('health')),
  ]);
  return { status: checks.every(({ ok }) => ok) ? 'ok' : 'failing', version, checks };
}

async function check(name: string, look: () => Promise<unknown>): Promise<Health['checks'][number]> {
  try {
    await look();
    return { name, ok: true, failure: null };
  } catch (error) {
    // What cannot be named is not told to callers.
    const failure =
      error instanceof AutomationError
        ? { name: error.name, message: error.message }
        : { name: 'Unknown', message: 'see the log of this function' };
    return { name, ok: false, failure };
  }
}
