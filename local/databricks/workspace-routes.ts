import { type Answer, Refusal } from './answer.ts';
import { parseBody } from './request-body.ts';
import type { Route } from './router.ts';
import { type Guarded, secretRoutes } from './secret-routes.ts';
import type { Tokens } from './tokens.ts';
import type { Workspace } from './workspace.ts';

/** What the host of one workspace serves. `origin` is that host as clients reach it here. */
export const workspaceRoutes = (workspace: Workspace, tokens: Tokens, origin: string): readonly Route[] => {
  const { clusters, pools, warehouses } = workspace;
  const useOf = (id: string) => clusters.useOf(id);
  const guarded: Guarded = (method, template, answer) => ({
    method,
    template,
    answer: (call, parameters) => {
      const caller = tokens.checkWorkspace(call.authorization, workspace.id);
      const { unreachable } = workspace;
      // Observed while a new workspace is being set up. That a banned one answers alike is a guess.
      if (unreachable !== undefined) throw new Refusal(400, 'BAD_REQUEST', unreachable);
      return answer(call, parameters, caller);
    },
  });
  const clusterRoutes = ['2.0', '2.1'].flatMap((version) => [
    guarded('GET', `/api/${version}/clusters/list`, ({ query }) => clusters.list(query)),
    guarded('GET', `/api/${version}/clusters/get`, ({ query }) => clusters.get(wanted(query, 'cluster_id'))),
    guarded('POST', `/api/${version}/clusters/delete`, ({ body }) => clusters.terminate(parseBody(body))),
    guarded('POST', `/api/${version}/clusters/start`, ({ body }) => clusters.start(parseBody(body))),
    guarded('POST', `/api/${version}/clusters/permanent-delete`, ({ body }) => clusters.remove(parseBody(body))),
  ]);
  return [
    {
      method: 'POST',
      template: '/oidc/v1/token',
      answer: ({ body, authorization }) =>
        tokens.grant(new URLSearchParams(body), authorization, { kind: 'workspace', workspaceId: workspace.id }),
    },
    {
      method: 'GET',
      template: '/oidc/.well-known/oauth-authorization-server',
      answer: () => ({ status: 200, body: discovery(origin) }),
    },
    ...clusterRoutes,
    guarded('GET', '/api/2.0/instance-pools/list', () => poolList(workspace)),
    guarded('GET', '/api/2.0/instance-pools/get', ({ query }) => pools.get(wanted(query, 'instance_pool_id'), useOf)),
    guarded('POST', '/api/2.0/instance-pools/edit', ({ body }) => pools.edit(parseBody(body))),
    guarded('GET', '/api/2.0/sql/warehouses', ({ query }) => warehouses.list(query)),
    guarded('GET', '/api/2.0/sql/warehouses/{id}', (_call, { id = '' }) => warehouses.get(id)),
    guarded('POST', '/api/2.0/sql/warehouses/{id}/start', (_call, { id = '' }) => warehouses.start(id)),
    guarded('POST', '/api/2.0/sql/warehouses/{id}/stop', (_call, { id = '' }) => warehouses.stop(id)),
    ...secretRoutes({ scopes: workspace.secretScopes, rate: workspace.secretsRate }, guarded),
  ];
};

const poolList = ({ pools, clusters }: Workspace): Answer => {
  const views = pools.views((id) => clusters.useOf(id));
  return { status: 200, body: views.length === 0 ? {} : { instance_pools: views } };
};

const wanted = (query: URLSearchParams, name: string): string => {
  const value = query.get(name);
  if (value !== null && value !== '') return value;
  throw new Refusal(400, 'INVALID_PARAMETER_VALUE', `Missing required field: ${name}`);
};

const discovery = (origin: string): unknown => ({
  issuer: `${origin}/oidc`,
  authorization_endpoint: `${origin}/oidc/v1/authorize`,
  token_endpoint: `${origin}/oidc/v1/token`,
  grant_types_supported: ['client_credentials'],
  scopes_supported: ['all-apis'],
  token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
});
