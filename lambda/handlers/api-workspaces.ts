import { requestWorkspaceChange } from '../app/request-operation.ts';
import { diagnoseWorkspace, requestRemoval, requestWorkspace } from '../app/request-workspace.ts';
import { getWorkspace, listWorkspaces, secretSyncStatus } from '../app/show-workspaces.ts';
import type { WorkspaceChangeBody } from '../contract/api-requests.ts';
import type { WorkspaceBody } from '../contract/api-workspace-request.ts';
import { type ApiCall, apiHandler, askerOf, started } from '../runtime/api-handler.ts';
import { databricksAccess } from '../runtime/databricks-access.ts';
import { operationPorts } from '../runtime/operation-ports.ts';
import { secretStatePorts } from '../runtime/secret-state-ports.ts';
import { readBindings, readRegion } from '../runtime/settings.ts';
import { statePorts } from '../runtime/state-ports.ts';

const bindings = readBindings(process.env);
const shared = {
  ...statePorts(process.env),
  ...operationPorts(process.env, 'key-rollout', 'workspace-provisioning'),
  bindings,
  region: readRegion(process.env),
};
const { records } = secretStatePorts(process.env);
const databricks = databricksAccess(process.env, bindings);
const portsOf = ({ limits }: ApiCall) => ({ ...shared, ...databricks.account(limits) });

export const handler = apiHandler('workspaces', {
  listWorkspaces: async (call) => ({ status: 200, body: { workspaces: await listWorkspaces(portsOf(call)) } }),
  getWorkspace: async (call) => ({ status: 200, body: await getWorkspace(call.ids.workspaceId ?? '', portsOf(call)) }),
  createWorkspace: async (call) =>
    started(await requestWorkspace(call.body as WorkspaceBody, askerOf(call), portsOf(call))),
  diagnoseWorkspace: async (call) => ({
    status: 200,
    body: await diagnoseWorkspace(call.ids.workspaceId ?? '', portsOf(call)),
  }),
  deleteWorkspace: async (call) => {
    const { workspaceName = '', network } = call.query;
    const removal = { workspaceName, network: network === 'delete' ? 'delete' : 'keep' } as const;
    return started(await requestRemoval(call.ids.workspaceId ?? '', removal, askerOf(call), portsOf(call)));
  },
  changeWorkspace: async (call) =>
    started(
      await requestWorkspaceChange(
        call.ids.workspaceId ?? '',
        call.body as WorkspaceChangeBody,
        askerOf(call),
        portsOf(call),
      ),
    ),
  getSecretSyncStatus: async () => ({ status: 200, body: await secretSyncStatus(records) }),
});
