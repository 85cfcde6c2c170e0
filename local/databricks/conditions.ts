import type { Switches } from './switches.ts';

/** What every part of the simulator is run under. Nothing in it uses a timer: each part settles itself up to `now`. */
export interface Conditions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Read anew at each use, because a test or the control endpoint may change them. */
  readonly switches: () => Switches;
}
