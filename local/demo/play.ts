import type { Meter } from '../console/meter.ts';
import type { Screen } from '../console/screen.ts';
import { read } from '../console/story.ts';
import type { SimulatorState } from '../databricks/control.ts';
import type { Ended } from '../ended-executions.ts';
import type { World } from '../world.ts';
import type { Wish } from './provisioning-objections.ts';
import { readPlan, readProvisioning } from './read-provisioning.ts';
import { readResult } from './read-result.ts';
import { readSync } from './read-sync.ts';
import type { SecretPlaces } from './secret-objections.ts';

/** What the acts of a scenario are played with. */
export interface Play {
  readonly world: World;
  readonly screen: Screen;
  readonly meter: Meter;
  /** Where secrets have to be, as the account stands. */
  readonly places: (world: World) => SecretPlaces;
}

/** Shows a secret sync, and answers whether it ended as it should. */
export async function showSync({ world, screen, meter, places }: Play, ended: Ended): Promise<boolean> {
  const result = await readSync(world, ended, { measured: meter.read(), places: places(world) });
  screen.sync(result);
  return result.ok;
}

/** Shows whatever ends next; syncs that a rollout or a provisioning ran within itself are part of its own result. */
export async function showNext(play: Play): Promise<void> {
  const before = play.world.databricks.control.state();
  for (;;) {
    const ended = await play.world.nextEnd();
    const input = await inputOf(play.world, ended);
    if (isPart(input)) continue;
    await showEnd(play, ended, { before, input });
    return;
  }
}

async function showEnd(
  play: Play,
  ended: Ended,
  { before, input }: { readonly before: SimulatorState; readonly input: Input },
): Promise<void> {
  const { world, screen, meter, places } = play;
  const { SecretSyncStateMachineArn: syncs, WorkspaceProvisioningStateMachineArn: provisionings } = world.outputs;
  if (ended.stateMachineArn === syncs) return void (await showSync(play, ended));
  const judged = { before, measured: meter.read(), places: places(world) };
  if (ended.stateMachineArn !== provisionings) screen.rollout(await readResult(world, ended, judged));
  else if (input.dryRun === true) screen.plan(readPlan(world, ended, judged));
  else screen.provisioning(await readProvisioning(world, ended, { ...judged, input }));
}

interface Input extends Wish {
  readonly dryRun?: unknown;
  readonly trigger?: { readonly kind?: string };
}

const isPart = ({ trigger }: Input): boolean => trigger?.kind === 'key-rollout' || trigger?.kind === 'provisioning';

async function inputOf(world: World, { executionArn }: Ended): Promise<Input> {
  const { input } = (await world.stepFunctions.handle('DescribeExecution', { executionArn })) as {
    readonly input?: string;
  };
  return read(input);
}
