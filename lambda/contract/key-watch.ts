/** `source` of the events that this product puts on the default event bus. */
export const NEWS_SOURCE = 'databricks-security-automation';

/** What the key watch tells, as the `detail-type` of its events. */
export const KEY_NEWS = {
  endangered: 'Key endangered',
  safe: 'Key safe again',
  stillUsed: 'Key still in use',
  configurationRetired: 'Key configuration retired',
  mayBeDisabled: 'Key may be disabled',
} as const;

export type KeyNewsType = (typeof KEY_NEWS)[keyof typeof KEY_NEWS];

/** The tag by which a key that its alias has left lets the key watch take back its deletion. */
export const PROTECT_TAG = { key: 'databricks:protect', value: 'cancel-deletion' } as const;

/** Native events of KMS about what happened to a key, by their detail-type. */
export const WATCHED_EVENTS = ['KMS CMK Deletion', 'KMS Imported Key Material Expiration'] as const;

/** Calls that endanger a key or end a danger, by the name that CloudTrail gives them. */
export const WATCHED_CALLS = [
  ...(['DisableKey', 'ScheduleKeyDeletion', 'PutKeyPolicy', 'DeleteImportedKeyMaterial'] as const),
  ...(['EnableKey', 'CancelKeyDeletion', 'ImportKeyMaterial'] as const),
] as const;
