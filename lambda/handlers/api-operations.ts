import { cancelOperation } from '../app/cancel-operation.ts';
import { requestKeyRollout, requestSecretSync } from '../app/request-operation.ts';
import { listOperations, showOperation } from '../app/show-operation.ts';
import type { OperationKind } from '../contract/api-answers.ts';
import type { KeyRolloutBody, SecretSyncBody } from '../contract/api-requests.ts';
import { type ApiCall, apiHandler, askerOf, started } from '../runtime/api-handler.ts';
import { operationPorts } from '../runtime/operation-ports.ts';
import { readBindings } from '../runtime/settings.ts';
import { statePorts } from '../runtime/state-ports.ts';

const ports = {
  ...statePorts(process.env),
  ...operationPorts(process.env, 'key-rollout', 'secret-sync', 'workspace-provisioning'),
  bindings: readBindings(process.env),
};

const idOf = ({ ids }: ApiCall): string => ids.operationId ?? '';

export const handler = apiHandler('operations', {
  startKeyRollout: async (call) => started(await requestKeyRollout(call.body as KeyRolloutBody, askerOf(call), ports)),
  startSecretSync: async (call) => started(await requestSecretSync(call.body as SecretSyncBody, askerOf(call), ports)),
  listOperations: async ({ query: { kind, status, limit = '20', next } }) => ({
    status: 200,
    body: await listOperations(
      {
        limit: Number(limit),
        ...(kind !== undefined && { kind: kind as OperationKind }),
        ...(status !== undefined && { status }),
        ...(next !== undefined && { next }),
      },
      ports.executions,
    ),
  }),
  getOperation: async (call) => ({ status: 200, body: await showOperation(idOf(call), ports.executions) }),
  cancelOperation: async (call) => {
    const { operation, restart } = await cancelOperation(idOf(call), call.caller, ports);
    return { status: 202, body: operation, ...(restart !== undefined && { headers: { location: restart } }) };
  },
});
