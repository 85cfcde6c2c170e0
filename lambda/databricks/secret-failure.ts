import { FAILURE, type FailureName } from '../contract/failures.ts';
import { AutomationError } from '../domain/failure.ts';
import { saidBy } from './said-by.ts';

/** What a request was about; all of it may be printed. */
export interface SecretPlace {
  readonly scope: string;
  readonly key?: string;
  readonly principal?: string;
}

/** Limits and names after the documentation of secret scopes ("Secret management", 2026). */
const ADVICE: Readonly<Partial<Record<FailureName, string>>> = {
  [FAILURE.scopeExists]: 'use it as it is, or choose another name; names are compared without case',
  [FAILURE.scopeLimitReached]: 'delete scopes that are no longer used, or ask Databricks to raise the limit',
  [FAILURE.scopeNameInvalid]: 'a name is 1 to 128 letters, digits, hyphens, underscores, periods and @',
  [FAILURE.scopeNameReserved]: 'Databricks keeps this name for itself; choose another',
  [FAILURE.premiumTierMissing]:
    "set initialManagePrincipal: 'users' in the binding, after which every user of the workspace can read the scope, " +
    'or upgrade the workspace to the Premium tier',
  [FAILURE.scopeNotFound]: 'the scope was deleted or not created yet; create it first',
  [FAILURE.scopeIsFull]: 'a scope holds 1,000 secrets; delete what is no longer used, or use a second scope',
  [FAILURE.scopeIsReadOnly]: 'an Azure Key Vault stands behind this scope; write there, or use a scope of another name',
  [FAILURE.secretRefused]:
    'a key is 1 to 128 letters, digits, hyphens, underscores, periods and @; a value is at most 128 KB',
  [FAILURE.accessRuleRefused]:
    'grant READ, WRITE or MANAGE to the e-mail address of a user, the display name of a group or the application id of ' +
    'a service principal that was added to this workspace',
  [FAILURE.databricksThrottled]: 'too many requests; ask again later, and more slowly',
};

/**
 * The failure `name` of a refused request: which request to which host, about what, what Databricks said, what to do.
 * Says no more of Databricks' words than `cause` holds.
 */
export const secretFailure = (
  name: FailureName,
  place: SecretPlace,
  cause: unknown,
  baseUrl: string,
): AutomationError => {
  const where = [
    `scope '${place.scope}'`,
    ...(place.key === undefined ? [] : [`key '${place.key}'`]),
    ...(place.principal === undefined ? [] : [`principal '${place.principal}'`]),
  ].join(', ');
  const advice = ADVICE[name];
  const message = [`${saidBy(cause, baseUrl)} (${where})`, ...(advice === undefined ? [] : [advice])].join('; ');
  return new AutomationError(name, message, { cause });
};
