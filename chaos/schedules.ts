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
  readonly #stopped = new AbortController();
  readonly #running: readonly Promise<void>[];

  constructor(world: World, draw: Draw, story: Story) {
    this.#world = world;
    this.#story = story;
    this.#running = world.schedules
      .filter(({ enabled }) => enabled)
      .map((schedule) => this.#keep(schedule, draw.about(schedule.expression).between(0, periodOf(schedule))));
  }

  /** Nothing fires any more; what was fired goes on. */
  async stop(): Promise<void> {
    this.#stopped.abort(new Error('the schedules are stopped'));
    await Promise.all(this.#running);
  }

  async #keep(schedule: Schedule, afterMs: number): Promise<void> {
    const { clock } = this.#world;
    const actor = clock.enter();
    try {
      for (let due = clock.now() + afterMs; await this.#slept(actor, due); due += periodOf(schedule)) {
        this.#story.tell(clock.now(), `schedule: ${schedule.description ?? schedule.name}`);
        await schedule.fire();
      }
    } finally {
      actor.leave();
    }
  }

  /** False once the schedules are stopped. */
  async #slept(actor: Actor, until: number): Promise<boolean> {
    const { signal } = this.#stopped;
    if (signal.aborted) return false;
    try {
      await actor.sleepUntil(until, signal);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      throw error;
    }
  }
}
