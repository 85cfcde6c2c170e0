import type { SecretBinding } from '../contract/secret-bindings.ts';
import { type ScopePlace, type SourceSecret, sameName } from './secret.ts';
import { destinationsOf, reaches } from './secret-selection.ts';

/** Where a binding is to be looked at, and what stands in the way. */
export interface Places {
  readonly places: readonly ScopePlace[];
  readonly objections: readonly string[];
}

/** Every scope that a binding names by itself: all of them are looked at, whether secrets are selected or not. */
export function namedPlaces(
  { select, workspaces }: SecretBinding,
  everywhere: readonly string[],
): readonly ScopePlace[] {
  if (select.kind === 'tags') return [];
  return places(select.scopes, workspaces === 'all' ? everywhere : workspaces);
}

/** The scopes that a binding wants these secrets in. */
export function wantedPlaces(
  binding: SecretBinding,
  secrets: readonly SourceSecret[],
  everywhere: readonly string[],
): Places {
  const all = secrets.map((secret) => destinationsOf(binding, secret));
  const reach = binding.workspaces === 'all' ? everywhere : binding.workspaces;
  return {
    places: all.flatMap(({ scopes, workspaces }) => places(scopes, workspaces ?? reach)),
    objections: all.flatMap(({ objections }) => objections.map((words) => `binding ${binding.id}: ${words}`)),
  };
}

const places = (scopes: readonly string[], workspaces: readonly string[]): readonly ScopePlace[] =>
  workspaces.flatMap((workspaceId) => scopes.map((scope) => ({ workspaceId, scope })));

/** Each scope once, in order, with every binding that reaches it; scopes that none reaches are left out. */
export function boundPlaces(
  all: readonly ScopePlace[],
  bindings: readonly SecretBinding[],
): readonly (ScopePlace & { readonly bindingIds: readonly string[] })[] {
  const once = new Map(all.map((place) => [`${place.workspaceId}/${sameName(place.scope)}`, place]));
  return [...once.values()]
    .map((place) => ({
      ...place,
      bindingIds: bindings.filter((binding) => reaches(binding, place)).map(({ id }) => id),
    }))
    .filter(({ bindingIds }) => bindingIds.length > 0);
}
