import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { CallCount, ComputePlane, CredentialDirectory, KeyRegistry, WorkspaceDirectory } from '../app/ports.ts';
import type { AccountSetup, WorkspaceFactory, WorkspaceHost } from '../app/provisioning-ports.ts';
import type { SecretScopes } from '../app/secret-ports.ts';
import { readCredentialSecret } from '../aws/secrets-manager-credentials.ts';
import type { BindingsFile } from '../contract/bindings.ts';
import { VERSION } from '../contract/version.ts';
import { AccountCredentials } from '../databricks/account-credentials.ts';
import { AccountKeyRegistry } from '../databricks/account-key-registry.ts';
import { AccountNetworks } from '../databricks/account-networks.ts';
import { AccountStorageConfigurations } from '../databricks/account-storage-configurations.ts';
import { AccountWorkspaceFactory } from '../databricks/account-workspace-factory.ts';
import { AccountWorkspaces } from '../databricks/account-workspaces.ts';
import { workspaceBaseUrl } from '../databricks/base-url.ts';
import {
  type ClientCredentials,
  type CredentialSource,
  parseCredentialSecret,
} from '../databricks/credential-secret.ts';
import { createDatabricksHttp } from '../databricks/http.ts';
import type { CallLimits } from '../databricks/limits.ts';
import { realSleep } from '../databricks/sleep.ts';
import { TokenCache, type TokenSource } from '../databricks/token-cache.ts';
import { accountTokenUrl, workspaceTokenUrl } from '../databricks/token-request.ts';
import { createAgent, createTransport } from '../databricks/transport.ts';
import { WorkspaceCompute } from '../databricks/workspace-compute.ts';
import { DatabricksWorkspaceHost } from '../databricks/workspace-host.ts';
import { WorkspaceSecrets } from '../databricks/workspace-secrets.ts';
import { type Environment, readSettings } from './settings.ts';

interface AccountPorts {
  readonly registry: KeyRegistry;
  readonly workspaces: WorkspaceDirectory;
  readonly credentials: CredentialDirectory;
  readonly setup: AccountSetup;
  readonly factory: WorkspaceFactory;
  readonly calls: CallCount;
}

interface WorkspacePorts {
  readonly compute: ComputePlane;
  readonly secrets: SecretScopes;
  readonly host: WorkspaceHost;
  readonly calls: CallCount;
}

/** Makes the ports of one invocation; connections and tokens belong to the container and are shared. */
export interface DatabricksAccess {
  account(limits: CallLimits): AccountPorts;
  workspace(deploymentName: string, limits: CallLimits): WorkspacePorts;
}

/** Made once in a container. Reads the credential secret when the first token is needed. */
export function databricksAccess(environment: Environment, { databricks }: BindingsFile): DatabricksAccess {
  const { credentialSecret } = readSettings(environment, ['credentialSecret']);
  const transport = createTransport({ dispatcher: createAgent(), version: VERSION });
  const tools = { transport, sleep: realSleep, now: () => Date.now(), random: Math.random };
  const cache = new TokenCache(tools);
  const serviceCredentials = cachedCredentials(credentialSecret);
  const client = (baseUrl: string, api: 'account' | 'workspace', tokens: TokenSource, limits: CallLimits) =>
    createDatabricksHttp({ baseUrl, api, tokens, ...tools, ...limits });
  return {
    account(limits) {
      const tokens = cache.source(accountTokenUrl(databricks.accountHost, databricks.accountId), serviceCredentials);
      const http = client(databricks.accountHost, 'account', tokens, limits);
      const credentials = new AccountCredentials(http, databricks.accountId);
      return {
        registry: new AccountKeyRegistry(http, databricks.accountId),
        workspaces: new AccountWorkspaces(http, databricks.accountId),
        credentials,
        setup: {
          credentials,
          storage: new AccountStorageConfigurations(http, databricks.accountId),
          networks: new AccountNetworks(http, databricks.accountId),
        },
        factory: new AccountWorkspaceFactory(http, databricks.accountId),
        calls: http.calls,
      };
    },
    workspace(deploymentName, limits) {
      const baseUrl = workspaceBaseUrl(databricks.workspaceUrl, deploymentName);
      const http = client(baseUrl, 'workspace', cache.source(workspaceTokenUrl(baseUrl), serviceCredentials), limits);
      const identity = async () => (await serviceCredentials({ fresh: false })).clientId;
      return {
        compute: new WorkspaceCompute(http),
        secrets: new WorkspaceSecrets(http, identity),
        host: new DatabricksWorkspaceHost(http),
        calls: http.calls,
      };
    },
  };
}

function cachedCredentials(secretId: string): CredentialSource {
  const secrets = new SecretsManagerClient({});
  let held: Promise<ClientCredentials> | undefined;
  const read = async (): Promise<ClientCredentials> =>
    parseCredentialSecret((await readCredentialSecret(secrets, secretId)).reveal(), secretId);
  return ({ fresh }) => {
    if (fresh) held = undefined;
    held ??= read().catch((error: unknown) => {
      held = undefined;
      throw error;
    });
    return held;
  };
}
