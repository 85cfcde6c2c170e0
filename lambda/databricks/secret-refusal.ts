import { FAILURE, type FailureName } from '../contract/failures.ts';
import type { DatabricksError } from './databricks-error.ts';
import type { Refusal } from './refusal.ts';
import { failureOf } from './refusal-failure.ts';
import type { SecretPlace } from './secret-failure.ts';

/** Cannot be a name of a scope, which holds no spaces. "Premium Tier is disabled in this workspace." */
const PREMIUM = /\bpremium (?:tier|plan)\b/i;
/** A 400 about another part of the request than the name of the scope. */
const NOT_THE_NAME = /initial_manage_principal|key ?vault|resource_id|dns_name/i;
const EXISTS = /\balready exists\b/i;
const MISSING = /\bdoes not exist\b/i;
const KEY_VAULT = /key ?vault/i;
const CANNOT_WRITE =
  /\bread.?only\b|\bnot (?:supported|allowed|permitted)\b|\bunsupported\b|\bcannot\b|\bcan(?: no|')t\b/i;
const PRINCIPAL = /\bprincipal\b|\bpermission\b|\buser\b|\bgroup\b/i;

const EXISTS_CODES: ReadonlySet<string | undefined> = new Set(['RESOURCE_ALREADY_EXISTS', 'ALREADY_EXISTS']);
const MISSING_CODES: ReadonlySet<string | undefined> = new Set(['RESOURCE_DOES_NOT_EXIST', 'NOT_FOUND']);
const INVALID = 'INVALID_PARAMETER_VALUE';

/** True if what should be made is there already; Databricks says so with 400 as well as with 409. */
export const saysExists = ({ name, code, serverMessage = '' }: DatabricksError): boolean =>
  name === FAILURE.databricksConflict && (EXISTS_CODES.has(code) || EXISTS.test(serverMessage));

/** The failure that a refused scope really is, or undefined to keep the one it has. */
export const createFailure = (error: DatabricksError): FailureName | undefined => {
  const { name, status, code, serverMessage = '' } = error;
  if (name === FAILURE.databricksOutcomeUnknown || name === FAILURE.databricksUnavailable) return undefined;
  if (PREMIUM.test(serverMessage)) return FAILURE.premiumTierMissing;
  if (saysExists(error) || (status === 409 && code === undefined)) return FAILURE.scopeExists;
  if (name === FAILURE.databricksLimitReached) return FAILURE.scopeLimitReached;
  if (code === 'CUSTOMER_UNAUTHORIZED') return FAILURE.scopeNameReserved;
  const isAboutName = name === FAILURE.databricksRefused && code === INVALID && !NOT_THE_NAME.test(serverMessage);
  return isAboutName ? FAILURE.scopeNameInvalid : undefined;
};

/** AccessRuleRefused if a 400 speaks of principal or permission, or undefined to keep the failure it has. */
export const grantFailure = ({ name, status, code, serverMessage = '' }: DatabricksError): FailureName | undefined => {
  if (name !== FAILURE.databricksRefused) return undefined;
  const isAboutRule = code === INVALID || (status === 400 && PRINCIPAL.test(serverMessage));
  return isAboutRule ? FAILURE.accessRuleRefused : undefined;
};

/** These say nothing about scope, key or value. */
const NOT_ABOUT_THE_SECRET: ReadonlySet<FailureName> = new Set<FailureName>([
  FAILURE.databricksUnauthenticated,
  FAILURE.databricksThrottled,
  FAILURE.databricksUnavailable,
]);

/** 413 is what a proxy says of a body that is too large. */
const REFUSED_STATUS: ReadonlySet<number> = new Set([400, 413]);

/**
 * The failure that a refused secret really is, or undefined to keep the one it has. Sees the server's words as they
 * came, which may repeat the value: they decide here and go no further.
 */
export const putFailure = (refusal: Refusal, place: SecretPlace): FailureName | undefined => {
  const failure = failureOf(refusal);
  if (NOT_ABOUT_THE_SECRET.has(failure)) return undefined;
  if (saysReadOnly(refusal, place)) return FAILURE.scopeIsReadOnly;
  if (failure === FAILURE.databricksNotFound) return saysThingMissing(refusal) ? FAILURE.scopeNotFound : undefined;
  // Before the words: "limit exceeded" is then said of the value's length, not of the number of secrets.
  if (refusal.code === INVALID) return FAILURE.secretRefused;
  if (failure === FAILURE.databricksLimitReached) return FAILURE.scopeIsFull;
  const isRefused = failure === FAILURE.databricksRefused && REFUSED_STATUS.has(refusal.status);
  return isRefused ? FAILURE.secretRefused : undefined;
};

/** Without the names that were sent: a key may be called after a key vault. */
const saysReadOnly = ({ message }: Refusal, { scope, key }: SecretPlace): boolean => {
  const words = [scope, key ?? ''].reduce((text, name) => (name === '' ? text : text.replaceAll(name, '')), message);
  return KEY_VAULT.test(words) && CANNOT_WRITE.test(words);
};

/** A wrong path or host also answers 404. */
const saysThingMissing = ({ code, message }: Refusal): boolean =>
  MISSING_CODES.has(code) || (code !== 'ENDPOINT_NOT_FOUND' && (message === '' || MISSING.test(message)));
