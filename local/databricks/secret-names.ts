import { Refusal } from './answer.ts';
import type { SecretSwitches } from './secret-switches.ts';

const ALLOWED: Readonly<Record<SecretSwitches['secretNames'], RegExp>> = {
  documented: /^[A-Za-z0-9._-]+$/,
  'with-at': /^[A-Za-z0-9._@-]+$/,
  'as-terraform': /^[A-Za-z0-9._@/-]+$/,
};

const LONGEST = 128;

// That a name is reserved by this prefix is a guess; the documentation names none.
const RESERVED = /^databricks-internal/i;

/** Under what a scope or a secret is found: names are case-insensitive (documentation, "Secret management"). */
export const folded = (name: string): string => name.toLowerCase();

/**
 * Refuses a name with other characters or of more than 128. The text is a guess, and does not repeat the name: a client
 * may have mixed it up with the value.
 */
export const checkName = (of: 'Scope' | 'Key', name: string, rule: SecretSwitches['secretNames']): void => {
  if (name.length <= LONGEST && ALLOWED[rule].test(name)) return;
  const wanted = 'alphanumeric characters, dashes, underscores, and periods, and may not exceed 128 characters';
  throw new Refusal(400, 'INVALID_PARAMETER_VALUE', `${of} name is invalid: it must consist of ${wanted}.`);
};

/**
 * "Throws CUSTOMER_UNAUTHORIZED if normal user attempts to create a scope with name reserved for databricks internal
 * usage." Text and status are guesses; 401 is what another service with the same error codes answers for it.
 */
export const checkReserved = (name: string): void => {
  if (!RESERVED.test(name)) return;
  throw new Refusal(401, 'CUSTOMER_UNAUTHORIZED', `Scope name ${name} is reserved for internal usage.`);
};
