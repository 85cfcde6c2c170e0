import type { RolloutTiming } from '../../lambda/contract/bindings.ts';
import { CHANGE_MINUTES } from '../../lambda/contract/rollout.ts';
import type { Problems } from './problems.ts';

/**
 * Databricks asks for 20 minutes of rest. Six reads, 30 s apart, see a change that is taken back within two and a half
 * minutes; the others were chosen so that a slow workspace still makes it.
 */
const DEFAULT_TIMING: RolloutTiming = {
  computePollSeconds: 15,
  computeStopDeadlineMinutes: 30,
  keyPollSeconds: 30,
  keyDeadlineMinutes: 45,
  stableReads: 6,
  storageRestMinutes: 20,
  leaseMinutes: 60,
};

/** The timing with its defaults; problems are added, not thrown. */
export function readTiming(given: Partial<RolloutTiming> | undefined, problems: Problems): RolloutTiming {
  const timing: RolloutTiming = { ...DEFAULT_TIMING, ...given };
  for (const [name, value] of Object.entries(timing)) {
    if (!(name in DEFAULT_TIMING))
      problems.add(`timing.${name}`, value, `one of ${Object.keys(DEFAULT_TIMING).join(', ')}`);
    else if (!Number.isInteger(value) || value < 1)
      problems.add(`timing.${name}`, value, 'a whole number of at least 1');
  }
  // A change that nobody sees the end of is waited for, too.
  const rest = CHANGE_MINUTES + timing.storageRestMinutes;
  const longest = Math.max(rest, timing.computePollSeconds / 60, timing.keyPollSeconds / 60);
  if (timing.storageRestMinutes < 20)
    problems.add('timing.storageRestMinutes', timing.storageRestMinutes, 'at least 20, as Databricks asks');
  if (timing.leaseMinutes < longest + 15) {
    problems.add(
      'timing.leaseMinutes',
      timing.leaseMinutes,
      `at least ${Math.ceil(longest + 15)}: 15 minutes longer than the longest wait`,
    );
  }
  return timing;
}
