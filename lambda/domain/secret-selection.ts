import {
  SCOPE_NAME,
  SECRET_TAG,
  type SecretBinding,
  type SecretSelection,
  type SecretSelector,
} from '../contract/secret-bindings.ts';
import { type ScopePlace, type SecretQuery, type SourceSecret, sameName } from './secret.ts';
import { parseSecretArn } from './secret-event.ts';

/** Where one binding wants one secret, or why it may not have it there. */
export interface Destinations {
  readonly scopes: readonly string[];
  /** Workspace ids; null means every workspace of the binding. */
  readonly workspaces: readonly string[] | null;
  /** What the secret's tags ask for and the binding does not allow, in words. */
  readonly objections: readonly string[];
}

const NOWHERE: Destinations = { scopes: [], workspaces: [], objections: [] };

/** Where a binding wants a secret. A secret that waits for its deletion is wanted nowhere. */
export function destinationsOf({ select, workspaces }: SecretBinding, secret: SourceSecret): Destinations {
  if (secret.deletionScheduled || select.exclude.some((selector) => matches(selector, secret))) return NOWHERE;
  if (select.kind === 'scopes') {
    const isWanted = select.include.some((selector) => matches(selector, secret));
    return isWanted ? { scopes: select.scopes, workspaces: null, objections: [] } : NOWHERE;
  }
  const scope = secret.tags.get(SECRET_TAG.scope);
  if (scope === undefined || !select.namePrefixes.some((prefix) => secret.name.startsWith(prefix))) return NOWHERE;
  const objection = scopeObjection(scope, select.scopes);
  if (objection !== undefined) return { ...NOWHERE, objections: [`secret ${secret.name}: ${objection}`] };
  return { scopes: [scope], ...taggedWorkspaces(secret, workspaces) };
}

function scopeObjection(scope: string, allowed: readonly string[]): string | undefined {
  if (!SCOPE_NAME.test(scope)) return `its tag ${SECRET_TAG.scope} is not the name of a scope`;
  if (allowed.some((pattern) => allows(pattern, scope))) return undefined;
  return `its tag ${SECRET_TAG.scope} names ${scope}; the binding allows ${allowed.join(', ')}`;
}

const allows = (pattern: string, scope: string): boolean =>
  pattern.endsWith('*')
    ? sameName(scope).startsWith(sameName(pattern.slice(0, -1)))
    : sameName(pattern) === sameName(scope);

function taggedWorkspaces(
  { name, tags }: SourceSecret,
  reach: SecretBinding['workspaces'],
): Pick<Destinations, 'workspaces' | 'objections'> {
  const tag = tags.get(SECRET_TAG.workspaces);
  if (tag === undefined) return { workspaces: null, objections: [] };
  const words = tag.split(/[\s,]+/).filter((word) => word !== '');
  const asked = words.filter((word) => /^\d{1,20}$/.test(word));
  const isReached = (id: string): boolean => reach === 'all' || reach.includes(id);
  const objections = [
    ...(asked.length < words.length ? ['holds what is no workspace id'] : []),
    ...asked.filter((id) => !isReached(id)).map((id) => `names ${id}, which the binding does not`),
  ].map((objection) => `secret ${name}: its tag ${SECRET_TAG.workspaces} ${objection}`);
  return { workspaces: asked.filter(isReached), objections };
}

/** True if the binding wants the secret in this very scope of this workspace. */
export function wantsThere(binding: SecretBinding, secret: SourceSecret, place: ScopePlace): boolean {
  const { scopes, workspaces } = destinationsOf(binding, secret);
  const isScope = scopes.some((scope) => sameName(scope) === sameName(place.scope));
  return isScope && (workspaces === null || workspaces.includes(place.workspaceId));
}

const matches = (selector: SecretSelector, { arn, name, tags }: SourceSecret): boolean => {
  switch (selector.by) {
    case 'arn':
      return selector.arn === arn;
    case 'name-prefix':
      return name.startsWith(selector.prefix);
    case 'tag':
      return tags.get(selector.key) === selector.value;
  }
};

/** What to list to see every secret that a selection may mean; secrets named by ARN are described instead. */
export function queriesOf(select: SecretSelection): {
  readonly queries: readonly SecretQuery[];
  readonly arns: readonly string[];
} {
  if (select.kind === 'tags') {
    return { queries: [{ namePrefixes: select.namePrefixes, tag: { key: SECRET_TAG.scope } }], arns: [] };
  }
  const prefixes = select.include.flatMap((one) => (one.by === 'name-prefix' ? [one.prefix] : []));
  const tags = select.include.flatMap((one) => (one.by === 'tag' ? [{ tag: { key: one.key, value: one.value } }] : []));
  return {
    queries: [...(prefixes.length > 0 ? [{ namePrefixes: prefixes }] : []), ...tags],
    arns: select.include.flatMap((one) => (one.by === 'arn' ? [one.arn] : [])),
  };
}

/** How an event's secret concerns a binding, by its name alone: tags are not in events. */
export function mayConcern({ select }: SecretBinding, secretId: string, name: string): 'yes' | 'if-tagged' | 'no' {
  if (select.kind === 'tags') return select.namePrefixes.some((prefix) => name.startsWith(prefix)) ? 'yes' : 'no';
  const answers = select.include.map((one) => {
    if (one.by === 'tag') return 'if-tagged';
    if (one.by === 'name-prefix') return name.startsWith(one.prefix) ? 'yes' : 'no';
    return one.arn === secretId || parseSecretArn(one.arn)?.name === name ? 'yes' : 'no';
  });
  if (answers.includes('yes')) return 'yes';
  return answers.includes('if-tagged') ? 'if-tagged' : 'no';
}

/** The secret with the service principal's own credentials is never synced, whatever a binding selects. */
export const isCredentialSecret = (credentialSecret: string, { arn, name }: SourceSecret): boolean =>
  credentialSecret === arn || credentialSecret === name || parseSecretArn(credentialSecret)?.name === name;

/** True if a binding may have anything to do with this scope: all of them share its access list and its keys. */
export function reaches({ select, workspaces }: SecretBinding, place: ScopePlace): boolean {
  if (workspaces !== 'all' && !workspaces.includes(place.workspaceId)) return false;
  return select.scopes.some((pattern) => allows(pattern, place.scope));
}
