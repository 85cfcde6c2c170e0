import type { KmsKey } from './key.ts';
import type { NeededStatement } from './key-policy.ts';

/** What was seen of a key. `hidden`: KMS refuses to show it. `alias-missing`: the alias of a binding leads to no key. */
export type KeySighting =
  | { readonly kind: 'seen'; readonly key: KmsKey; readonly missing: readonly NeededStatement[] }
  | { readonly kind: 'gone' }
  | { readonly kind: 'alias-missing' }
  | { readonly kind: 'hidden' };

type DangerKind =
  | 'gone'
  | 'alias-missing'
  | 'hidden'
  | 'deletion-scheduled'
  | 'disabled'
  | 'material-missing'
  | 'material-ends'
  | 'unavailable'
  | 'policy-incomplete';

/** Why Databricks cannot use a key, or soon cannot. */
export interface Danger {
  readonly kind: DangerKind;
  /** Continues "key ARN ...". */
  readonly what: string;
  /** ISO 8601; when it can no longer be mended, or when it begins. Absent where it is so already. */
  readonly deadline?: string;
  readonly advice: string;
}

const HOUR_MS = 60 * 60_000;

/** So long before its end, imported key material is told of. */
const MATERIAL_NOTICE_MS = 7 * 24 * HOUR_MS;

/** What is not urgent yet is told once a day. */
const SLOW: ReadonlySet<DangerKind> = new Set(['material-ends', 'alias-missing']);

/** For so long the same danger of the same key is not told again. */
export const quietMs = ({ kind }: Danger): number => (SLOW.has(kind) ? 24 * HOUR_MS : HOUR_MS);

/** Every danger that a sighting shows at `now`, milliseconds; none if Databricks can use the key. */
export function judgeKey(sighting: KeySighting, now: number): readonly Danger[] {
  if (sighting.kind !== 'seen') return [OUT_OF_SIGHT[sighting.kind]];
  const { key, missing } = sighting;
  return [...stateDangers(key), ...materialDangers(key, now), ...policyDangers(missing)];
}

const OUT_OF_SIGHT: Readonly<Record<Exclude<KeySighting['kind'], 'seen'>, Danger>> = {
  gone: {
    kind: 'gone',
    what: 'does not exist any more',
    advice:
      'A deleted key cannot be restored. Create another key, move the alias or the binding to it, start a rollout, and call Databricks support about the data that was encrypted with it',
  },
  'alias-missing': {
    kind: 'alias-missing',
    what: 'is the alias of a binding and leads to no key, so that the binding is not watched',
    advice: 'Create the alias (`aws kms create-alias`), or correct the binding',
  },
  hidden: {
    kind: 'hidden',
    what: "no longer shows itself: its policy keeps this account's IAM out",
    advice:
      'Look at its policy (`aws kms get-key-policy`, as somebody whom it lets in) and let IAM of the account read the key again; nobody watches it until then',
  },
};

const CANCEL = 'Cancel the deletion (`aws kms cancel-key-deletion`), then enable the key (`aws kms enable-key`)';

/** States that pass by themselves (Creating, Updating) are none. Source: AWS KMS developer guide, "Key states". */
const STATES: ReadonlyMap<string, Danger> = new Map<string, Danger>([
  [
    'Disabled',
    {
      kind: 'disabled',
      what: 'is disabled: compute cannot start with it, and running workspaces lose what they have cached of it',
      advice: 'Enable it at once (`aws kms enable-key`)',
    },
  ],
  [
    'PendingDeletion',
    { kind: 'deletion-scheduled', what: 'is scheduled for deletion and cannot be used', advice: CANCEL },
  ],
  [
    'PendingReplicaDeletion',
    { kind: 'deletion-scheduled', what: 'is to be deleted once its replicas are', advice: CANCEL },
  ],
  [
    'PendingImport',
    {
      kind: 'material-missing',
      what: 'has no key material any more and cannot be used',
      advice: 'Import the same key material again (`aws kms import-key-material`)',
    },
  ],
  [
    'Unavailable',
    {
      kind: 'unavailable',
      what: 'is unavailable: its custom key store does not answer',
      advice: 'Reconnect its custom key store',
    },
  ],
]);

function stateDangers({ state, deletionAt }: KmsKey): readonly Danger[] {
  const danger = STATES.get(state);
  if (danger === undefined) return [];
  return [deletionAt === undefined ? danger : { ...danger, deadline: deletionAt }];
}

function materialDangers({ state, materialEndsAt }: KmsKey, now: number): readonly Danger[] {
  if (materialEndsAt === undefined || state === 'PendingImport') return [];
  if (Date.parse(materialEndsAt) - now > MATERIAL_NOTICE_MS) return [];
  return [
    {
      kind: 'material-ends',
      what: `has imported key material that expires at ${materialEndsAt}; the key cannot be used from then on`,
      deadline: materialEndsAt,
      advice: 'Import the same key material again with a later date or none (`aws kms import-key-material`)',
    },
  ];
}

function policyDangers(missing: readonly NeededStatement[]): readonly Danger[] {
  if (missing.length === 0) return [];
  const statements = missing.map(({ statement }) => JSON.stringify(statement)).join(',\n');
  return [
    {
      kind: 'policy-incomplete',
      what: `has a policy that does not allow that ${missing.map(({ purpose }) => purpose).join('; ')}`,
      advice: `Add to the Statement list of its policy (\`aws kms put-key-policy\`):\n${statements}`,
    },
  ];
}

const PENDING: readonly string[] = ['PendingDeletion', 'PendingReplicaDeletion'];

/** True while KMS waits to delete the key. */
export const isPendingDeletion = ({ state }: KmsKey): boolean => PENDING.includes(state);

/** States that a key has, or no longer has, after what was done to it. */
const AFTER: ReadonlyMap<string, (key: KmsKey) => boolean> = new Map<string, (key: KmsKey) => boolean>([
  ['DisableKey', ({ state }) => state !== 'Enabled'],
  ['EnableKey', ({ state }) => state !== 'Disabled'],
  ['ScheduleKeyDeletion', isPendingDeletion],
  ['CancelKeyDeletion', (key) => !isPendingDeletion(key)],
  ['DeleteImportedKeyMaterial', ({ state }) => state === 'PendingImport'],
  ['ImportKeyMaterial', ({ state }) => state !== 'PendingImport'],
  ['KMS Imported Key Material Expiration', ({ state }) => state === 'PendingImport'],
  ['KMS CMK Deletion', () => false],
]);

/** True if the key is as it would be after `what` was done to it; what leaves no trace in its state fits always. */
export const shows = (sighting: KeySighting, what: string): boolean =>
  sighting.kind !== 'seen' || (AFTER.get(what)?.(sighting.key) ?? true);
