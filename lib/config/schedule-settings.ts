import { checkSettings, checkWhole } from './binding-checks.ts';
import type { Problems } from './problems.ts';
import type {
  ComputeSweepConfig,
  EventsConfig,
  KeyReconciliationConfig,
  KeyWatchConfig,
  SecretSyncConfig,
} from './stage-config.ts';

/** How often what is looked at, with its default; problems are added, not thrown. */
export function readSecretSync(given: SecretSyncConfig | undefined, problems: Problems): Required<SecretSyncConfig> {
  const { everyMinutes = 30, concurrency = 10, ...others } = given ?? {};
  checkSettings(others, ['everyMinutes', 'concurrency'], 'secretSync', problems);
  if (everyMinutes !== 'off' && !(Number.isInteger(everyMinutes) && everyMinutes >= 5 && everyMinutes <= 1440)) {
    problems.add('secretSync.everyMinutes', everyMinutes, "'off' or a whole number from 5 to 1440");
  }
  checkWhole(concurrency, 1, 40, 'secretSync.concurrency', problems);
  return { everyMinutes, concurrency };
}

export function readKeyWatch(given: KeyWatchConfig | undefined, problems: Problems): Required<KeyWatchConfig> {
  const { scheduleMinutes = 60, ...others } = given ?? {};
  checkSettings(others, ['scheduleMinutes'], 'keyWatch', problems);
  checkWhole(scheduleMinutes, 5, 1440, 'keyWatch.scheduleMinutes', problems);
  return { scheduleMinutes };
}

/** The same for the look at every key binding. */
export function readKeyReconciliation(
  given: KeyReconciliationConfig | undefined,
  problems: Problems,
): Required<KeyReconciliationConfig> {
  const { everyHours = 24, ...others } = given ?? {};
  checkSettings(others, ['everyHours'], 'keyReconciliation', problems);
  if (everyHours !== 'off' && !(Number.isInteger(everyHours) && everyHours >= 1 && everyHours <= 168)) {
    problems.add('keyReconciliation.everyHours', everyHours, "'off' or a whole number from 1 to 168");
  }
  return { everyHours };
}

/** The same for the look for compute that was left stopped. */
export function readComputeSweep(
  given: ComputeSweepConfig | undefined,
  problems: Problems,
): Required<ComputeSweepConfig> {
  const { everyMinutes = 15, ...others } = given ?? {};
  checkSettings(others, ['everyMinutes'], 'computeSweep', problems);
  checkWhole(everyMinutes, 5, 1440, 'computeSweep.everyMinutes', problems);
  return { everyMinutes };
}

/** How long events are kept; undefined where they are not. */
export function readArchiveDays(given: EventsConfig | undefined, problems: Problems): number | undefined {
  const { archiveDays, ...others } = given ?? {};
  checkSettings(others, ['archiveDays'], 'events', problems);
  if (archiveDays !== undefined) checkWhole(archiveDays, 1, 365, 'events.archiveDays', problems);
  return archiveDays;
}
