import type { KeyBinding } from '../contract/bindings.ts';
import { FAILURE } from '../contract/failures.ts';
import type { Home } from '../domain/event.ts';
import { object } from '../domain/event.ts';
import { AutomationError, isFailure } from '../domain/failure.ts';
import { readKeyChange } from '../domain/key-watch-event.ts';
import { type KeySituation, type WatchedKey, watchedKeys } from '../domain/watched-keys.ts';
import type { HeldKeys } from './key-watch-ports.ts';
import type { CallCount, KeyRegistry, WorkspaceDirectory } from './ports.ts';
import { type RetirePorts, retireKey } from './retire-keys.ts';
import { type WatchKeyPorts, watchKey } from './watch-key.ts';

export type WatchPorts = WatchKeyPorts &
  Omit<RetirePorts, 'care' | 'keys'> & {
    readonly home: Home;
    readonly registry: Pick<KeyRegistry, 'list' | 'delete'>;
    readonly workspaces: Pick<WorkspaceDirectory, 'list'>;
    readonly heldKeys: HeldKeys;
    readonly calls: CallCount;
  };

export interface WatchOutcome {
  /** Keys that were looked at. */
  readonly watched: readonly string[];
  /** Why nothing had to be looked at. */
  readonly ignored?: string;
  readonly calls: number;
}

/**
 * The key watch. With an event of KMS it looks at the key that the event is about, with a ScheduledRequest at every key that
 * is bound, in use or held, and retires what is due. Nothing is decided by what an event says. Fails with
 * KeyWatchIncomplete if some keys could not be looked at; the others were.
 */
export async function watchKeys(input: unknown, ports: WatchPorts): Promise<WatchOutcome> {
  if (object(object(input).trigger).kind === 'schedule') return watchAll(ports);
  const change = readKeyChange(input, ports.home);
  if (change.kind === 'ignored') return { watched: [], ignored: change.reason, calls: ports.calls() };
  const { arn } = change.key;
  const key = watchedKeys(await readSituation(ports)).get(arn);
  if (key === undefined) {
    return { watched: [], ignored: `no binding, workspace or hold means ${arn}`, calls: ports.calls() };
  }
  await watchKey(key, change, ports);
  return { watched: [arn], calls: ports.calls() };
}

async function watchAll(ports: WatchPorts): Promise<WatchOutcome> {
  const situation = await readSituation(ports);
  const failures: { readonly key: WatchedKey; readonly error: unknown }[] = [];
  const keys = [...watchedKeys(situation).values()];
  for (const key of keys) {
    try {
      if (key.isHere) await watchKey(key, undefined, ports);
      await retireKey(key, situation, ports);
    } catch (error) {
      failures.push({ key, error });
    }
  }
  if (failures.length === 0) return { watched: keys.map(({ name }) => name), calls: ports.calls() };
  const lines = failures.map(
    ({ key, error }) => `- ${key.name}: ${error instanceof Error ? `${error.name}: ${error.message}` : error}`,
  );
  throw new AutomationError(
    FAILURE.keyWatchIncomplete,
    [
      `${failures.length} of ${keys.length} keys could not be looked at to the end; the next look goes on:`,
      ...lines,
    ].join('\n'),
    { cause: failures[0]?.error },
  );
}

async function readSituation({
  home,
  bindings,
  keys,
  registry,
  workspaces,
  heldKeys,
}: WatchPorts): Promise<KeySituation> {
  const [names, configurations, all, held] = await Promise.all([
    Promise.all(bindings.keyBindings.map((binding) => boundKey(binding, keys))),
    registry.list(),
    workspaces.list(),
    heldKeys.all(),
  ]);
  const bound = Map.groupBy(
    bindings.keyBindings,
    (binding) => names[bindings.keyBindings.indexOf(binding)] ?? binding.key,
  );
  return { home, bound, configurations, workspaces: all, held };
}

/** The key's ARN, or what the binding calls it where that leads to no key that can be seen. */
async function boundKey({ key }: KeyBinding, keys: WatchPorts['keys']): Promise<string> {
  try {
    return (await keys.describe(key)).arn;
  } catch (error) {
    if (isFailure(error, FAILURE.keyNotFound, FAILURE.keyAccessDenied)) return key;
    throw error;
  }
}
