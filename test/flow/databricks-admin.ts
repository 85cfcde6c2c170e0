import type { World } from '../../local/world.ts';

/** What an account admin does in the account console, past this product. */
export interface DatabricksAdmin {
  /** Registers a key for managed services and points the workspace at it. Answers the configuration's id. */
  moveWorkspace(workspaceId: string, keyArn: string): Promise<string>;
  deleteWorkspace(workspaceId: string): Promise<void>;
  /** Rejects with what Databricks says while a workspace refers to it. */
  deleteKeyConfiguration(id: string): Promise<void>;
}

export async function databricksAdmin({ databricks }: World): Promise<DatabricksAdmin> {
  const { accountHost, accountId, clientId, clientSecret } = databricks;
  const call = async (url: string, init: RequestInit): Promise<Readonly<Record<string, unknown>>> => {
    const answer = await fetch(url, init);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${init.method} ${url}: ${answer.status} ${text}`);
    return text === '' ? {} : JSON.parse(text);
  };
  const { access_token: token } = await call(`${accountHost}/oidc/accounts/${accountId}/v1/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'all-apis' }),
  });
  const account = (method: string, path: string, body?: object): ReturnType<typeof call> =>
    call(`${accountHost}/api/2.0/accounts/${accountId}${path}`, {
      ...{ method, headers: { authorization: `Bearer ${token}` } },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  return {
    moveWorkspace: async (workspaceId, keyArn) => {
      const made = await account('POST', '/customer-managed-keys', {
        aws_key_info: { key_arn: keyArn },
        use_cases: ['MANAGED_SERVICES'],
      });
      const id = String(made.customer_managed_key_id);
      await account('PATCH', `/workspaces/${workspaceId}`, { managed_services_customer_managed_key_id: id });
      return id;
    },
    deleteKeyConfiguration: async (id) => {
      await account('DELETE', `/customer-managed-keys/${id}`);
    },
    deleteWorkspace: async (workspaceId) => {
      await account('DELETE', `/workspaces/${workspaceId}`);
    },
  };
}
