import type {
  ComputePolicy,
  KeyBinding,
  KeyDrift,
  KeyProtection,
  MaintenanceWindow,
  OnMaterialRotation,
  Retirement,
  UseCase,
  Weekday,
} from '../../lambda/contract/bindings.ts';
import { checkId, checkOneOf, checkSettings, checkWhole, checkWorkspaces, type Home } from './binding-checks.ts';
import type { Problems } from './problems.ts';
import type { KeyBindingConfig } from './stage-config.ts';

const USE_CASES: readonly UseCase[] = ['MANAGED_SERVICES', 'STORAGE'];
const ON_ROTATION: readonly OnMaterialRotation[] = ['reregister', 'verify'];
const PROTECT: readonly KeyProtection[] = ['alert', 'cancel-deletion'];
const RETIRE: readonly Retirement[] = ['report', 'delete-configuration'];
const DRIFT: readonly KeyDrift[] = ['repair', 'report'];
const COMPUTE: readonly ComputePolicy[] = ['stop-and-restart', 'require-stopped', 'leave-running'];
const WEEKDAYS: readonly Weekday[] = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'];
const SETTINGS: readonly string[] = [
  'key',
  'useCases',
  'reuseKeyForClusterVolumes',
  'workspaces',
  'onMaterialRotation',
  'protect',
  'retire',
  'drift',
  'compute',
  'maintenanceWindow',
  'concurrency',
  'canary',
];

/** One key binding with its defaults; problems are added, not thrown. Undefined if it is not an object at all. */
export function readKeyBinding(
  id: string,
  given: KeyBindingConfig,
  home: Home,
  problems: Problems,
): KeyBinding | undefined {
  const path = `keyBindings.${id}`;
  checkId(id, path, problems);
  if (typeof given !== 'object' || given === null) {
    problems.add(path, given, 'a key binding');
    return undefined;
  }
  checkSettings(given, SETTINGS, path, problems);
  checkKey(given.key, `${path}.key`, home, problems);
  const useCases = given.useCases ?? [];
  checkUseCases(useCases, `${path}.useCases`, problems);
  checkWorkspaces(given.workspaces, 'using-key', `${path}.workspaces`, problems);
  checkChoices(given, path, problems);
  return {
    id,
    key: given.key,
    useCases,
    reuseKeyForClusterVolumes: given.reuseKeyForClusterVolumes ?? true,
    workspaces: given.workspaces,
    onMaterialRotation: given.onMaterialRotation ?? 'reregister',
    protect: given.protect ?? 'alert',
    retire: given.retire ?? 'report',
    drift: given.drift ?? 'repair',
    compute: given.compute ?? 'stop-and-restart',
    ...(given.maintenanceWindow !== undefined && { maintenanceWindow: given.maintenanceWindow }),
    concurrency: given.concurrency ?? 5,
    canary: given.canary ?? true,
  };
}

function checkUseCases(useCases: unknown, path: string, problems: Problems): void {
  if (!Array.isArray(useCases) || useCases.length === 0)
    problems.add(path, useCases, `one or both of ${USE_CASES.join(', ')}`);
  else for (const [index, one] of useCases.entries()) checkOneOf(one, USE_CASES, `${path}[${index}]`, problems);
}

function checkChoices(given: KeyBindingConfig, path: string, problems: Problems): void {
  const { onMaterialRotation, protect, retire, drift, compute, maintenanceWindow, concurrency = 5 } = given;
  if (onMaterialRotation !== undefined)
    checkOneOf(onMaterialRotation, ON_ROTATION, `${path}.onMaterialRotation`, problems);
  if (protect !== undefined) checkOneOf(protect, PROTECT, `${path}.protect`, problems);
  if (retire !== undefined) checkOneOf(retire, RETIRE, `${path}.retire`, problems);
  if (drift !== undefined) checkOneOf(drift, DRIFT, `${path}.drift`, problems);
  if (compute !== undefined) checkOneOf(compute, COMPUTE, `${path}.compute`, problems);
  if (maintenanceWindow !== undefined) checkWindow(maintenanceWindow, `${path}.maintenanceWindow`, problems);
  checkWhole(concurrency, 1, 40, `${path}.concurrency`, problems);
  for (const name of ['canary', 'reuseKeyForClusterVolumes'] as const) {
    if (given[name] !== undefined && typeof given[name] !== 'boolean')
      problems.add(`${path}.${name}`, given[name], 'true or false');
  }
}

/** Keys are read, and their events arrive, only in the stage's own account and Region. */
function checkKey(key: unknown, path: string, home: Home, problems: Problems): void {
  if (typeof key === 'string' && /^alias\/[A-Za-z0-9/_-]{1,250}$/.test(key) && !key.startsWith('alias/aws/')) return;
  const [, region, account] = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):(\d{12}):key\/[A-Za-z0-9-]+$/.exec(String(key)) ?? [];
  if (region === undefined) {
    problems.add(path, key, 'a KMS key ARN (arn:aws:kms:...:key/...) or an alias (alias/..., not alias/aws/...)');
    return;
  }
  if (region === 'us-west-1') {
    problems.add(path, key, 'a key outside us-west-1, where Databricks has no customer-managed keys');
  }
  if (region !== home.region || account !== home.account) {
    problems.add(path, key, `a key of account ${home.account} in ${home.region}, where this stage is deployed`);
  }
}

function checkWindow(window: MaintenanceWindow, path: string, problems: Problems): void {
  if (!Array.isArray(window.days) || window.days.length === 0)
    problems.add(`${path}.days`, window.days, `one or more of ${WEEKDAYS.join(', ')}`);
  else for (const [index, day] of window.days.entries()) checkOneOf(day, WEEKDAYS, `${path}.days[${index}]`, problems);
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(String(window.start)))
    problems.add(`${path}.start`, window.start, 'a time such as 02:00');
  if (!Number.isInteger(window.durationMinutes) || window.durationMinutes < 30 || window.durationMinutes > 1440) {
    problems.add(`${path}.durationMinutes`, window.durationMinutes, 'a whole number from 30 to 1440');
  }
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: window.timeZone });
  } catch {
    problems.add(`${path}.timeZone`, window.timeZone, 'an IANA time zone such as Europe/Berlin');
  }
}
