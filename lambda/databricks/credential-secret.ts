import { FAILURE } from '../contract/failures.ts';
import { AutomationError } from '../domain/failure.ts';
import { Sensitive } from '../domain/sensitive.ts';
import { parseJsonOrNothing } from './json.ts';

/** With what a service principal asks for OAuth tokens. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: Sensitive<string>;
}

/** Reads the credentials; `fresh` asks for the stored value as it is now, past any cache. */
export type CredentialSource = (ask: { readonly fresh: boolean }) => Promise<ClientCredentials>;

/**
 * Field names of both layouts: ours, and that of AWS's managed rotation for Databricks service principals
 * (Secrets Manager user guide, "Databricks Service Principal OAuth Client Secret").
 */
const LAYOUTS = [
  { id: 'client_id', secret: 'client_secret' },
  { id: 'clientId', secret: 'clientSecret' },
] as const;

const NAME = /^[\w.-]{1,64}$/;

const invalid = (source: string, found: string): AutomationError =>
  new AutomationError(
    FAILURE.credentialSecretInvalid,
    `secret ${source}: found ${found}, wanted a JSON object with client_id and client_secret ` +
      "(or clientId and clientSecret, as AWS's managed rotation writes them), both non-empty text",
  );

/** Names of members, never values. A name that does not look like one could be a value in the wrong place. */
const namesOf = (object: Readonly<Record<string, unknown>>): string => {
  const names = Object.keys(object).map((name) => (NAME.test(name) ? name : '(a name left out)'));
  if (names.length === 0) return 'no fields';
  return `the fields ${names.slice(0, 20).join(', ')}`;
};

const isFilled = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

/**
 * Credentials from the text of the secret `source` (its ARN or name, for messages). Further fields are ignored.
 * Fails with CredentialSecretInvalid, which tells which fields were found and wanted, and never a value.
 */
export const parseCredentialSecret = (text: string, source: string): ClientCredentials => {
  const json = parseJsonOrNothing(text);
  if (json === undefined) throw invalid(source, 'text that is not JSON');
  const { value } = json;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(source, 'JSON that is not an object');
  }
  const object = value as Readonly<Record<string, unknown>>;
  for (const layout of LAYOUTS) {
    const id = object[layout.id];
    const secret = object[layout.secret];
    if (isFilled(id) && isFilled(secret)) return { clientId: id.trim(), clientSecret: new Sensitive(secret.trim()) };
  }
  throw invalid(source, namesOf(object));
};
