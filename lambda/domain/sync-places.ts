import { SECRET_TAG, type SecretBinding } from '../contract/secret-bindings.ts';
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

/** What a binding for all workspaces means by that. */
export interface Everywhere {
  /** Those that run. */
  readonly everywhere: readonly string[];
  /** All of the stage's Region. */
  readonly inRegion: ReadonlySet<string>;
}

/** The scopes that a binding wants these secrets in. Places beyond its reach are among them; `boundPlaces` drops them. */
export function wantedPlaces(
  binding: SecretBinding,
  secrets: readonly SourceSecret[],
  { everywhere, inRegion }: Everywhere,
): Places {
  const all = secrets.map((secret) => ({ secret, ...destinationsOf(binding, secret) }));
  const reach = binding.workspaces === 'all' ? everywhere : binding.workspaces;
  const strange = all.flatMap(({ secret, workspaces }) =>
    (binding.workspaces === 'all' ? (workspaces ?? []) : [])
      .filter((id) => !inRegion.has(id))
      .map((id) => `secret ${secret.name}: its tag ${SECRET_TAG.workspaces} names ${id}, which is none of this Region`),
  );
  return {
    places: all.flatMap(({ scopes, workspaces }) => places(scopes, workspaces ?? reach)),
    objections: [...all.flatMap(({ objections }) => objections), ...strange].map(
      (words) => `binding ${binding.id}: ${words}`,
    ),
  };
}

const places = (scopes: readonly string[], workspaces: readonly string[]): readonly ScopePlace[] =>
  workspaces.flatMap((workspaceId) => scopes.map((scope) => ({ workspaceId, scope })));

/**
 * Each scope once, in order, with every binding that reaches it; scopes that none reaches are left out. A binding for all
 * workspaces reaches those of the Region alone, also where another binding names one elsewhere.
 */
export function boundPlaces(
  all: readonly ScopePlace[],
  bindings: readonly SecretBinding[],
  inRegion: ReadonlySet<string>,
): readonly (ScopePlace & { readonly bindingIds: readonly string[] })[] {
  const isReached = (binding: SecretBinding, place: ScopePlace): boolean =>
    reaches(binding, place) && (binding.workspaces !== 'all' || inRegion.has(place.workspaceId));
  const once = new Map(all.map((place) => [`${place.workspaceId}/${sameName(place.scope)}`, place]));
  return [...once.values()]
    .map((place) => ({
      ...place,
      bindingIds: bindings.filter((binding) => isReached(binding, place)).map(({ id }) => id),
    }))
    .filter(({ bindingIds }) => bindingIds.length > 0);
}
