import type { Answer } from './answer.ts';
import type { Control } from './control.ts';
import {
  readAclLosses,
  readClusterChange,
  readClusterSeed,
  readFault,
  readPoolChange,
  readPoolSeed,
  readScopeName,
  readScopeSeed,
  readSecret,
  readSecretAcl,
  readSecretKey,
  readSecretPrincipal,
  readWarehouseChange,
  readWarehouseSeed,
  readWorkspaceChange,
} from './control-input.ts';
import { ControlInputError } from './control-kinds.ts';
import { readCreationPlan, readFindings } from './control-provisioning.ts';
import { readSwitches } from './control-switches.ts';
import type { Parameters, Route } from './router.ts';

const WORKSPACE = '/workspaces/{id}';

/** The control endpoint, below `/control`: what `Control` does, over HTTP. It is no part of the real service. */
export const controlRoutes = (control: Control): readonly Route[] => [
  shows('/state', () => control.state()),
  shows('/requests', () => ({ requests: control.requests() })),
  shows('/counters', () => control.counters()),
  does('/reset-requests', () => control.resetRequests()),
  does('/faults', (input) => control.addFault(readFault(input))),
  does('/clear-faults', () => control.clearFaults()),
  does('/switches', (input) => control.setSwitches(readSwitches(input))),
  does('/creations', (input) => control.planCreation(readCreationPlan(input))),
  does('/clear-creations', () => control.clearCreationPlans()),
  does('/networks/{id}', (input, { id = '' }) => control.setNetworkFindings(id, readFindings(input))),
  does(WORKSPACE, (input, { id = '' }) => control.changeWorkspace(id, readWorkspaceChange(input))),
  does(`${WORKSPACE}/clusters`, (input, { id = '' }) => control.addCluster(id, readClusterSeed(input))),
  does(`${WORKSPACE}/clusters/{part}`, (input, { id = '', part = '' }) =>
    control.changeCluster(id, part, readClusterChange(input)),
  ),
  does(`${WORKSPACE}/pools`, (input, { id = '' }) => control.addPool(id, readPoolSeed(input))),
  does(`${WORKSPACE}/pools/{part}`, (input, { id = '', part = '' }) =>
    control.setIdleInstances(id, part, readPoolChange(input).idle),
  ),
  does(`${WORKSPACE}/warehouses`, (input, { id = '' }) => control.addWarehouse(id, readWarehouseSeed(input))),
  does(`${WORKSPACE}/warehouses/{part}`, (input, { id = '', part = '' }) =>
    control.changeWarehouse(id, part, readWarehouseChange(input)),
  ),
  ...secretControlRoutes(control),
];

// A name is in the body, because it may hold a slash.
const secretControlRoutes = (control: Control): readonly Route[] => [
  does(`${WORKSPACE}/secret-scopes`, (input, { id = '' }) => control.createScope(id, readScopeSeed(input))),
  does(`${WORKSPACE}/delete-secret-scope`, (input, { id = '' }) => control.deleteScope(id, readScopeName(input).scope)),
  does(`${WORKSPACE}/secrets`, (input, { id = '' }) => {
    const { scope, key, value } = readSecret(input);
    control.putSecret(id, scope, key, value);
  }),
  does(`${WORKSPACE}/delete-secret`, (input, { id = '' }) => {
    const { scope, key } = readSecretKey(input);
    control.deleteSecret(id, scope, key);
  }),
  does(`${WORKSPACE}/secret-acls`, (input, { id = '' }) => {
    const { scope, principal, permission } = readSecretAcl(input);
    control.putAcl(id, scope, principal, permission);
  }),
  does(`${WORKSPACE}/delete-secret-acl`, (input, { id = '' }) => {
    const { scope, principal } = readSecretPrincipal(input);
    control.deleteAcl(id, scope, principal);
  }),
  does(`${WORKSPACE}/acl-loses-next`, (input, { id = '' }) => control.aclLosesNext(id, readAclLosses(input).count)),
];

const shows = (template: string, value: () => unknown): Route => ({
  method: 'GET',
  template,
  answer: (): Answer => ({ status: 200, body: value() }),
});

const does = (template: string, act: (input: unknown, parameters: Parameters) => void): Route => ({
  method: 'POST',
  template,
  answer: ({ body }, parameters): Answer => {
    act(parsed(body), parameters);
    return { status: 200, body: {} };
  },
});

const parsed = (body: string): unknown => {
  if (body.trim() === '') return {};
  try {
    return JSON.parse(body);
  } catch {
    throw new ControlInputError('the body is not JSON');
  }
};
