import { type Answer, Refusal } from './answer.ts';
import { type Body, onlyKnown, optionalObject, optionalText, text } from './request-body.ts';
import { ALL_USERS } from './secret-acls.ts';
import { checkReserved } from './secret-names.ts';
import type { SecretScopes } from './secret-scopes.ts';
import { type KeyVaultSeed, SECRET_BACKENDS, type SecretBackend } from './seed.ts';
import type { Caller } from './tokens.ts';

const FIELDS = ['scope', 'initial_manage_principal', 'scope_backend_type', 'backend_azure_keyvault'];

/**
 * POST scopes/create. The caller gets MANAGE; with "users" only that group does (databricks CLI issue 1885). The order
 * of the refusals is a guess.
 */
export const createScope = (scopes: SecretScopes, body: Body, caller: Caller): Answer => {
  onlyKnown(body, FIELDS);
  const { premium, azure } = scopes.switches();
  const name = text(body, 'scope');
  checkReserved(name);
  const principal = optionalText(body, 'initial_manage_principal');
  checkFirstPrincipal(principal, premium);
  const backend = backendOf(body);
  const keyVault = keyVaultOf(body, backend, azure);
  const acls = [{ principal: principal ?? caller.principal, permission: 'MANAGE' }] as const;
  scopes.add({ name, backend, acls, ...(keyVault === undefined ? {} : { keyVault }) });
  return { status: 200, body: {} };
};

/** POST scopes/delete. That it takes MANAGE is a guess: the page names no permission. */
export const deleteScope = (scopes: SecretScopes, body: Body, caller: Caller): Answer => {
  onlyKnown(body, ['scope']);
  const scope = scopes.find(text(body, 'scope'));
  scope.acls.check(caller, 'MANAGE', scope.name);
  scopes.remove(scope.name);
  return { status: 200, body: {} };
};

// Both texts were observed: gbrueckl/Databricks.API.PowerShell pull request 24, paiqo/Databricks-VSCode issue 197.
const checkFirstPrincipal = (principal: string | undefined, premium: boolean): void => {
  if (principal === ALL_USERS) return;
  if (!premium) {
    const rule = `Secret scopes can only be created with initial_manage_principal "${ALL_USERS}".`;
    throw badRequest(`Premium Tier is disabled in this workspace. ${rule}`);
  }
  if (principal !== undefined) throw badRequest(`Cannot specify ${principal} as initial_manage_principal.`);
};

const backendOf = (body: Body): SecretBackend => {
  const asked = optionalText(body, 'scope_backend_type') ?? 'DATABRICKS';
  const known = SECRET_BACKENDS.find((backend) => backend === asked);
  if (known !== undefined) return known;
  throw invalid(`Unknown scope_backend_type ${asked}`);
};

// "Azure KeyVault is not available" was observed (terraform-provider-databricks issue 2465); its code and that it is
// what a host outside Azure says are guesses, and so are the refusals of a vault that is missing or too much.
const keyVaultOf = (body: Body, backend: SecretBackend, azure: boolean): KeyVaultSeed | undefined => {
  const vault = optionalObject(body, 'backend_azure_keyvault');
  if (backend === 'DATABRICKS') {
    if (vault !== undefined) throw invalid('backend_azure_keyvault is for scopes of type AZURE_KEYVAULT');
    return undefined;
  }
  if (!azure) throw badRequest('Azure KeyVault is not available');
  if (vault === undefined) throw invalid('backend_azure_keyvault is missing');
  return { resourceId: text(vault, 'resource_id'), dnsName: text(vault, 'dns_name') };
};

const badRequest = (message: string): Refusal => new Refusal(400, 'BAD_REQUEST', message);
const invalid = (message: string): Refusal => new Refusal(400, 'INVALID_PARAMETER_VALUE', message);
