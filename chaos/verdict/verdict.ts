import type { SimulatorState } from '../../local/databricks/control.ts';
import { objections as computeObjections } from '../../local/demo/objections.ts';
import type { World } from '../../local/world.ts';
import type { GroundTruth } from '../ground-truth.ts';
import type { Wish } from '../provisioning/wishes.ts';
import type { Quiet } from '../quiet-hour.ts';
import type { Witness } from '../witness.ts';
import { duplicateObjections, holdObjections, keyObjections } from './keys.ts';
import { type Intents, provisioningObjections } from './provisioning.ts';
import { secretObjections } from './secrets.ts';
import { stateObjections } from './state.ts';
import { storedItems } from './stored.ts';

export interface Case {
  readonly world: World;
  readonly truth: GroundTruth;
  readonly witness: Witness;
  /** The simulated account before anything happened. */
  readonly before: SimulatorState;
  readonly quiet: Quiet;
  readonly wishes: readonly Wish[];
  readonly intents: Intents;
}

/** What must hold after all that, by the simulator and the tables themselves. Empty if all of it does. */
export async function verdictOf({
  world,
  truth,
  witness,
  before,
  quiet,
  wishes,
  intents,
}: Case): Promise<readonly string[]> {
  truth.look();
  const items = await storedItems(world);
  await witness.search(world);
  return [
    ...(await keyObjections(world, truth, quiet)),
    ...duplicateObjections(world, truth),
    ...holdObjections(world, truth, items),
    ...computeObjections(before, world.databricks.control.state(), new Map()).filter(isOurs),
    ...stateObjections(items, world.clock.now()),
    ...(await secretObjections(world, truth)),
    ...(await provisioningObjections(world, wishes, intents)),
    ...(quiet.sync?.status === 'SUCCEEDED'
      ? []
      : [`the last secret sync ended ${quiet.sync?.status ?? 'not, because there was none'}: ${quiet.sync?.cause}`]),
    ...witness.leaks,
  ];
}

/** What a scheduler of Databricks starts during an update, nobody can keep it from. */
const isOurs = (objection: string): boolean => !objection.includes('was started by the scheduler');
