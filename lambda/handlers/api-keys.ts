import {
  createKeyConfiguration,
  deleteKeyConfiguration,
  getKeyConfiguration,
  listKeyConfigurations,
} from '../app/key-configurations.ts';
import type { KeyConfigurationBody } from '../contract/api-requests.ts';
import { type ApiCall, apiHandler } from '../runtime/api-handler.ts';
import { databricksAccess } from '../runtime/databricks-access.ts';
import { keySource } from '../runtime/key-source.ts';
import { readBindings } from '../runtime/settings.ts';
import { statePorts } from '../runtime/state-ports.ts';

const bindings = readBindings(process.env);
const shared = { ...statePorts(process.env), bindings, keys: keySource() };
const databricks = databricksAccess(process.env, bindings);
const portsOf = ({ limits }: ApiCall) => ({ ...shared, ...databricks.account(limits) });
const idOf = ({ ids }: ApiCall): string => ids.keyConfigurationId ?? '';

export const handler = apiHandler('keys', {
  listKeyConfigurations: async (call) => ({
    status: 200,
    body: { keyConfigurations: await listKeyConfigurations(portsOf(call)) },
  }),
  getKeyConfiguration: async (call) => ({ status: 200, body: await getKeyConfiguration(idOf(call), portsOf(call)) }),
  createKeyConfiguration: async (call) => {
    const body = call.body as KeyConfigurationBody;
    const { created, configuration } = await createKeyConfiguration(body, call.requestId, portsOf(call));
    const headers = { location: `/v1/key-configurations/${configuration.id}` };
    return { status: created ? 201 : 200, body: configuration, headers };
  },
  deleteKeyConfiguration: async (call) => {
    await deleteKeyConfiguration(idOf(call), portsOf(call));
    return { status: 204 };
  },
});
