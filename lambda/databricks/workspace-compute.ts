import type { ComputePlane } from '../app/ports.ts';
import type { ComputeUnit } from '../domain/compute.ts';
import type { DatabricksHttp } from './http.ts';
import { listClusters, startCluster, terminateCluster } from './workspace-clusters.ts';
import { drainPool, listPools, refillPool } from './workspace-pools.ts';
import { listWarehouses, startWarehouse, stopWarehouse } from './workspace-warehouses.ts';

/** Clusters, instance pools and SQL warehouses of the workspace that `http` speaks to. */
export class WorkspaceCompute implements ComputePlane {
  readonly #http: DatabricksHttp;

  constructor(http: DatabricksHttp) {
    this.#http = http;
  }

  async list(): Promise<readonly ComputeUnit[]> {
    const lists = await Promise.all([listClusters(this.#http), listPools(this.#http), listWarehouses(this.#http)]);
    return lists.flat();
  }

  /** Answers when Databricks has taken the request; stopping itself takes minutes. */
  stop(unit: ComputeUnit): Promise<void> {
    switch (unit.kind) {
      case 'cluster':
        return terminateCluster(this.#http, unit.id);
      case 'instance-pool':
        return drainPool(this.#http, unit.id);
      case 'sql-warehouse':
        return stopWarehouse(this.#http, unit.id);
    }
  }

  /** Answers when Databricks has taken the request; starting itself takes minutes. */
  start(unit: ComputeUnit): Promise<'started' | 'gone'> {
    switch (unit.kind) {
      case 'cluster':
        return startCluster(this.#http, unit.id);
      case 'instance-pool':
        return refillPool(this.#http, unit);
      case 'sql-warehouse':
        return startWarehouse(this.#http, unit.id);
    }
  }
}
