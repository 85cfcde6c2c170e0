import { type Answer, Refusal } from './answer.ts';
import { type Body, onlyKnown, text } from './request-body.ts';
import type { SecretScope } from './secret-scope.ts';
import type { SecretScopes } from './secret-scopes.ts';
import { SECRET_PERMISSIONS, type SecretPermission } from './seed.ts';
import type { Caller } from './tokens.ts';

/**
 * POST acls/put: creates or overwrites. The page also lists RESOURCE_ALREADY_EXISTS; every implementation of it
 * overwrites. A principal that the workspace does not know is refused.
 */
export const putAcl = async (scopes: SecretScopes, body: Body, caller: Caller): Promise<Answer> => {
  onlyKnown(body, ['scope', 'principal', 'permission']);
  const principal = principalOf(body);
  const permission = permissionOf(body);
  const scope = managed(scopes, body, caller);
  if (!scopes.knows(principal, caller)) {
    // Observed: fresh principals are refused for a while (terraform-provider-databricks issue 2423). How is a guess.
    throw new Refusal(404, 'RESOURCE_DOES_NOT_EXIST', `Principal ${principal} does not exist!`);
  }
  await scope.acls.write(principal, permission, scopes.losesAclWrite());
  return { status: 200, body: {} };
};

/** POST acls/delete. Refuses an entry that is not there, whatever a lagging read shows. */
export const deleteAcl = async (scopes: SecretScopes, body: Body, caller: Caller): Promise<Answer> => {
  onlyKnown(body, ['scope', 'principal']);
  const principal = principalOf(body);
  const scope = managed(scopes, body, caller);
  if (!scope.acls.has(principal)) throw missing(principal, scope.name);
  await scope.acls.write(principal, undefined, scopes.losesAclWrite());
  return { status: 200, body: {} };
};

/** GET acls/get, as far as reads have caught up. */
export const getAcl = (scopes: SecretScopes, query: Body, caller: Caller): Answer => {
  onlyKnown(query, ['scope', 'principal']);
  const principal = principalOf(query);
  const scope = managed(scopes, query, caller);
  const item = scope.acls.shown().find((shown) => shown.principal === principal);
  if (item === undefined) throw missing(principal, scope.name);
  return { status: 200, body: item };
};

/** GET acls/list, as far as reads have caught up; empty: `{}`. */
export const listAcls = (scopes: SecretScopes, query: Body, caller: Caller): Answer => {
  onlyKnown(query, ['scope']);
  const items = managed(scopes, query, caller).acls.shown();
  return { status: 200, body: items.length === 0 ? {} : { items } };
};

// "You must have MANAGE permission to invoke this API", of all four. What they need below the premium tier was not found.
const managed = (scopes: SecretScopes, input: Body, caller: Caller): SecretScope => {
  const scope = scopes.find(text(input, 'scope'));
  scope.acls.check(caller, 'MANAGE', scope.name);
  return scope;
};

const principalOf = (input: Body): string => {
  const principal = text(input, 'principal');
  if (principal !== '') return principal;
  throw new Refusal(400, 'INVALID_PARAMETER_VALUE', 'The principal is empty.');
};

const permissionOf = (body: Body): SecretPermission => {
  const asked = text(body, 'permission');
  const known = SECRET_PERMISSIONS.find((permission) => permission === asked);
  if (known !== undefined) return known;
  throw new Refusal(400, 'INVALID_PARAMETER_VALUE', `Permission ${asked} is invalid.`);
};

// As the first versions of the Terraform provider looked for it.
const missing = (principal: string, scope: string): Refusal =>
  new Refusal(
    404,
    'RESOURCE_DOES_NOT_EXIST',
    `Failed to get secret acl for principal ${principal} for scope ${scope}.`,
  );
