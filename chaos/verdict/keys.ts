import type { World } from '../../local/world.ts';
import { keyBehind } from '../act.ts';
import { configurationsOf, type GroundTruth } from '../ground-truth.ts';
import type { Quiet } from '../quiet-hour.ts';
import { type BindingId, BOUND } from '../scenario.ts';
import type { Stored } from './stored.ts';

/** Every bound workspace is on the key behind its alias, under a configuration as new as its material, or is reported. */
export async function keyObjections(world: World, truth: GroundTruth, quiet: Quiet): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [binding, workspaceIds] of Object.entries(BOUND) as [BindingId, readonly string[]][]) {
    const keyArn = await keyBehind(world, binding);
    const wrong = workspaceIds.filter((id) => keyArn === undefined || !isCurrent(world, truth, id, keyArn));
    const ended = quiet.rollouts.get(binding);
    for (const id of wrong) {
      if (isReported(world, id, ended?.cause)) continue;
      found.push(`workspace ${id} of ${binding} is not on the current key, and the last rollout says ${ended?.status}`);
    }
    if (wrong.length === 0 && ended?.status !== 'SUCCEEDED') {
      found.push(
        `every workspace of ${binding} is right, and its last rollout ended ${ended?.status}: ${ended?.cause}`,
      );
    }
  }
  return found;
}

function isCurrent(world: World, truth: GroundTruth, workspaceId: string, keyArn: string): boolean {
  const workspace = world.databricks.control.state().workspaces.find(({ id }) => id === workspaceId);
  const used = configurationsOf(world, keyArn).find(({ id }) => id === workspace?.managedServicesKeyId);
  const era = truth.eras.findLast((one) => one.keyArn === keyArn);
  return used !== undefined && era?.earlier.has(used.id) !== true;
}

/** The rollout's own end names it, and so does a message to people. */
const isReported = (world: World, workspaceId: string, cause: string | undefined): boolean =>
  cause?.includes(workspaceId) === true && world.aws.sns.published.some(({ message }) => message.includes(workspaceId));

/** A key has one configuration for each material, however often its rotation was told. */
export function duplicateObjections(world: World, truth: GroundTruth): readonly string[] {
  const { keyConfigurations } = world.databricks.control.state();
  const arns = keyConfigurations.map((body) => (body as { aws_key_info: { key_arn: string } }).aws_key_info.key_arn);
  return [...new Set(arns)].flatMap((keyArn) => {
    const made = arns.filter((arn) => arn === keyArn).length;
    const wanted = 1 + truth.eras.filter((era) => era.keyArn === keyArn).length;
    return made > wanted ? [`key ${keyArn} has ${made} key configurations; its materials need ${wanted}`] : [];
  });
}

const DAY_MS = 24 * 60 * 60_000;

/** What a workspace left within the last day is on record, and its configuration is there. */
export function holdObjections(world: World, truth: GroundTruth, items: readonly Stored[]): readonly string[] {
  if (world.clock.now() - truth.beganAt > DAY_MS) return [];
  const { workspaces, keyConfigurations } = world.databricks.control.state();
  const held = new Set(items.filter(({ pk }) => pk === 'held-key').map(({ sk }) => sk));
  const kept = new Set(keyConfigurations.map((one) => one.customer_managed_key_id));
  return workspaces.flatMap(({ id, managedServicesKeyId, storageKeyId }) =>
    [...(truth.seen.get(id) ?? [])]
      .filter((left) => left !== managedServicesKeyId && left !== storageKeyId)
      .flatMap((left) => [
        ...(held.has(`${id}/${left}`) ? [] : [`workspace ${id} left key configuration ${left}, which nothing holds`]),
        ...(kept.has(left) ? [] : [`key configuration ${left} was deleted within a day after workspace ${id} left it`]),
      ]),
  );
}
