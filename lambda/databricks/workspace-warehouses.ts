import { FAILURE } from '../contract/failures.ts';
import type { SqlWarehouse } from '../domain/compute.ts';
import { isFailure } from '../domain/failure.ts';
import { pathSegment } from './base-url.ts';
import type { Field } from './field.ts';
import type { DatabricksHttp } from './http.ts';
import { readPages } from './pages.ts';
import { ifStillThere } from './still-there.ts';

const PATH = '/api/2.0/sql/warehouses';
const RUNS_OR_WILL: ReadonlySet<string> = new Set(['RUNNING', 'STARTING']);
const GONE: ReadonlySet<string> = new Set(['DELETED', 'DELETING']);

/** Every warehouse the service principal may see; workspace admins see all. */
export const listWarehouses = async (http: DatabricksHttp): Promise<readonly SqlWarehouse[]> =>
  (await readPages(http, { path: PATH, list: 'warehouses' })).map(parseWarehouse);

/** Asks a warehouse to stop; one that no longer exists is as good. */
export const stopWarehouse = async (http: DatabricksHttp, id: string): Promise<void> => {
  await ifStillThere(() => act(http, id, 'stop'));
};

/** Asks a warehouse to start. A refusal because of its state is settled by reading that state. */
export const startWarehouse = async (http: DatabricksHttp, id: string): Promise<'started' | 'gone'> => {
  try {
    return (await ifStillThere(() => act(http, id, 'start'))) ? 'started' : 'gone';
  } catch (error) {
    if (!isFailure(error, FAILURE.databricksConflict)) throw error;
    const state = await stateOf(http, id);
    if (GONE.has(state)) return 'gone';
    if (RUNS_OR_WILL.has(state)) return 'started';
    throw error;
  }
};

const act = (http: DatabricksHttp, id: string, action: 'start' | 'stop'): Promise<Field> => {
  const path = `${PATH}/${pathSegment(id)}/${action}`;
  return http.request({ method: 'POST', path, body: {}, repeatable: true, answer: 'warehouse' });
};

const stateOf = async (http: DatabricksHttp, id: string): Promise<string> => {
  let state = 'DELETED';
  await ifStillThere(async () => {
    const path = `${PATH}/${pathSegment(id)}`;
    state = (await http.request({ method: 'GET', path, answer: 'warehouse' })).at('state').text();
  });
  return state;
};

const parseWarehouse = (item: Field): SqlWarehouse => ({
  kind: 'sql-warehouse',
  id: item.at('id').id(),
  name: item.at('name').line(),
  state: item.at('state').text(),
  serverless: item.at('enable_serverless_compute').optional((field) => field.flag()) ?? false,
});
