import { type Actions, invalid, optionalText, type Request, text } from './actions.ts';
import { arnAt } from './home.ts';
import type { AliasRecord, KeyRecord } from './kms-key.ts';
import { listAnswer } from './kms-key-actions.ts';
import type { KmsKeys } from './kms-keys.ts';
import { AwsError } from './service.ts';

/** The pattern of the API reference; names that begin with `alias/aws/` are kept for AWS managed keys. */
const NAME = /^alias\/[a-zA-Z0-9/_-]{1,250}$/;

const nameOf = (request: Request): string => {
  const name = text(request, 'AliasName');
  if (!name.startsWith('alias/')) throw invalid('Alias must start with the prefix "alias/".');
  if (!NAME.test(name)) throw new AwsError('InvalidAliasNameException', `${name} contains invalid characters`);
  if (name.startsWith('alias/aws/')) {
    throw new AwsError('InvalidAliasNameException', 'names that begin with alias/aws/ are reserved');
  }
  return name;
};

/** What ListAliases answers for one alias. */
const aliasEntry = (alias: AliasRecord) => ({
  AliasName: alias.name,
  AliasArn: alias.arn,
  TargetKeyId: alias.keyId,
  CreationDate: new Date(alias.createdAt),
  LastUpdatedDate: new Date(alias.updatedAt),
});

/** Aliases may only be moved between keys of one kind and one usage (UpdateAlias in the API reference). */
const requireSameKind = (from: KeyRecord, to: KeyRecord): void => {
  if (from.keySpec === to.keySpec && from.keyUsage === to.keyUsage) return;
  throw invalid(`${to.arn} is not of the type and usage of ${from.arn}`);
};

/** Actions on aliases. */
export const aliasActions = (keys: KmsKeys): Actions => ({
  CreateAlias: {
    fields: ['AliasName', 'TargetKeyId'],
    run: (request) => {
      const name = nameOf(request);
      const key = keys.key(text(request, 'TargetKeyId'));
      keys.requireNotPending(key);
      const arn = arnAt(keys.home, 'kms', name);
      if (keys.aliases.has(name)) {
        throw new AwsError('AlreadyExistsException', `An alias with the name ${arn} already exists`);
      }
      const now = keys.clock.now();
      keys.aliases.set(name, { name, arn, createdAt: now, updatedAt: now, keyId: key.keyId });
      return {};
    },
  },
  UpdateAlias: {
    fields: ['AliasName', 'TargetKeyId'],
    run: (request) => {
      const alias = keys.alias(nameOf(request));
      const target = keys.key(text(request, 'TargetKeyId'));
      keys.requireNotPending(target);
      requireSameKind(keys.key(alias.keyId), target);
      keys.aliases.set(alias.name, { ...alias, keyId: target.keyId, updatedAt: keys.clock.now() });
      return {};
    },
  },
  DeleteAlias: {
    fields: ['AliasName'],
    run: (request) => {
      keys.aliases.delete(keys.alias(nameOf(request)).name);
      return {};
    },
  },
  ListAliases: {
    fields: ['KeyId', 'Limit', 'Marker'],
    run: (request) => {
      const named = optionalText(request, 'KeyId');
      const keyId = named === undefined ? undefined : keys.key(named).keyId;
      const all = [...keys.aliases.values()].filter((alias) => keyId === undefined || alias.keyId === keyId);
      return listAnswer('Aliases', all.map(aliasEntry), request, 50);
    },
  },
});
