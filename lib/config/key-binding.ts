import type {
  ComputePolicy,
  KeyBinding,
  MaintenanceWindow,
  OnMaterialRotation,
  UseCase,
  Weekday,
} from '../../lambda/contract/bindings.ts';
import type { Problems } from './problems.ts';
import type { KeyBindingConfig } from './stage-config.ts';

const USE_CASES: readonly UseCase[] = ['MANAGED_SERVICES', 'STORAGE'];
const ON_ROTATION: readonly OnMaterialRotation[] = ['reregister', 'verify'];
const COMPUTE: readonly ComputePolicy[] = ['stop-and-restart', 'require-stopped', 'leave-running'];
const WEEKDAYS: readonly Weekday[] = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'];
const SETTINGS: readonly string[] = [
  'key',
  'useCases',
  'reuseKeyForClusterVolumes',
  'workspaces',
  'onMaterialRotation',
  'compute',
  'maintenanceWindow',
  'concurrency',
  'canary',
];

/** One key binding with its defaults; problems are added, not thrown. Undefined if it is not an object at all. */
export function readKeyBinding(
  id: string,
  given: KeyBindingConfig,
  home: { readonly account: string; readonly region: string },
  problems: Problems,
): KeyBinding | undefined {
  const path = `keyBindings.${id}`;
  if (!/^[a-z][a-z0-9-]{0,29}$/.test(id)) problems.add(path, id, 'an id of at most 30 characters a-z, 0-9 and hyphen');
  if (typeof given !== 'object' || given === null) {
    problems.add(path, given, 'a key binding');
    return undefined;
  }
  for (const name of Object.keys(given)) {
    if (!SETTINGS.includes(name))
      problems.add(`${path}.${name}`, 'an unknown setting', `one of ${SETTINGS.join(', ')}`);
  }
  checkKey(given.key, `${path}.key`, home, problems);
  const useCases = given.useCases ?? [];
  checkUseCases(useCases, `${path}.useCases`, problems);
  checkWorkspaces(given.workspaces, `${path}.workspaces`, problems);
  checkChoices(given, path, problems);
  return {
    id,
    key: given.key,
    useCases,
    reuseKeyForClusterVolumes: given.reuseKeyForClusterVolumes ?? true,
    workspaces: given.workspaces,
    onMaterialRotation: given.onMaterialRotation ?? 'reregister',
    compute: given.compute ?? 'stop-and-restart',
    ...(given.maintenanceWindow !== undefined && { maintenanceWindow: given.maintenanceWindow }),
    concurrency: given.concurrency ?? 5,
    canary: given.canary ?? true,
  };
}

function checkUseCases(useCases: unknown, path: string, problems: Problems): void {
  if (!Array.isArray(useCases) || useCases.length === 0)
    problems.add(path, useCases, `one or both of ${USE_CASES.join(', ')}`);
  else for (const [index, one] of useCases.entries()) oneOf(one, USE_CASES, `${path}[${index}]`, problems);
}

function checkChoices(given: KeyBindingConfig, path: string, problems: Problems): void {
  const { onMaterialRotation, compute, maintenanceWindow, concurrency = 5 } = given;
  if (onMaterialRotation !== undefined) oneOf(onMaterialRotation, ON_ROTATION, `${path}.onMaterialRotation`, problems);
  if (compute !== undefined) oneOf(compute, COMPUTE, `${path}.compute`, problems);
  if (maintenanceWindow !== undefined) checkWindow(maintenanceWindow, `${path}.maintenanceWindow`, problems);
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 40) {
    problems.add(`${path}.concurrency`, concurrency, 'a whole number from 1 to 40');
  }
  for (const name of ['canary', 'reuseKeyForClusterVolumes'] as const) {
    if (given[name] !== undefined && typeof given[name] !== 'boolean')
      problems.add(`${path}.${name}`, given[name], 'true or false');
  }
}

function oneOf(value: unknown, allowed: readonly string[], path: string, problems: Problems): void {
  if (!allowed.includes(String(value))) problems.add(path, value, `one of ${allowed.join(', ')}`);
}

/** Keys are read, and their events arrive, only in the stage's own account and Region. */
function checkKey(
  key: unknown,
  path: string,
  home: { readonly account: string; readonly region: string },
  problems: Problems,
): void {
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

function checkWorkspaces(workspaces: unknown, path: string, problems: Problems): void {
  if (workspaces === 'using-key') return;
  if (!Array.isArray(workspaces) || workspaces.length === 0) {
    problems.add(path, workspaces, "'using-key' or a list of workspace ids");
    return;
  }
  for (const [index, id] of workspaces.entries()) {
    if (typeof id !== 'string' || !/^\d{1,19}$/.test(id)) {
      problems.add(`${path}[${index}]`, id, "a workspace id as text, such as '1234567890123456'");
    } else if (workspaces.indexOf(id) !== index) problems.add(`${path}[${index}]`, id, 'each workspace once');
  }
}

function checkWindow(window: MaintenanceWindow, path: string, problems: Problems): void {
  if (!Array.isArray(window.days) || window.days.length === 0)
    problems.add(`${path}.days`, window.days, `one or more of ${WEEKDAYS.join(', ')}`);
  else for (const [index, day] of window.days.entries()) oneOf(day, WEEKDAYS, `${path}.days[${index}]`, problems);
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
