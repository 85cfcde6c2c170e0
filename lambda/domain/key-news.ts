import { KEY_NEWS, type KeyNewsType } from '../contract/key-watch.ts';
import type { Danger } from './key-danger.ts';
import type { KeyUse } from './key-hold.ts';
import type { KeyChange } from './key-watch-event.ts';
import type { WatchedKey } from './watched-keys.ts';

/** Something that people, and programs on the event bus, are told of a key. Holds no secret. */
export interface KeyNews {
  readonly type: KeyNewsType;
  readonly keyArn: string;
  /** One line; the topic cuts it to what it takes. */
  readonly subject: string;
  readonly message: string;
  /** The same as data. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What the key watch did about a deletion that somebody scheduled. */
export type Protection =
  | { readonly kind: 'none' }
  | { readonly kind: 'restored' }
  | { readonly kind: 'failed'; readonly reason: string };

/** More workspaces than these are counted, not named: SNS and EventBridge take 256 KiB. */
const MOST_NAMED = 200;

/** The alert about one danger of one key. */
export function endangered(
  key: WatchedKey,
  danger: Danger,
  { change, protection }: { readonly change: KeyChange | undefined; readonly protection: Protection },
): KeyNews {
  const { kind, what, deadline, advice } = danger;
  const affected = affectedBy(key);
  const lines = [
    `key ${key.name} ${what}`,
    ...(change === undefined ? [] : [doneBy(change)]),
    ...protectionWords(protection),
    ...(deadline === undefined ? [] : [deadlineWords(danger, protection)]),
    ...(protection.kind === 'restored' ? [] : [`What to do: ${advice}.`]),
    ...affectedWords(key, affected),
  ];
  return {
    type: KEY_NEWS.endangered,
    keyArn: key.name,
    subject:
      protection.kind === 'restored'
        ? `The deletion of a Databricks key was taken back: ${idOf(key.name)}`
        : `URGENT: Databricks key ${kind}: ${idOf(key.name)}`,
    message: lines.join('\n'),
    detail: {
      keyArn: key.name,
      danger: kind,
      deadline: deadline ?? null,
      heldUntil: heldUntil(key),
      bindings: key.bindings.map(({ id }) => id),
      workspaceCount: affected.length,
      workspaces: affected.slice(0, MOST_NAMED),
      action: change?.what ?? null,
      by: change?.by ?? null,
      protection: protection.kind,
    },
  };
}

/** Every danger that was told of a key is over. */
export const safeAgain = (key: WatchedKey, dangers: readonly string[]): KeyNews => ({
  type: KEY_NEWS.safe,
  keyArn: key.name,
  subject: `Databricks can use key ${idOf(key.name)} again`,
  message: `key ${key.name} is right again; told before: ${dangers.join(', ')}`,
  detail: { keyArn: key.name, dangers },
});

/** The hold of a key, or of configurations of a key that stays in use, is over. */
export function retired(
  key: WatchedKey,
  {
    deleted,
    kept,
    free,
  }: { readonly deleted: readonly string[]; readonly kept: readonly string[]; readonly free: KeyUse | 'in-use' },
): KeyNews {
  const { name } = key;
  const what = [
    ...deleted.map((id) => `key configuration ${id} was deleted: no workspace refers to it`),
    ...kept.map((id) => `no workspace refers to key configuration ${id}; it may be deleted`),
  ];
  const left = [...new Set(key.held.map((one) => `${one.workspaceName} (${one.workspaceId})`))];
  const detail = {
    keyArn: name,
    deletedConfigurations: deleted,
    unusedConfigurations: kept,
    workspacesLeft: left.slice(0, MOST_NAMED),
  };
  const shared = { keyArn: name, detail };
  if (free === 'in-use') {
    return {
      ...shared,
      type: KEY_NEWS.configurationRetired,
      subject: `Retired configurations of Databricks key ${idOf(name)}; the key stays in use`,
      message: [`key ${name} stays in use: do not disable it`, ...what].join('\n'),
    };
  }
  return {
    ...shared,
    type: KEY_NEWS.mayBeDisabled,
    subject: `Databricks key ${idOf(name)} may be disabled`,
    message: [
      `key ${name} may be disabled: its hold of 24 hours is over and no workspace refers to it`,
      useWords(free),
      ...what,
      `It was left by: ${left.slice(0, MOST_NAMED).join(', ')}.`,
      'Secrets that others than this product wrote into Databricks stay under it until they are written again. ' +
        'Disable it (`aws kms disable-key`) and watch for a while before you schedule its deletion.',
    ].join('\n'),
    detail: {
      ...detail,
      lastUse: free.kind === 'used' ? new Date(free.at).toISOString() : null,
      lastUseKnown: free.kind !== 'unknown',
    },
  };
}

/** The hold is over and the key is not free: it is held for another day. */
export const stillUsed = (key: WatchedKey, reasons: readonly string[], until: number): KeyNews => ({
  type: KEY_NEWS.stillUsed,
  keyArn: key.name,
  subject: `Databricks key ${idOf(key.name)} is still in use after its hold`,
  message: [
    `key ${key.name} must stay enabled until ${iso(until)} at least; it is looked at again then`,
    ...reasons.slice(0, MOST_NAMED),
  ].join('\n'),
  detail: { keyArn: key.name, heldUntil: iso(until), reasons: reasons.slice(0, MOST_NAMED) },
});

const iso = (at: number): string => new Date(at).toISOString();

const idOf = (name: string): string => name.replace(/^arn:.*:key\//, '');

const doneBy = ({ what, by, event }: KeyChange): string =>
  `${what}${by === undefined ? '' : ` by ${by}`}, ${event.time} (event ${event.id})`;

function protectionWords(protection: Protection): readonly string[] {
  switch (protection.kind) {
    case 'none':
      return [];
    case 'restored':
      return [
        'The deletion was cancelled and the key enabled again, as the binding asks. Find out who wanted it gone, and why.',
      ];
    case 'failed':
      return [`The deletion could not be taken back: ${protection.reason}`];
  }
}

function deadlineWords({ kind, deadline }: Danger, protection: Protection): string {
  if (kind !== 'deletion-scheduled') return `Deadline: ${deadline}`;
  const gone = `KMS ${protection.kind === 'restored' ? 'would have deleted' : 'deletes'} it at ${deadline}`;
  return protection.kind === 'restored'
    ? `${gone}.`
    : `Deadline: ${gone}; until then that can be taken back, afterwards never.`;
}

interface Affected {
  readonly workspaceId: string;
  readonly workspaceName: string;
  /** What the workspace uses the key for; empty where it left it and still needs it. */
  readonly uses: readonly string[];
  /** ISO 8601 */
  readonly heldUntil: string | null;
}

function affectedBy({ users, held }: WatchedKey): readonly Affected[] {
  const using = users.map(
    ({ workspace: { id, name }, uses }): Affected => ({ workspaceId: id, workspaceName: name, uses, heldUntil: null }),
  );
  const ids = new Set(using.map(({ workspaceId }) => workspaceId));
  const left = new Map<string, Affected>();
  for (const { workspaceId, workspaceName, heldUntil: until } of held.toSorted((a, b) => a.heldUntil - b.heldUntil)) {
    if (!ids.has(workspaceId)) left.set(workspaceId, { workspaceId, workspaceName, uses: [], heldUntil: iso(until) });
  }
  return [...using, ...left.values()].toSorted((a, b) => a.workspaceName.localeCompare(b.workspaceName));
}

const heldUntil = ({ held }: WatchedKey): string | null =>
  held.length === 0 ? null : iso(Math.max(...held.map((one) => one.heldUntil)));

function affectedWords({ bindings }: WatchedKey, affected: readonly Affected[]): readonly string[] {
  const bound = bindings.length === 0 ? '' : ` (binding ${bindings.map(({ id }) => id).join(', ')})`;
  if (affected.length === 0) return [`No workspace uses it yet; it is bound${bound}.`];
  const more = affected.length - MOST_NAMED;
  return [
    `Affected workspaces${bound}:`,
    ...affected.slice(0, MOST_NAMED).map(affectedLine),
    ...(more > 0 ? [`- and ${more} more`] : []),
  ];
}

const affectedLine = ({ workspaceId, workspaceName, uses, heldUntil: until }: Affected): string =>
  `- ${workspaceName} (${workspaceId}) ${until === null ? `uses it for ${uses.join(' and ')}` : `left it and needs it until ${until}`}`;

/** KMS may not know, and says so. */
function useWords(use: KeyUse): string {
  switch (use.kind) {
    case 'used':
      return `KMS reports its last use at ${iso(use.at)} (${use.operation}), before the hold began.`;
    case 'unused':
      return `KMS reports no use of it since ${iso(use.trackedSince)}, when it began to keep track.`;
    case 'unknown':
      return `Whether it is still used is unknown, KMS did not tell (${use.reason}); look into CloudTrail before you disable it.`;
  }
}
