import type { AccountWorkspaces } from './account-workspaces.ts';
import { type Answer, INVALID_ENDPOINT, Refusal } from './answer.ts';
import type { Credentials } from './credentials.ts';
import type { KeyConfigurations } from './key-configurations.ts';
import type { Networks } from './networks.ts';
import type { PrivateAccessSettings } from './private-access-settings.ts';
import { type Body, parseBody } from './request-body.ts';
import type { Call, Parameters, Route } from './router.ts';
import type { StorageConfigurations } from './storage-configurations.ts';
import type { Tokens } from './tokens.ts';

interface AccountParts {
  readonly accountId: string;
  readonly tokens: Tokens;
  readonly keys: KeyConfigurations;
  readonly credentials: Credentials;
  readonly storage: StorageConfigurations;
  readonly networks: Networks;
  readonly privateAccess: PrivateAccessSettings;
  readonly workspaces: AccountWorkspaces;
}

/** What `accounts.cloud.databricks.com` serves: the token endpoint and the account API 2.0. */
export const accountRoutes = (parts: AccountParts): readonly Route[] => {
  const { accountId, tokens, keys, credentials, storage, networks, privateAccess, workspaces } = parts;
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
  /** The five calls that all configurations have. */
  const configuration = (path: string, held: Configuration): readonly Route[] => [
    guarded('POST', path, ({ body }) => malformed(() => held.create(parseBody(body)))),
    guarded('GET', path, () => held.list()),
    guarded('GET', `${path}/{id}`, (_call, { id = '' }) => held.get(id)),
    guarded('DELETE', `${path}/{id}`, (_call, { id = '' }) => held.remove(id, workspaces.usersOf(id))),
  ];
  const replaceAccess = ({ body }: Call, { id = '' }: Parameters): Promise<Answer> =>
    malformed(() => privateAccess.replace(id, parseBody(body), workspaces.usersOf(id)));
  return [
    {
      method: 'POST',
      template: '/oidc/accounts/{account_id}/v1/token',
      answer: ({ body, authorization }, { account_id }) =>
        account_id === accountId
          ? tokens.grant(new URLSearchParams(body), authorization, { kind: 'account' })
          : INVALID_ENDPOINT,
    },
    ...configuration('/customer-managed-keys', keys),
    ...configuration('/credentials', credentials),
    ...configuration('/storage-configurations', storage),
    ...configuration('/networks', networks),
    ...configuration('/private-access-settings', privateAccess),
    guarded('PUT', '/private-access-settings/{id}', replaceAccess),
    guarded('POST', '/workspaces', ({ body }) => malformed(() => workspaces.create(parseBody(body)))),
    guarded('GET', '/workspaces', () => workspaces.list()),
    guarded('GET', '/workspaces/{id}', (_call, { id = '' }) => workspaces.get(id)),
    guarded('PATCH', '/workspaces/{id}', ({ body, query }, { id = '' }) =>
      workspaces.update(id, body, query.get('update_mask')),
    ),
    guarded('DELETE', '/workspaces/{id}', (_call, { id = '' }) => workspaces.remove(id)),
  ];
};

/** What workspaces refer to, as the routes use it. */
interface Configuration {
  readonly create: (body: Body) => Answer;
  readonly list: () => Answer;
  readonly get: (id: string) => Answer;
  readonly remove: (id: string, usedBy: readonly string[]) => Answer;
}

/** The account API was only seen to call a body that it cannot use MALFORMED_REQUEST; the workspace APIs have more words. */
const malformed = async (act: () => Answer | Promise<Answer>): Promise<Answer> => {
  try {
    return await act();
  } catch (error) {
    const renamed = error instanceof Refusal && error.code === 'INVALID_PARAMETER_VALUE';
    throw renamed ? new Refusal(400, 'MALFORMED_REQUEST', error.message) : error;
  }
};
