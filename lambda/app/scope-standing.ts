import { FAILURE } from '../contract/failures.ts';
import type { SecretBinding } from '../contract/secret-bindings.ts';
import { AutomationError, isFailure } from '../domain/failure.ts';
import { type ScopeKey, type ScopePlace, sameName } from '../domain/secret.ts';
import type { SecretScopes } from './secret-ports.ts';

/** A scope as it stands in Databricks. */
export interface Standing {
  /** As it is spelled there. */
  readonly scope: string;
  readonly exists: boolean;
  /** Null where the ledger is trusted. */
  readonly keys: readonly ScopeKey[] | null;
}

/** The most scopes that a workspace holds (Databricks, "Secret scopes"). */
const MOST_SCOPES = 1_000;

/** Two calls. Fails with SecretScopeLimitReached where there is no room for the scope, and with KeyVaultScopeIsReadOnly. */
export async function lookAt(place: ScopePlace, scopes: SecretScopes): Promise<Standing> {
  const all = await scopes.list();
  const found = all.find(({ name }) => sameName(name) === sameName(place.scope));
  if (found === undefined) {
    if (all.length < MOST_SCOPES) return { scope: place.scope, exists: false, keys: [] };
    throw new AutomationError(
      FAILURE.scopeLimitReached,
      `workspace ${place.workspaceId} has ${all.length} secret scopes and takes no more: scope ${place.scope} was not created. Delete scopes that nobody uses`,
    );
  }
  if (found.backend === 'AZURE_KEYVAULT') {
    throw new AutomationError(
      FAILURE.scopeIsReadOnly,
      `scope ${found.name} of workspace ${place.workspaceId} is backed by an Azure Key Vault and can only be read here; bind another scope`,
    );
  }
  return { scope: found.name, exists: true, keys: await scopes.keys(found.name) };
}

/** Makes the scope; somebody else's having made it meanwhile is as good. */
export async function createScope(
  scope: string,
  bindings: readonly SecretBinding[],
  scopes: SecretScopes,
): Promise<void> {
  const opens = bindings.some(({ initialManagePrincipal }) => initialManagePrincipal === 'users');
  try {
    await scopes.create(scope, opens ? { initialManagePrincipal: 'users' } : {});
  } catch (error) {
    if (!isFailure(error, FAILURE.scopeExists)) throw error;
  }
}
