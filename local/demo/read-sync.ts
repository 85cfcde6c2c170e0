import type { Measured } from '../console/meter.ts';
import type { SyncResult } from '../console/sync-result.ts';
import type { Ended } from '../ended-executions.ts';
import type { World } from '../world.ts';
import { readSummary } from './read-summary.ts';
import { type SecretPlaces, secretObjections } from './secret-objections.ts';

type Summary = Pick<SyncResult, 'headline' | 'scopes' | 'calls'>;

/** What a secret sync says of itself, and what simulated AWS and Databricks say of it. */
export async function readSync(
  world: World,
  ended: Ended,
  { measured, places }: { readonly measured: Measured; readonly places: SecretPlaces },
): Promise<SyncResult> {
  const summary = (await readSummary(world, ended.executionArn, 'Summarize sync')) as Summary | undefined;
  const objections = await secretObjections(world, places);
  return {
    event: 'sync',
    ok: ended.status === 'SUCCEEDED' && objections.length === 0,
    execution: ended.executionArn,
    status: ended.status,
    headline: summary?.headline ?? (ended.cause === undefined ? ended.status : `${ended.error}: ${ended.cause}`),
    scopes: summary?.scopes ?? [],
    calls: summary?.calls ?? 0,
    transitions: measured.transitions,
    seconds: Math.round(measured.seconds * 1000) / 1000,
    objections,
  };
}
