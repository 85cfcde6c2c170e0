import type { BindingsFile } from '../contract/bindings.ts';
import { FAILURE } from '../contract/failures.ts';
import { bindingSubject } from '../contract/rollout.ts';
import { isFailure } from '../domain/failure.ts';
import type { KeyConfiguration } from '../domain/key.ts';
import { type HeldKey, holdFrom, judgeHolds, type KeyUse, refersTo } from '../domain/key-hold.ts';
import { retired, stillUsed } from '../domain/key-news.ts';
import { isDue } from '../domain/rewrite-owed.ts';
import type { KeySituation, WatchedKey } from '../domain/watched-keys.ts';
import type { Workspace } from '../domain/workspace.ts';
import type { HeldKeys, KeyCare, NewsDesk, ToldNews } from './key-watch-ports.ts';
import type { Clock, KeyRegistry, KeySource } from './ports.ts';
import type { RewritesOwed } from './secret-ports.ts';
import { tellOnce } from './watch-key.ts';

export interface RetirePorts {
  readonly bindings: BindingsFile;
  readonly keys: Pick<KeySource, 'rotations'>;
  readonly registry: Pick<KeyRegistry, 'delete'>;
  readonly care: Pick<KeyCare, 'lastUse'>;
  readonly heldKeys: Pick<HeldKeys, 'change' | 'remove'>;
  readonly rewrites: Pick<RewritesOwed, 'owed'>;
  readonly told: ToldNews;
  readonly news: NewsDesk;
  readonly clock: Clock;
}

/**
 * Ends the holds of one key that are over: configurations that no workspace refers to are deleted if their bindings ask
 * for it, people are told, and only then the holds are forgotten. A key that is still used is held for another day.
 */
export async function retireKey(
  key: WatchedKey,
  { configurations, workspaces }: Pick<KeySituation, 'configurations' | 'workspaces'>,
  ports: RetirePorts,
): Promise<void> {
  const now = ports.clock();
  const settledHolds = await settled(key.held, workspaces, ports);
  if (settledHolds.length === 0 || settledHolds.some(({ heldUntil }) => heldUntil > now)) return;
  const held = await withoutWanted(key, settledHolds, configurations, ports);
  const isUsed = key.bindings.length > 0 || key.users.length > 0;
  const use = isUsed ? 'in-use' : await ports.care.lastUse(key.name);
  const verdict = judgeHolds(held, workspaces, { now, use });
  if (verdict.kind === 'wait') return;
  const reasons = [
    ...(verdict.kind === 'extend' ? verdict.reasons : []),
    ...(await secretsLeft(held, workspaces, ports)),
  ];
  if (verdict.kind === 'extend' || reasons.length > 0) return extend(key, held, reasons, ports);
  const deletable = verdict.configurationIds.filter((id) => mayDelete(id, held, use, ports.bindings));
  const refused = await deleteAll(deletable, ports);
  if (refused.length > 0) return extend(key, held, refused, ports);
  const kept = verdict.configurationIds.filter((id) => !deletable.includes(id));
  await tellOnce(retired({ ...key, held }, { deleted: deletable, kept, free: use }), RETIRED, now + QUIET_MS, ports);
  for (const one of held) await ports.heldKeys.remove(one);
}

/**
 * The alias of a binding may have come back to the key, and a rollout that waits for its maintenance window may have
 * chosen one of its configurations: those that a rollout could choose are not retired. Only `reregister` never chooses
 * one that is older than the key's material.
 */
async function withoutWanted(
  { name, bindings }: WatchedKey,
  held: readonly HeldKey[],
  configurations: readonly KeyConfiguration[],
  { keys, heldKeys }: RetirePorts,
): Promise<readonly HeldKey[]> {
  if (bindings.length === 0) return held;
  const [latest] = await keys.rotations(name);
  const rotatedAt = latest === undefined ? 0 : Date.parse(latest.rotatedAt);
  const isWanted = ({ configurationId }: HeldKey): boolean =>
    configurations.some(
      ({ id, createdAt }) =>
        id === configurationId &&
        (createdAt >= rotatedAt || bindings.some(({ onMaterialRotation }) => onMaterialRotation === 'verify')),
    );
  for (const one of held.filter(isWanted)) await heldKeys.remove(one);
  return held.filter((one) => !isWanted(one));
}

const RETIRED = 'retired';
const EXTENDED = 'still-used';

/** Longer than two looks at the same time take, shorter than a hold. */
const QUIET_MS = 60 * 60_000;

/**
 * The holds that count. Of a rollout that ended between asking and seeing the new key in force nobody knows when the
 * workspace left: a whole day is counted from now. A workspace that never left holds nothing.
 */
async function settled(
  held: readonly HeldKey[],
  workspaces: readonly Workspace[],
  { heldKeys, clock }: RetirePorts,
): Promise<readonly HeldKey[]> {
  const now = clock();
  const kept = held.map(async (one): Promise<readonly HeldKey[]> => {
    if (one.left || one.heldUntil > now) return [one];
    const stayed = workspaces.some(
      (workspace) => workspace.id === one.workspaceId && refersTo(workspace, one.configurationId),
    );
    if (stayed) {
      await heldKeys.remove(one);
      return [];
    }
    const next: HeldKey = { ...one, ...holdFrom(now), left: true };
    await heldKeys.change(one, next);
    return [next];
  });
  return (await Promise.all(kept)).flat();
}

/** Secrets are managed services data: those that were not written again since are still under the key that was left. */
async function secretsLeft(
  held: readonly HeldKey[],
  workspaces: readonly Workspace[],
  { rewrites, bindings }: RetirePorts,
): Promise<readonly string[]> {
  const owed = await rewrites.owed();
  const isLeft = (id: string): boolean => {
    const debt = owed.get(id);
    return debt !== undefined && isDue(debt, workspaces.find((one) => one.id === id)?.managedServicesKeyId);
  };
  const left = new Map(held.map(({ workspaceId, workspaceName }) => [workspaceId, workspaceName]));
  return [...left].flatMap(([id, name]) =>
    isLeft(id) && bindings.secretBindings.some(({ workspaces }) => workspaces === 'all' || workspaces.includes(id))
      ? [`the secrets of workspace ${name} (${id}) were not all written again under its new key: start a secret sync`]
      : [],
  );
}

/** Only if every binding whose rollout left it asks for it; never on the strength of not knowing whether it is used. */
function mayDelete(
  configurationId: string,
  held: readonly HeldKey[],
  use: KeyUse | 'in-use',
  { keyBindings }: BindingsFile,
): boolean {
  if (use !== 'in-use' && use.kind === 'unknown') return false;
  const subjects = held.filter((one) => one.configurationId === configurationId).map(({ subject }) => subject);
  return subjects.every((subject) =>
    keyBindings.some(({ id, retire }) => bindingSubject(id) === subject && retire === 'delete-configuration'),
  );
}

/** Why Databricks did not delete some of them; empty if all are gone. */
async function deleteAll(ids: readonly string[], { registry }: RetirePorts): Promise<readonly string[]> {
  const refused: string[] = [];
  for (const id of ids) {
    try {
      await registry.delete(id);
    } catch (error) {
      if (!isFailure(error, FAILURE.databricksConflict, FAILURE.databricksRefused)) throw error;
      refused.push(`key configuration ${id} was not deleted: ${error.message}`);
    }
  }
  return refused;
}

async function extend(
  key: WatchedKey,
  held: readonly HeldKey[],
  reasons: readonly string[],
  ports: RetirePorts,
): Promise<void> {
  const next = holdFrom(ports.clock());
  await tellOnce(stillUsed(key, reasons, next.heldUntil), EXTENDED, ports.clock() + QUIET_MS, ports);
  for (const one of held) await ports.heldKeys.change(one, { ...one, ...next });
}
