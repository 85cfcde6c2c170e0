import type { Actor } from '../local/clock.ts';
import type { World } from '../local/world.ts';
import type { Draw } from './draw.ts';
import type { Story } from './story.ts';

type Schedule = World['schedules'][number];

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Milliseconds between two firings of `rate(15 minutes)`; schedules of this stage have no other form. */
export function periodOf({ name, expression }: Pick<Schedule, 'name' | 'expression'>): number {
  const [, count = '', unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const unitMs = UNIT_MS[unit];
  if (unitMs === undefined) throw new Error(`schedule ${name} is ${expression}; wanted rate(...)`);
  return Number(count) * unitMs;
}

/**
 * Lets the local clock fire the schedules of the template, each with its own input and at its own rate, as EventBridge
 * Scheduler does in AWS. The stage was deployed some time ago: where in its period each schedule stands is drawn.
 */
export class Schedules {
  readonly #world: World;
  readonly #story: Story;
  readonly #kept: readonly Kept[];

  constructor(world: World, draw: Draw, story: Story) {
    this.#world = world;
    this.#story = story;
    this.#kept = world.schedules
      .filter(({ enabled }) => enabled)
      .map((schedule) => {
        const periodMs = periodOf(schedule);
        const end = new AbortController();
        const afterMs = draw.about(schedule.expression).between(0, periodMs);
        return { periodMs, end, running: this.#keep(schedule, afterMs, end.signal) };
      });
  }

  /** Nothing fires any more that comes round in this time or a longer one; what was fired goes on. */
  async stop(periodMs: number): Promise<void> {
    const stopped = this.#kept.filter((one) => one.periodMs >= periodMs);
    for (const { end } of stopped) end.abort(new Error('the schedule is stopped'));
    await Promise.all(stopped.map(({ running }) => running));
  }

  async #keep(schedule: Schedule, afterMs: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#world;
    const actor = clock.enter();
    try {
      for (let due = clock.now() + afterMs; await slept(actor, due, signal); due += periodOf(schedule)) {
        this.#story.tell(clock.now(), `schedule: ${schedule.description ?? schedule.name}`);
        await schedule.fire();
      }
    } finally {
      actor.leave();
    }
  }
}

interface Kept {
  readonly periodMs: number;
  readonly end: AbortController;
  readonly running: Promise<void>;
}

/** False once the schedule is stopped. */
async function slept(actor: Actor, until: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  try {
    await actor.sleepUntil(until, signal);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
