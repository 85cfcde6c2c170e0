import type { Actor } from '../local/clock.ts';
import { startWorld, type World } from '../local/world.ts';
import { act, type Stage } from './act.ts';
import { Draw } from './draw.ts';
import { clearFaults, drawFaults, type FaultPlan, raiseFaults } from './fault-plan.ts';
import { GroundTruth } from './ground-truth.ts';
import { drawHappenings, type Planned } from './happenings.ts';
import { Desk } from './provisioning/desk.ts';
import { drawProvisioning, mend } from './provisioning/happenings.ts';
import { askAgain } from './provisioning/second-try.ts';
import { drawWishes, makeKeys } from './provisioning/wishes.ts';
import { quietHours, quietSince, replayDeadLetters, settle } from './quiet-hour.ts';
import { BINDINGS, drawScenario, FOREIGN, type Scenario } from './scenario.ts';
import { Schedules } from './schedules.ts';
import { Stopper } from './stopper.ts';
import { Story } from './story.ts';
import { verdictOf } from './verdict/verdict.ts';
import { Witness } from './witness.ts';

export interface Run {
  readonly seed: number;
  readonly scenario: Scenario;
  readonly faults: FaultPlan;
  readonly happenings: readonly Planned[];
  /** Requests to Databricks that a fault struck. */
  readonly struck: number;
  readonly executions: number;
  readonly stopped: readonly string[];
  readonly simulatedMinutes: number;
  readonly objections: readonly string[];
  readonly story: Story;
}

const MINUTE = 60_000;

/**
 * One world from its beginning to its verdict. The seed decides what it is like, what happens in it and what goes wrong;
 * which of two threads is first is decided by the machine.
 */
export async function oneRun(seed: number): Promise<Run> {
  const draw = new Draw(seed);
  const scenario = drawScenario(draw.about('scenario'));
  const faults = drawFaults(draw.about('faults'));
  const wishes = drawWishes(draw.about('wishes'));
  const happenings = [
    ...drawHappenings(draw.about('happenings')),
    ...drawProvisioning(draw.about('provisioning'), wishes),
  ].toSorted((one, other) => one.at - other.at);
  const witness = new Witness();
  const stopper = new Stopper();
  const story = new Story();
  const started = new Set<string>();
  const world: World = await startWorld({
    ...{ bindings: BINDINGS, account: scenario.account, makeSecrets: scenario.makeSecrets },
    ...{ randomSeed: seed, databricksAheadMs: faults.databricksAheadMs },
    onHistory: (event) => {
      started.add(event.executionArn);
      story.step(event);
      witness.hear(event.executionArn, event);
      stopper.hear(event, () => world.stepFunctions);
    },
    onLog: (text) => witness.hear('log', text),
    onEvent: (event) => witness.hear('event', event),
  });
  const actor = world.clock.enter();
  try {
    witness.forbid(world.databricks.clientSecret);
    world.databricks.control.setSwitches(scenario.switches);
    await makeKeys(wishes, world);
    const desk = new Desk(world, witness, story);
    const truth = new GroundTruth(world, FOREIGN);
    truth.firstKeys.set('alpha', world.keyArn);
    const before = world.databricks.control.state();
    raiseFaults(faults, world);
    const schedules = new Schedules(world, draw.about('schedules'), story);
    const calmAfter = draw.about('calm').whole(1, 60) * MINUTE;
    await unfold(happenings, calmAfter, { world, truth, stopper, story, desk }, actor);
    const struck = world.databricks.control.requests().filter(({ fault }) => fault !== null).length;
    clearFaults(world);
    mend(world);
    story.tell(world.clock.now(), 'from now on nothing goes wrong any more');
    stopper.disarm();
    await actor.away(desk.idle());
    const stuck = [...(await settle(world, actor))];
    const facts = { seed, scenario, faults, happenings, struck, stopped: stopper.stopped, story };
    const ended = () => ({
      executions: started.size,
      simulatedMinutes: Math.round((world.clock.now() - truth.beganAt) / MINUTE),
    });
    const from = world.clock.now();
    story.tell(from, 'the quiet hours begin');
    await replayDeadLetters(world, actor, story);
    const unmet = await actor.away(askAgain(wishes, desk, world));
    stuck.push(...(await quietHours(world, schedules, actor)));
    if (stuck.length > 0) return { ...facts, ...ended(), objections: stuck.map((arn) => `${arn} does not end`) };
    const quiet = await quietSince(from, world);
    story.requests(world.databricks.control.requests());
    story.violations(world.databricks.control.state());
    const objections = [
      ...unmet,
      ...(await verdictOf({ world, truth, witness, before, quiet, wishes, intents: desk.intents })),
    ];
    return { ...facts, ...ended(), objections };
  } finally {
    actor.leave();
    await world.close();
  }
}

/** Lets everything happen at its time, and leaves the faults in force for a while after the last. */
async function unfold(happenings: readonly Planned[], calmAfterMs: number, stage: Stage, actor: Actor): Promise<void> {
  const from = stage.world.clock.now();
  for (const { at, what } of happenings) {
    await actor.sleepUntil(from + at);
    await act(what, stage);
  }
  await actor.sleepUntil(from + (happenings.at(-1)?.at ?? 0) + calmAfterMs);
}
