import { SECRET_TAG, type SecretBinding } from '../contract/secret-bindings.ts';
import type { SourceSecret } from './secret.ts';

/** The name of a key in a scope, or why there is none. */
export type KeyName =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** Secrets API: letters, digits, dashes, underscores, periods (and `@` in its newer documentation), at most 128. */
const KEY_NAME = /^[A-Za-z0-9._@-]{1,128}$/;

/** True if a member of a JSON object can be part of a key's name. Other members' names are never shown anywhere. */
export const isUsableMember = (member: string): boolean => KEY_NAME.test(member);

/**
 * The key that a binding's template makes of a secret, and of one member of its JSON object if it is spread. Slashes in
 * the secret's name become hyphens; anything else that Databricks does not take refuses the secret. The tag
 * `databricks:key` goes before the template where the binding heeds tags.
 */
export function keyName(binding: SecretBinding, secret: SourceSecret, member: string | null): KeyName {
  const tagged = binding.select.kind === 'tags' ? secret.tags.get(SECRET_TAG.key) : undefined;
  const template = tagged === undefined ? binding.keyTemplate : member === null ? tagged : `${tagged}_{jsonKey}`;
  const missing: string[] = [];
  const key = template.replace(/\{(\w+)(?::([^{}]*))?\}/g, (_whole, placeholder: string, tag = '') => {
    const value = filled(placeholder, tag, secret, member);
    if (value === undefined) missing.push(tag);
    return value ?? '';
  });
  if (missing.length > 0) return refused(`it has no tag ${missing.join(', ')}, which the template ${template} wants`);
  if (KEY_NAME.test(key)) return { kind: 'key', key };
  const found = key.length > 128 ? `${key.length} characters` : JSON.stringify(key);
  return refused(`its key would be ${found}; wanted 1 to 128 letters, digits and . _ @ -`);
}

const refused = (reason: string): KeyName => ({ kind: 'refused', reason });

function filled(placeholder: string, tag: string, { name, tags }: SourceSecret, member: string | null) {
  switch (placeholder) {
    case 'name':
      return name.replaceAll('/', '-');
    case 'basename':
      return name.slice(name.lastIndexOf('/') + 1);
    case 'jsonKey':
      return member ?? '';
    case 'tag':
      return tags.get(tag);
    default:
      // The configuration was checked: anything else is no placeholder, and its braces refuse the key.
      return `{${placeholder}}`;
  }
}
