import type { Answer } from './answer.ts';
import type { Control } from './control.ts';
import {
  ControlInputError,
  readClusterChange,
  readClusterSeed,
  readFault,
  readPoolChange,
  readPoolSeed,
  readSwitches,
  readWarehouseChange,
  readWarehouseSeed,
  readWorkspaceChange,
} from './control-input.ts';
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
