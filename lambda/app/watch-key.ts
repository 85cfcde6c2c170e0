import type { BindingsFile } from '../contract/bindings.ts';
import { FAILURE } from '../contract/failures.ts';
import { bindingSubject } from '../contract/rollout.ts';
import { isFailure } from '../domain/failure.ts';
import { type Danger, isPendingDeletion, judgeKey, type KeySighting, quietMs, shows } from '../domain/key-danger.ts';
import { endangered, type KeyNews, type Protection, safeAgain } from '../domain/key-news.ts';
import { checkKeyPolicy } from '../domain/key-policy.ts';
import type { KeyChange } from '../domain/key-watch-event.ts';
import { policyNeeds, volumeCredentials, type WatchedKey } from '../domain/watched-keys.ts';
import type { KeyCare, NewsDesk, ToldNews } from './key-watch-ports.ts';
import type { Clock, CredentialDirectory, KeySource } from './ports.ts';

export interface WatchKeyPorts {
  readonly bindings: BindingsFile;
  readonly keys: KeySource;
  readonly care: KeyCare;
  readonly credentials: CredentialDirectory;
  readonly told: ToldNews;
  readonly news: NewsDesk;
  readonly clock: Clock;
  readonly pause: (ms: number) => Promise<void>;
}

/**
 * Looks at one key as it is now and tells of every danger that was not told lately, or that all are over. `change` is
 * what an event says was done to the key; it only adds words. A deletion is taken back where a binding asks for that.
 */
export async function watchKey(key: WatchedKey, change: KeyChange | undefined, ports: WatchKeyPorts): Promise<void> {
  const seen = await lookAfter(key, change, ports);
  const protection = await protect(key, seen, ports);
  // Enabling was all that was left to do: the deletion itself was told before.
  const isMended = protection.kind === 'restored' && seen.kind === 'seen' && !isPendingDeletion(seen.key);
  const dangers = judgeKey(isMended ? await look(key, ports) : seen, ports.clock());
  for (const danger of dangers) {
    const done = danger.kind === 'deletion-scheduled' ? protection : NONE;
    const news = endangered(key, danger, { change, protection: done });
    await tellOnce(news, claimOf(danger), ports.clock() + quietMs(danger), ports);
  }
  await tellOver(key, dangers, ports);
}

/** Of many who want to tell the same only one does. What could not be told is not taken for told. */
export async function tellOnce(
  news: KeyNews,
  claim: string,
  until: number,
  { told, news: desk }: Pick<WatchKeyPorts, 'told' | 'news'>,
): Promise<void> {
  if (!(await told.claim(news.keyArn, claim, until))) return;
  try {
    await desk.tell(news);
  } catch (error) {
    await told.forget(news.keyArn, claim);
    throw error;
  }
}

const DANGER = 'danger/';
const claimOf = ({ kind }: Danger): string => `${DANGER}${kind}`;

/** An all-clear ends the quiet: the next danger is told at once. */
async function tellOver(key: WatchedKey, dangers: readonly Danger[], { told, news }: WatchKeyPorts): Promise<void> {
  const standing = new Set(dangers.map(claimOf));
  const over: string[] = [];
  for (const claim of await told.of(key.name)) {
    if (!claim.startsWith(DANGER) || standing.has(claim)) continue;
    if (await told.forget(key.name, claim)) over.push(claim.slice(DANGER.length));
  }
  if (dangers.length === 0 && over.length > 0) await news.tell(safeAgain(key, over));
}

/** KMS is eventually consistent; past this age an event that does not fit the state is stale, and the state counts. */
const FRESH_MS = 2 * 60_000;
const LOOKS = 6;
const BETWEEN_LOOKS_MS = 5_000;

/** The key, once it shows what a fresh event says; after half a minute as it is, and the schedule looks again. */
async function lookAfter(key: WatchedKey, change: KeyChange | undefined, ports: WatchKeyPorts): Promise<KeySighting> {
  let seen = await look(key, ports);
  if (change === undefined || !(ports.clock() - Date.parse(change.event.time) < FRESH_MS)) return seen;
  for (let looks = 1; looks < LOOKS && !shows(seen, change.what); looks += 1) {
    await ports.pause(BETWEEN_LOOKS_MS);
    seen = await look(key, ports);
  }
  return seen;
}

async function look(key: WatchedKey, { bindings, keys, credentials }: WatchKeyPorts): Promise<KeySighting> {
  try {
    const found = await keys.describe(key.name);
    const roles = await Promise.all(volumeCredentials(key).map((id) => credentials.roleArn(id)));
    const needs = policyNeeds(key, bindings.databricks, [...new Set(roles)].toSorted());
    const { missing } = checkKeyPolicy(await keys.policy(found.arn), needs);
    return { kind: 'seen', key: found, missing };
  } catch (error) {
    if (isFailure(error, FAILURE.keyNotFound))
      return { kind: key.name.startsWith('alias/') ? 'alias-missing' : 'gone' };
    if (isFailure(error, FAILURE.keyAccessDenied)) return { kind: 'hidden' };
    throw error;
  }
}

const NONE: Protection = { kind: 'none' };

/** Written before a deletion is cancelled, which leaves the key disabled: if we end there, enabling is still owed. */
const RESTORING = 'restoring';
const RESTORING_MS = 24 * 60 * 60_000;

async function protect(key: WatchedKey, seen: KeySighting, ports: WatchKeyPorts): Promise<Protection> {
  if (seen.kind !== 'seen' || !asksForProtection(key, ports.bindings)) return NONE;
  const { arn, state } = seen.key;
  const isPending = isPendingDeletion(seen.key);
  // Who disables a key may have a reason; only what we left disabled ourselves is enabled.
  if (!isPending && !(state === 'Disabled' && (await ports.told.of(arn)).includes(RESTORING))) return NONE;
  try {
    if (isPending) {
      await ports.told.claim(arn, RESTORING, ports.clock() + RESTORING_MS);
      await cancelDeletion(arn, ports);
    }
    await ports.care.enable(arn);
    await ports.told.forget(arn, RESTORING);
    return { kind: 'restored' };
  } catch (error) {
    if (!isFailure(error, FAILURE.keyNotRestored)) throw error;
    await ports.told.forget(arn, RESTORING);
    return { kind: 'failed', reason: error.message };
  }
}

/** Somebody else, perhaps another delivery of the same event, may have been faster. */
async function cancelDeletion(arn: string, { care, keys }: WatchKeyPorts): Promise<void> {
  try {
    await care.cancelDeletion(arn);
  } catch (error) {
    if (!isFailure(error, FAILURE.keyNotRestored) || isPendingDeletion(await keys.describe(arn))) throw error;
  }
}

/** The bindings of the key, and those whose rollouts left it. */
function asksForProtection({ bindings, held }: WatchedKey, { keyBindings }: BindingsFile): boolean {
  const subjects = new Set([...bindings.map(({ id }) => bindingSubject(id)), ...held.map(({ subject }) => subject)]);
  return keyBindings.some(
    ({ id, protect: wanted }) => wanted === 'cancel-deletion' && subjects.has(bindingSubject(id)),
  );
}
