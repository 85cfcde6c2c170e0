import type { Result, WorkspaceOutcome } from '../console/result.ts';
import { read } from '../console/story.ts';
import type { SimulatorState } from '../databricks/control.ts';
import type { Ended, World } from '../world.ts';
import { objections } from './objections.ts';

interface Summary {
  readonly headline: string;
  readonly keyConfigurationId: string | null;
  readonly workspaces: readonly WorkspaceOutcome[];
  readonly calls: number;
}

/** What a rollout says of itself, and what the simulated Databricks says of it. */
export async function readResult(
  world: World,
  ended: Ended,
  before: SimulatorState,
  measured: { readonly transitions: ReadonlyMap<string, number>; readonly seconds: number },
): Promise<Result> {
  const after = world.databricks.control.state();
  const summary = await readSummary(world, ended.executionArn);
  const workspaces = summary?.workspaces ?? [];
  const found = objections(before, after, new Map(workspaces.map((one) => [one.workspaceId, one.keyConfigurationId])));
  return {
    event: 'result',
    ok: ended.status === 'SUCCEEDED' && found.length === 0,
    execution: ended.executionArn,
    status: ended.status,
    headline: summary?.headline ?? (ended.cause === undefined ? ended.status : `${ended.error}: ${ended.cause}`),
    keyConfigurationId: summary?.keyConfigurationId ?? null,
    workspaces,
    calls: summary?.calls ?? 0,
    transitions: [...measured.transitions.values()].reduce((sum, count) => sum + count, 0),
    simulatedSeconds: Math.round((after.now - before.now) / 1000),
    seconds: Math.round(measured.seconds * 10) / 10,
    objections: found,
  };
}

/** The output of the state "Summarize"; a failed execution has no output of its own. */
async function readSummary(world: World, executionArn: string): Promise<Summary | undefined> {
  const history = (await world.stepFunctions.handle('GetExecutionHistory', {
    executionArn,
    reverseOrder: true,
    maxResults: 100,
  })) as { readonly events: readonly Readonly<Record<string, unknown>>[] };
  for (const event of history.events) {
    const exited = event.stateExitedEventDetails as { readonly name: string; readonly output: string } | undefined;
    if (exited?.name === 'Summarize') return read(exited.output) as unknown as Summary;
  }
  return undefined;
}
