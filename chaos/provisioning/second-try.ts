import type { Operation } from '../../lambda/contract/api-answers.ts';
import { FAILURE } from '../../lambda/contract/failures.ts';
import type { World } from '../../local/world.ts';
import type { Desk } from './desk.ts';
import type { Wish } from './wishes.ts';

/** A lease may stand whose execution is gone; the API refuses until it ends, and says when that is. */
const LEASE_MINUTES = 60;

/**
 * When nothing goes wrong any more, people ask once more for what they asked for last. A workspace that Databricks has
 * left FAILED they have created once more, as docs/workspaces.md tells them; one that was deleted because it was FAILED,
 * as the request says, they ask for again. Answers what did not become of it.
 */
export async function askAgain(wishes: readonly Wish[], desk: Desk, world: World): Promise<readonly string[]> {
  const objections: string[] = [];
  for (const wish of wishes) {
    const intent = desk.intents.get(wish.workspaceName);
    if (intent === 'there') objections.push(...(await bringAbout(wish, desk, world)));
    if (intent === 'gone') objections.push(...(await bringAway(wish, desk)));
  }
  return objections;
}

async function bringAbout(wish: Wish, desk: Desk, world: World): Promise<readonly string[]> {
  const first = await endOf(await desk.provision(wish), desk);
  if (first?.status === 'SUCCEEDED') return [];
  if (first?.failure?.message.includes(FAILURE.workspaceFailed) !== true) {
    return [`${wish.workspaceName}, asked for again, ${toldOf(first)}`];
  }
  const { workspaces } = world.databricks.control.state();
  const isFailed = workspaces.some(({ name, status }) => name === wish.workspaceName && status === 'FAILED');
  const second = await endOf(await desk.provision(isFailed ? { ...wish, onFailure: 'recreate' } : wish), desk);
  return second?.status === 'SUCCEEDED' ? [] : [`${wish.workspaceName}, to be created once more, ${toldOf(second)}`];
}

async function bringAway({ workspaceName, network }: Wish, desk: Desk): Promise<readonly string[]> {
  const isGiven = 'id' in (network ?? {});
  const what = `the removal of ${workspaceName}, asked for again,`;
  for (let minutes = 0; minutes <= LEASE_MINUTES; minutes += 10) {
    if (desk.idOf(workspaceName) === undefined) return [];
    const operation = await desk.remove(workspaceName, isGiven ? 'keep' : 'delete');
    const ended = await endOf(operation, desk);
    if (ended !== undefined) return ended.status === 'SUCCEEDED' ? [] : [`${what} ${toldOf(ended)}`];
    await desk.pause(10 * 60_000);
  }
  return [`${what} ${toldOf(undefined)}`];
}

const endOf = async (operation: Operation | undefined, desk: Desk): Promise<Operation | undefined> =>
  operation && (await desk.ended(operation.id));

const toldOf = (ended: Operation | undefined): string =>
  ended === undefined
    ? 'was refused by the API'
    : `ended ${ended.status}: ${ended.failure?.name} ${ended.failure?.message}`;
