import { type Answer, Refusal } from './answer.ts';
import { type Body, onlyKnown, text } from './request-body.ts';
import type { SecretScope } from './secret-scope.ts';
import type { SecretScopes } from './secret-scopes.ts';
import type { SecretSwitches } from './secret-switches.ts';
import { askedValue } from './secret-value.ts';
import type { Caller } from './tokens.ts';

/** POST put: WRITE. Overwrites the value of a key that is there. That the value is looked at first is a guess. */
export const putSecret = (scopes: SecretScopes, body: Body, caller: Caller): Answer => {
  onlyKnown(body, ['scope', 'key', 'string_value', 'bytes_value']);
  const key = text(body, 'key');
  const value = askedValue(body);
  writable(scopes, body, caller).put(key, value);
  return { status: 200, body: {} };
};

/** POST delete: WRITE. */
export const deleteSecret = (scopes: SecretScopes, body: Body, caller: Caller): Answer => {
  onlyKnown(body, ['scope', 'key']);
  const key = text(body, 'key');
  writable(scopes, body, caller).remove(key);
  return { status: 200, body: {} };
};

/** GET list: READ. Keys and times, never values; empty: `{}`. */
export const listSecrets = (scopes: SecretScopes, query: Body, caller: Caller): Answer => {
  onlyKnown(query, ['scope']);
  const precision = scopes.switches().secretTimestamps;
  const secrets = readable(scopes, query, caller)
    .all()
    .map(({ key, lastUpdated }) => ({ key, last_updated_timestamp: rounded(lastUpdated, precision) }));
  return { status: 200, body: secrets.length === 0 ? {} : { secrets } };
};

/**
 * GET get: READ; the value in base64. The 2.0 page says that no API reads a value outside a cluster; the databricks
 * CLI's acceptance test "secret_scopes/basic" does so on the real service.
 */
export const getSecret = (scopes: SecretScopes, query: Body, caller: Caller): Answer => {
  onlyKnown(query, ['scope', 'key']);
  const asked = text(query, 'key');
  const scope = readable(scopes, query, caller);
  const secret = scope.find(asked);
  if (secret === undefined) throw scope.missing(asked);
  return { status: 200, body: { key: secret.key, value: secret.value.toString('base64') } };
};

const readable = (scopes: SecretScopes, query: Body, caller: Caller): SecretScope => {
  const scope = scopes.find(text(query, 'scope'));
  scope.acls.check(caller, 'READ', scope.name);
  return scope;
};

// Secrets of a Key Vault scope are written through Azure's own API; the text is a guess.
const writable = (scopes: SecretScopes, body: Body, caller: Caller): SecretScope => {
  const scope = scopes.find(text(body, 'scope'));
  scope.acls.check(caller, 'WRITE', scope.name);
  if (scope.backend === 'DATABRICKS') return scope;
  throw new Refusal(400, 'BAD_REQUEST', `Cannot write secrets to Azure KeyVault-backed scope ${scope.name}`);
};

const rounded = (at: number, precision: SecretSwitches['secretTimestamps']): number =>
  precision === 'seconds' ? Math.floor(at / 1000) * 1000 : at;
