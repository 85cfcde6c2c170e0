import { type Actions, invalid, objects, optionalCount, optionalText, type Request, text } from './actions.ts';
import type { KeyRecord } from './kms-key.ts';
import type { KmsKeys } from './kms-keys.ts';
import { keyMetadata } from './kms-metadata.ts';
import { pageOf } from './page.ts';
import { AwsError } from './service.ts';

const DAY_MS = 86_400_000;

/** ScheduleKeyDeletion waits 30 days when nothing is said, and 7 to 30 days otherwise. */
const WAIT_DAYS = { least: 7, most: 30, usual: 30 };

/** KMS lists answer at most 1,000 items, and 100 when nothing is said. */
const LIST_LIMIT = { least: 1, most: 1000, usual: 100 };

const badMarker = (): AwsError => new AwsError('InvalidMarkerException', 'Could not deserialize marker.');

/** The fields with which KMS answers one part of a list. */
export const listAnswer = (name: string, all: readonly unknown[], request: Request, usual = LIST_LIMIT.usual) => {
  const limit = optionalCount(request, 'Limit', LIST_LIMIT) ?? usual;
  const page = pageOf(all, { marker: optionalText(request, 'Marker'), limit, refuse: badMarker });
  const more = page.next !== undefined;
  return { [name]: page.items, Truncated: more, ...(more ? { NextMarker: page.next } : {}) };
};

const tagsOf = (request: Request): ReadonlyMap<string, string> =>
  new Map(objects(request, 'Tags').map((tag) => [text(tag, 'TagKey'), optionalText(tag, 'TagValue') ?? '']));

const policyOf = (request: Request): string => {
  const policy = text(request, 'Policy');
  const name = optionalText(request, 'PolicyName') ?? 'default';
  if (name !== 'default') throw new AwsError('NotFoundException', `No such policy exists: ${name}`);
  try {
    JSON.parse(policy);
  } catch {
    throw new AwsError('MalformedPolicyDocumentException', 'Policy contains invalid JSON');
  }
  return policy;
};

/** Actions on keys themselves: making, showing, policies, states, deletion, tags. */
export const keyActions = (keys: KmsKeys): Actions => ({
  CreateKey: {
    fields: [
      ...['Policy', 'Description', 'KeyUsage', 'CustomerMasterKeySpec', 'KeySpec', 'Origin', 'Tags', 'MultiRegion'],
      'BypassPolicyLockoutSafetyCheck',
    ],
    run: (request) => ({ KeyMetadata: keyMetadata(keys.add(wantedKey(request))) }),
  },
  DescribeKey: {
    fields: ['KeyId', 'GrantTokens'],
    run: (request) => ({ KeyMetadata: keyMetadata(keys.keyOrAlias(text(request, 'KeyId'))) }),
  },
  ListKeys: {
    fields: ['Limit', 'Marker'],
    run: (request) => {
      const all = keys.all().map((key) => ({ KeyId: key.keyId, KeyArn: key.arn }));
      return listAnswer('Keys', all, request);
    },
  },
  GetKeyPolicy: {
    fields: ['KeyId', 'PolicyName'],
    run: (request) => {
      const key = keys.key(text(request, 'KeyId'));
      const name = optionalText(request, 'PolicyName') ?? 'default';
      if (name !== 'default') throw new AwsError('NotFoundException', `No such policy exists: ${name}`);
      return { Policy: key.policy, PolicyName: name };
    },
  },
  PutKeyPolicy: {
    fields: ['KeyId', 'PolicyName', 'Policy', 'BypassPolicyLockoutSafetyCheck'],
    run: (request) => {
      keys.key(text(request, 'KeyId')).policy = policyOf(request);
      return {};
    },
  },
  EnableKey: { fields: ['KeyId'], run: (request) => setEnabled(keys, request, 'Enabled') },
  DisableKey: { fields: ['KeyId'], run: (request) => setEnabled(keys, request, 'Disabled') },
  ScheduleKeyDeletion: {
    fields: ['KeyId', 'PendingWindowInDays'],
    run: (request) => scheduleDeletion(keys, request),
  },
  CancelKeyDeletion: {
    fields: ['KeyId'],
    run: (request) => {
      const key = keys.key(text(request, 'KeyId'));
      if (key.state !== 'PendingDeletion') {
        throw new AwsError('KMSInvalidStateException', `${key.arn} is not pending deletion.`);
      }
      key.state = 'Disabled';
      key.deletionAt = undefined;
      return { KeyId: key.arn };
    },
  },
  TagResource: { fields: ['KeyId', 'Tags'], run: (request) => tag(keys, request) },
  UntagResource: {
    fields: ['KeyId', 'TagKeys'],
    run: (request) => {
      const key = taggable(keys, request);
      const names = request.TagKeys;
      if (!Array.isArray(names)) throw invalid('TagKeys must be a list');
      for (const name of names) key.tags.delete(String(name));
      return {};
    },
  },
  ListResourceTags: {
    fields: ['KeyId', 'Limit', 'Marker'],
    run: (request) => {
      const key = keys.key(text(request, 'KeyId'));
      const all = [...key.tags].map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
      return listAnswer('Tags', all, request, 50);
    },
  },
});

const wantedKey = (request: Request) => {
  const origin = optionalText(request, 'Origin') ?? 'AWS_KMS';
  if (origin !== 'AWS_KMS') {
    throw new AwsError('UnsupportedOperationException', `the local run does not know keys of origin ${origin}`);
  }
  return {
    description: optionalText(request, 'Description'),
    keySpec: optionalText(request, 'KeySpec') ?? optionalText(request, 'CustomerMasterKeySpec'),
    keyUsage: optionalText(request, 'KeyUsage'),
    policy: request.Policy === undefined ? undefined : policyOf(request),
    multiRegion: request.MultiRegion === true,
    tags: tagsOf(request),
  };
};

const setEnabled = (keys: KmsKeys, request: Request, state: 'Enabled' | 'Disabled') => {
  const key = keys.key(text(request, 'KeyId'));
  keys.requireNotPending(key);
  key.state = state;
  return {};
};

const scheduleDeletion = (keys: KmsKeys, request: Request) => {
  const key = keys.key(text(request, 'KeyId'));
  keys.requireNotPending(key);
  const days = optionalCount(request, 'PendingWindowInDays', WAIT_DAYS) ?? WAIT_DAYS.usual;
  key.state = 'PendingDeletion';
  key.deletionAt = keys.clock.now() + days * DAY_MS;
  return {
    KeyId: key.arn,
    DeletionDate: new Date(key.deletionAt),
    KeyState: key.state,
    PendingWindowInDays: days,
  };
};

const taggable = (keys: KmsKeys, request: Request): KeyRecord => {
  const key = keys.key(text(request, 'KeyId'));
  keys.requireNotPending(key);
  return key;
};

const tag = (keys: KmsKeys, request: Request) => {
  const key = taggable(keys, request);
  for (const [name, value] of tagsOf(request)) key.tags.set(name, value);
  return {};
};
