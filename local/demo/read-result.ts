import type { Measured } from '../console/meter.ts';
import type { Result } from '../console/result.ts';
import type { SimulatorState } from '../databricks/control.ts';
import type { Ended } from '../ended-executions.ts';
import type { World } from '../world.ts';
import { objections } from './objections.ts';
import { readSummary } from './read-summary.ts';
import { type SecretPlaces, secretObjections } from './secret-objections.ts';

type Summary = Pick<Result, 'headline' | 'keyConfigurationId' | 'workspaces' | 'calls'>;

/** What the end of an operation is judged by. */
export interface Judged {
  /** The account before it began. */
  readonly before: SimulatorState;
  readonly measured: Measured;
  readonly places: SecretPlaces;
}

/** What a rollout says of itself, and what simulated AWS and Databricks say of it. */
export async function readResult(world: World, ended: Ended, { before, measured, places }: Judged): Promise<Result> {
  const after = world.databricks.control.state();
  const summary = (await readSummary(world, ended.executionArn, 'Summarize')) as Summary | undefined;
  const workspaces = summary?.workspaces ?? [];
  const found = [
    ...objections(before, after, new Map(workspaces.map((one) => [one.workspaceId, one.keyConfigurationId]))),
    ...(await secretObjections(world, places)),
  ];
  return {
    event: 'result',
    ok: ended.status === 'SUCCEEDED' && found.length === 0,
    execution: ended.executionArn,
    status: ended.status,
    headline: summary?.headline ?? (ended.cause === undefined ? ended.status : `${ended.error}: ${ended.cause}`),
    keyConfigurationId: summary?.keyConfigurationId ?? null,
    workspaces,
    calls: summary?.calls ?? 0,
    transitions: measured.transitions,
    simulatedSeconds: Math.round((after.now - before.now) / 1000),
    seconds: Math.round(measured.seconds * 10) / 10,
    objections: found,
  };
}
