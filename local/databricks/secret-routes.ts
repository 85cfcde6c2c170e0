import { type Answer, Refusal, refusalAnswer } from './answer.ts';
import { type Body, parseBody } from './request-body.ts';
import type { Call, Parameters, Route } from './router.ts';
import { deleteAcl, getAcl, listAcls, putAcl } from './secret-acl-calls.ts';
import { deleteSecret, getSecret, listSecrets, putSecret } from './secret-calls.ts';
import { createScope, deleteScope } from './secret-scope-calls.ts';
import type { SecretScopes } from './secret-scopes.ts';
import type { SecretsRate } from './secrets-rate.ts';
import type { Caller } from './tokens.ts';

/** A route that only callers of the workspace get through to. */
export type Guarded = (
  method: Route['method'],
  template: string,
  answer: (call: Call, parameters: Parameters, caller: Caller) => Answer | Promise<Answer>,
) => Route;

interface SecretParts {
  readonly scopes: SecretScopes;
  readonly rate: SecretsRate;
}

type Act = (input: Body, caller: Caller) => Answer | Promise<Answer>;

/** The Secrets API 2.0 of one workspace. */
export const secretRoutes = ({ scopes, rate }: SecretParts, guarded: Guarded): readonly Route[] => {
  const limited = (
    method: Route['method'],
    path: string,
    act: (call: Call, caller: Caller) => ReturnType<Act>,
  ): Route =>
    guarded(
      method,
      `/api/2.0/secrets/${path}`,
      (call, _parameters, caller) => rate.refusal() ?? worded(() => act(call, caller)),
    );
  const reads = (path: string, act: Act): Route =>
    limited('GET', path, ({ query }, caller) => act(Object.fromEntries(query), caller));
  const writes = (path: string, act: Act): Route =>
    limited('POST', path, ({ body }, caller) => act(parseBody(body), caller));
  return [
    writes('scopes/create', (body, caller) => createScope(scopes, body, caller)),
    writes('scopes/delete', (body, caller) => deleteScope(scopes, body, caller)),
    reads('scopes/list', () => scopes.list()),
    writes('put', (body, caller) => putSecret(scopes, body, caller)),
    writes('delete', (body, caller) => deleteSecret(scopes, body, caller)),
    reads('list', (query, caller) => listSecrets(scopes, query, caller)),
    reads('get', (query, caller) => getSecret(scopes, query, caller)),
    writes('acls/put', (body, caller) => putAcl(scopes, body, caller)),
    writes('acls/delete', (body, caller) => deleteAcl(scopes, body, caller)),
    reads('acls/get', (query, caller) => getAcl(scopes, query, caller)),
    reads('acls/list', (query, caller) => listAcls(scopes, query, caller)),
  ];
};

/**
 * The answer, or the refusal in the words of the Secrets API: PERMISSION_DENIED is documented for a scope, while what
 * stands before all APIs of a workspace answers with a number.
 */
const worded = async (act: () => ReturnType<Act>): Promise<Answer> => {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Refusal) return refusalAnswer(error, 'code');
    throw error;
  }
};
