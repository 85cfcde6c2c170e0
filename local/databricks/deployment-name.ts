import { randomUUID } from 'node:crypto';
import { Refusal } from './answer.ts';

/** "This property supports characters a-z and 0-9. Hyphens are also allowed but not as the first or last character." */
const NAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i;

/** Of the 2026 page of the workspace object. */
const MAX_LENGTH = 64;

/**
 * The deployment name of a new workspace: the one asked for behind the account's prefix, the prefix alone for EMPTY, or
 * one that is made up. The documented example has capitals, of which the host is the lower case.
 */
export const deploymentName = (asked: string | undefined, prefix: string | null): string => {
  if (asked === undefined) return generated();
  if (prefix === null || (asked === 'EMPTY' && prefix === '')) throw withoutPrefix();
  if (asked === 'EMPTY') return prefix;
  const name = prefix === '' ? asked : `${prefix}-${asked}`;
  if (NAME.test(asked) && name.length <= MAX_LENGTH) return name;
  throw new Refusal(400, 'MALFORMED_REQUEST', `Failed parameter validation checks: Invalid deployment name ${asked}`);
};

/** `dbc-xxxxxxxx-xxxx`, as the service makes them up. */
const generated = (): string => `dbc-${randomUUID().slice(0, 13)}`;

// Observed: terraform-provider-databricks issue 622. That EMPTY is answered alike is a guess.
const withoutPrefix = (): Refusal => {
  const reason = 'Deployment name cannot be used until a deployment name prefix is defined.';
  const text = `Failed parameter validation checks: ${reason} Please contact your Databricks representative`;
  return new Refusal(400, 'MALFORMED_REQUEST', text);
};
