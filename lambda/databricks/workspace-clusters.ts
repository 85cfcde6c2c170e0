import { FAILURE } from '../contract/failures.ts';
import type { Cluster } from '../domain/compute.ts';
import { isFailure } from '../domain/failure.ts';
import type { Field } from './field.ts';
import type { DatabricksHttp } from './http.ts';
import { readPages } from './pages.ts';
import { ifStillThere } from './still-there.ts';

const PATH = '/api/2.1/clusters';
const NOT_TERMINATED = ['PENDING', 'RUNNING', 'RESTARTING', 'RESIZING', 'TERMINATING', 'ERROR', 'UNKNOWN'];
const RUNS_OR_WILL: ReadonlySet<string> = new Set(['RUNNING', 'PENDING', 'RESTARTING', 'RESIZING']);

/** Every cluster that is not TERMINATED and that the service principal may see; workspace admins see all. */
export const listClusters = async (http: DatabricksHttp): Promise<readonly Cluster[]> => {
  const query = { 'filter_by.cluster_states': NOT_TERMINATED };
  const items = await readPages(http, { path: `${PATH}/list`, query, list: 'clusters' });
  return items.map(parseCluster).filter(({ state }) => state !== 'TERMINATED');
};

/** Terminates a cluster, which keeps it; one that no longer exists is as good. `clusters/delete` is Databricks' name. */
export const terminateCluster = async (http: DatabricksHttp, id: string): Promise<void> => {
  const body = { cluster_id: id };
  await ifStillThere(() =>
    http.request({ method: 'POST', path: `${PATH}/delete`, body, repeatable: true, answer: 'cluster' }),
  );
};

/**
 * Starts a terminated cluster. Databricks refuses with INVALID_STATE where it is not terminated: running, or about to,
 * is what was wanted; every other state passes the refusal on.
 */
export const startCluster = async (http: DatabricksHttp, id: string): Promise<'started' | 'gone'> => {
  const body = { cluster_id: id };
  const start = () =>
    http.request({ method: 'POST', path: `${PATH}/start`, body, repeatable: true, answer: 'cluster' });
  try {
    return (await ifStillThere(start)) ? 'started' : 'gone';
  } catch (error) {
    if (!isFailure(error, FAILURE.databricksConflict)) throw error;
    const state = await stateOf(http, id);
    if (state === 'gone') return 'gone';
    if (RUNS_OR_WILL.has(state)) return 'started';
    throw error;
  }
};

const stateOf = async (http: DatabricksHttp, id: string): Promise<string> => {
  let state = 'gone';
  await ifStillThere(async () => {
    const query = { cluster_id: id };
    const answer = await http.request({ method: 'GET', path: `${PATH}/get`, query, answer: 'cluster' });
    state = answer.at('state').text();
  });
  return state;
};

const parseCluster = (item: Field): Cluster => {
  const id = item.at('cluster_id').id();
  return {
    kind: 'cluster',
    id,
    name: item.at('cluster_name').optional((field) => field.line()) ?? id,
    state: item.at('state').text(),
    source: item.at('cluster_source').text(),
  };
};
