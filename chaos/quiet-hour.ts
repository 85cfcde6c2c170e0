import type { Actor } from '../local/clock.ts';
import type { Ended, World } from '../local/world.ts';
import { ALIASES, type BindingId, WORKSPACES } from './scenario.ts';

const MINUTE = 60_000;

/** Longer than anything that runs may take once nothing goes wrong: a machine waits three hours for another's lease. */
const LONGEST_MS = 12 * 60 * MINUTE;

export interface Quiet {
  /** The last rollout of each binding. */
  readonly rollouts: ReadonlyMap<BindingId, Ended>;
  readonly sync: Ended;
}

/** Waits until no execution runs and no event is under way. Answers those that still run after twelve hours. */
export async function settle(world: World, actor: Actor): Promise<readonly string[]> {
  const until = world.clock.now() + LONGEST_MS;
  for (;;) {
    await actor.away(world.aws.settled());
    const running = await runningExecutions(world);
    if (running.length === 0 || world.clock.now() > until) return running;
    await actor.sleepUntil(world.clock.now() + MINUTE);
  }
}

/** The hour after everything went wrong: what schedules do comes round twice. */
export async function quietHour(world: World, actor: Actor): Promise<Quiet> {
  const from = world.clock.now();
  await reconcile(world, actor);
  await actor.sleepUntil(from + 60 * MINUTE);
  const last = await reconcile(world, actor);
  // A lease that an invocation left behind ends by itself.
  await actor.sleepUntil(world.clock.now() + 15 * MINUTE);
  return last;
}

/**
 * What scheduled reconciliation does by itself: a rollout of each binding, the restart of what is on record as stopped,
 * a secret sync, a look at the keys. As long as a stage has no schedule for the first two, they are started by hand here
 * and nowhere else.
 */
async function reconcile(world: World, actor: Actor): Promise<Quiet> {
  const rollouts = new Map<BindingId, Ended>();
  for (const bindingId of Object.keys(ALIASES) as BindingId[]) {
    rollouts.set(bindingId, await actor.away(world.rollOut({ bindingId })));
  }
  await actor.away(world.rollOut({ restart: { workspaceIds: WORKSPACES } }));
  await actor.away(world.scheduledWatch());
  world.forgetEnds();
  return { rollouts, sync: await actor.away(world.scheduledSync()) };
}

async function runningExecutions({ stepFunctions, outputs }: World): Promise<readonly string[]> {
  const machines = [outputs.KeyRolloutStateMachineArn, outputs.SecretSyncStateMachineArn];
  const lists = await Promise.all(
    machines.map(async (stateMachineArn) => {
      const { executions } = (await stepFunctions.handle('ListExecutions', {
        stateMachineArn,
        statusFilter: 'RUNNING',
      })) as { readonly executions: readonly { readonly executionArn: string }[] };
      return executions.map(({ executionArn }) => executionArn);
    }),
  );
  return lists.flat();
}
