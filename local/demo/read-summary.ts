import { read } from '../console/story.ts';
import type { World } from '../world.ts';

/** The output of the state that sums up; a failed execution has no output of its own. Undefined if it was not reached. */
export async function readSummary(world: World, executionArn: string, state: string): Promise<object | undefined> {
  const history = (await world.stepFunctions.handle('GetExecutionHistory', {
    executionArn,
    reverseOrder: true,
    maxResults: 100,
  })) as { readonly events: readonly Readonly<Record<string, unknown>>[] };
  for (const event of history.events) {
    const exited = event.stateExitedEventDetails as { readonly name: string; readonly output: string } | undefined;
    if (exited?.name === state) return read(exited.output);
  }
  return undefined;
}
