import type { ComputePolicy, UseCase } from '../contract/bindings.ts';
import type { RolloutTarget, WorkspaceSettings } from '../contract/rollout.ts';
import { asList, asObject, asText, wrong } from '../domain/parse.ts';
import { SETTING_NAMES } from '../domain/workspace-settings.ts';

type Fields = Readonly<Record<string, unknown>>;

const TARGETS: Readonly<Record<string, (value: unknown) => RolloutTarget>> = {
  bindingId: (value) => ({ bindingId: asText(value, 'input.bindingId') }),
  keyFor: (value) => ({ keyFor: parseKeyFor(asObject(value, 'input.keyFor')) }),
  change: (value) => ({ change: parseChange(asObject(value, 'input.change')) }),
  restart: (value) => ({
    restart: {
      workspaceIds: asWorkspaceIds(asObject(value, 'input.restart').workspaceIds, 'input.restart.workspaceIds'),
    },
  }),
};

/** Exactly one of the targets, or InputInvalid. */
export function parseRolloutTarget(fields: Fields): RolloutTarget {
  const given = Object.keys(TARGETS).filter((name) => fields[name] !== undefined);
  const [name] = given;
  const parse = name === undefined ? undefined : TARGETS[name];
  if (name === undefined || parse === undefined || given.length > 1) {
    throw wrong('input', given.join(' and ') || undefined, `one of ${Object.keys(TARGETS).join(', ')}`);
  }
  return parse(fields[name]);
}

const parseKeyFor = (fields: Fields): Extract<RolloutTarget, { keyFor: unknown }>['keyFor'] => ({
  key: asText(fields.key, 'input.keyFor.key'),
  workspaceIds: asWorkspaceIds(fields.workspaceIds, 'input.keyFor.workspaceIds'),
  useCases: asList(fields.useCases, 'input.keyFor.useCases').map((one, index) =>
    asOneOf(one, USE_CASES, `input.keyFor.useCases[${index}]`),
  ),
  reuseKeyForClusterVolumes: asFlag(fields.reuseKeyForClusterVolumes, 'input.keyFor.reuseKeyForClusterVolumes'),
  compute: asOneOf(fields.compute, COMPUTE, 'input.keyFor.compute'),
});

const parseChange = (fields: Fields): Extract<RolloutTarget, { change: unknown }>['change'] => ({
  workspaceId: asWorkspaceId(fields.workspaceId, 'input.change.workspaceId'),
  settings: asSettings(fields.settings, 'input.change.settings'),
  compute: asOneOf(fields.compute, COMPUTE, 'input.change.compute'),
});

const USE_CASES: readonly UseCase[] = ['MANAGED_SERVICES', 'STORAGE'];
const COMPUTE: readonly ComputePolicy[] = ['stop-and-restart', 'require-stopped', 'leave-running'];

/** Ids of what a workspace refers to; other names are refused. */
export function asSettings(value: unknown, path: string): WorkspaceSettings {
  const given = asObject(value, path);
  for (const name of Object.keys(given)) asOneOf(name, SETTING_NAMES, path);
  return Object.fromEntries(Object.entries(given).map(([name, id]) => [name, asText(id, `${path}.${name}`)]));
}

/** The id stands in a URL path. */
export function asWorkspaceId(value: unknown, path: string): string {
  const id = asText(value, path);
  if (!/^\d{1,20}$/.test(id)) throw wrong(path, id, 'the digits of a workspace id');
  return id;
}

const asWorkspaceIds = (value: unknown, path: string): readonly string[] =>
  asList(value, path).map((id, index) => asWorkspaceId(id, `${path}[${index}]`));

function asFlag(value: unknown, path: string): boolean {
  if (typeof value === 'boolean') return value;
  throw wrong(path, value, 'true or false');
}

function asOneOf<T extends string>(value: unknown, all: readonly T[], path: string): T {
  const found = all.find((one) => one === value);
  if (found === undefined) throw wrong(path, value, `one of ${all.join(', ')}`);
  return found;
}
