import type { AccountWorkspaces } from './account-workspaces.ts';
import { type Answer, INVALID_ENDPOINT } from './answer.ts';
import type { Credentials } from './credentials.ts';
import type { KeyConfigurations } from './key-configurations.ts';
import { parseBody } from './request-body.ts';
import type { Call, Parameters, Route } from './router.ts';
import type { Tokens } from './tokens.ts';

interface AccountParts {
  readonly accountId: string;
  readonly tokens: Tokens;
  readonly keys: KeyConfigurations;
  readonly credentials: Credentials;
  readonly workspaces: AccountWorkspaces;
}

/** What `accounts.cloud.databricks.com` serves: the token endpoint and the account API 2.0. */
export const accountRoutes = (parts: AccountParts): readonly Route[] => {
  const { accountId, tokens, keys, credentials, workspaces } = parts;
  const root = '/api/2.0/accounts/{account_id}';
  const guarded = (method: Route['method'], path: string, answer: Route['answer']): Route => ({
    method,
    template: `${root}${path}`,
    answer: (call, parameters) => {
      if (parameters.account_id !== accountId) return INVALID_ENDPOINT;
      tokens.checkAccount(call.authorization);
      return answer(call, parameters);
    },
  });
  const removeKey = (_call: Call, { id = '' }: Parameters): Answer => keys.remove(id, workspaces.usersOfKey(id));
  return [
    {
      method: 'POST',
      template: '/oidc/accounts/{account_id}/v1/token',
      answer: ({ body, authorization }, { account_id }) =>
        account_id === accountId
          ? tokens.grant(new URLSearchParams(body), authorization, { kind: 'account' })
          : INVALID_ENDPOINT,
    },
    guarded('POST', '/customer-managed-keys', ({ body }) => keys.register(parseBody(body))),
    guarded('GET', '/customer-managed-keys', () => keys.list()),
    guarded('GET', '/customer-managed-keys/{id}', (_call, { id = '' }) => keys.get(id)),
    guarded('DELETE', '/customer-managed-keys/{id}', removeKey),
    guarded('POST', '/credentials', ({ body }) => credentials.create(parseBody(body))),
    guarded('GET', '/credentials', () => credentials.list()),
    guarded('GET', '/credentials/{id}', (_call, { id = '' }) => credentials.get(id)),
    guarded('GET', '/workspaces', () => workspaces.list()),
    guarded('GET', '/workspaces/{id}', (_call, { id = '' }) => workspaces.get(id)),
    guarded('PATCH', '/workspaces/{id}', ({ body, query }, { id = '' }) =>
      workspaces.update(id, body, query.get('update_mask')),
    ),
  ];
};
