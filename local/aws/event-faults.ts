import { Draws } from '../draws.ts';
import type { BusEvent } from './service.ts';

/**
 * What EventBridge may do to an event ("at-least-once delivery", no promise of order), and what befalls one before it
 * comes there. Milliseconds of the local clock.
 */
export type EventFaultEffect =
  | { readonly kind: 'duplicated'; readonly laterMs: number }
  | { readonly kind: 'late'; readonly byMs: number }
  /** Late by any part of this time, each event by its own: those that come close together change places. */
  | { readonly kind: 'reordered'; readonly withinMs: number }
  | { readonly kind: 'lost' };

export type EventFault = EventFaultEffect & {
  /** Exactly so; left out, any. */
  readonly source?: string;
  /** From 0 to 1, drawn for each event and rule by the seed, until the faults are cleared. */
  readonly probability: number;
};

/** The faults of the event bus that are in force; the oldest that matches strikes. */
export class EventFaults {
  readonly #draws: Draws;
  #standing: readonly EventFault[] = [];

  /** `randomSeed` makes the draws repeatable. */
  constructor(randomSeed: number) {
    this.#draws = new Draws(randomSeed);
  }

  add(fault: EventFault): void {
    this.#standing = [...this.#standing, fault];
  }

  clear(): void {
    this.#standing = [];
  }

  /** When one rule is to deliver an event, in milliseconds from now: once, several times, or never. */
  deliveries(event: BusEvent, ruleName: string): readonly number[] {
    const hit = this.#standing.find(
      ({ source, probability }, index) =>
        (source === undefined || source === event.source) &&
        this.#draws.next(`fault ${index} ${event['detail-type']} ${ruleName}`) < probability,
    );
    switch (hit?.kind) {
      case 'duplicated':
        return [0, hit.laterMs];
      case 'late':
        return [hit.byMs];
      case 'reordered':
        return [Math.round(this.#draws.next(`place ${event['detail-type']} ${ruleName}`) * hit.withinMs)];
      case 'lost':
        return [];
      case undefined:
        return [0];
    }
  }
}
