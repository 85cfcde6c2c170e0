import type { Actor } from '../local/clock.ts';
import type { World } from '../local/world.ts';
import { type Execution, executionsOf, runningExecutions } from './executions.ts';
import { ALIASES, type BindingId } from './scenario.ts';
import { periodOf, type Schedules } from './schedules.ts';
import type { Story } from './story.ts';

const MINUTE = 60_000;

/** Longer than anything that runs may take once nothing goes wrong: a machine waits three hours for another's lease. */
const LONGEST_MS = 12 * 60 * MINUTE;

export interface Quiet {
  /** When it began, milliseconds. */
  readonly from: number;
  /** The last rollout of each binding. */
  readonly rollouts: ReadonlyMap<BindingId, Execution>;
  /** The last sync of everything. */
  readonly sync: Execution | undefined;
}

/**
 * Waits until nothing runs that runs now and no event is under way. Answers those that still run after twelve hours. What
 * schedules start meanwhile is not waited for.
 */
export async function settle(world: World, actor: Actor): Promise<readonly string[]> {
  const until = world.clock.now() + LONGEST_MS;
  await actor.away(world.aws.settled());
  const awaited = new Set(await runningExecutions(world));
  for (;;) {
    const running = (await runningExecutions(world)).filter((arn) => awaited.has(arn));
    if (running.length === 0 || world.clock.now() > until) return running;
    await actor.sleepUntil(world.clock.now() + MINUTE);
    await actor.away(world.aws.settled());
  }
}

/**
 * So often every schedule comes round while nothing goes wrong. The first time a lease may stand that was left behind,
 * which ends within the hour; the second time everything is as it should be; the third one has to find it so.
 */
const ROUNDS = 3;
const HOUR = 60 * MINUTE;

/**
 * Hours in which nothing but schedules starts anything. Then they end, those first that come round least often: what they
 * leave to the others has to be done by these. Answers what does not end.
 */
export async function quietHours(world: World, schedules: Schedules, actor: Actor): Promise<readonly string[]> {
  const longest = (most: number): number => Math.max(...world.schedules.map(periodOf).filter((ms) => ms < most));
  await actor.sleepUntil(world.clock.now() + ROUNDS * longest(Number.POSITIVE_INFINITY));
  await schedules.stop(HOUR);
  const stuck = await settle(world, actor);
  await actor.sleepUntil(world.clock.now() + longest(HOUR));
  await schedules.stop(0);
  return [...stuck, ...(await windDown(world, actor))];
}

/** Waits until nothing runs at all. Answers what does not end. */
async function windDown(world: World, actor: Actor): Promise<readonly string[]> {
  for (;;) {
    const stuck = await settle(world, actor);
    if (stuck.length > 0 || (await runningExecutions(world)).length === 0) return stuck;
  }
}

/** What a person does whom the alarm of a dead-letter queue woke: each queue is replayed once, where there are letters. */
export async function replayDeadLetters(world: World, actor: Actor, story: Story): Promise<void> {
  const { sqs } = world.aws;
  if (sqs.arns().every((arn) => sqs.messages(arn).length === 0)) return;
  for (const queue of ['key-rollout', 'key-watch', 'compute-care', 'secret-sync']) {
    const { status, output } = await actor.away(world.replayDeadLetters({ queue }));
    story.tell(world.clock.now(), `dead letters of ${queue}: ${status} ${JSON.stringify(output)}`);
  }
}

/** What the schedules have brought about since then. */
export async function quietSince(from: number, world: World): Promise<Quiet> {
  const started = (await executionsOf(world, 'KeyRolloutStateMachineArn')).filter(({ startedAt }) => startedAt >= from);
  const rollouts = new Map<BindingId, Execution>();
  for (const binding of Object.keys(ALIASES) as BindingId[]) {
    const last = started.findLast(({ input }) => input.bindingId === binding && input.dryRun !== true);
    if (last !== undefined) rollouts.set(binding, last);
  }
  const syncs = await executionsOf(world, 'SecretSyncStateMachineArn');
  const sync = syncs.findLast((one) => one.startedAt >= from && isOfSchedule(one));
  return { from, rollouts, sync };
}

const isOfSchedule = ({ input }: Execution): boolean =>
  (input.trigger as { readonly kind?: string } | undefined)?.kind === 'schedule';
