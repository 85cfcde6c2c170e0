/** One thing in a workspace's classic compute plane that must not run while a key is changed. */
export type ComputeUnit = Cluster | InstancePool | SqlWarehouse;

export interface Cluster {
  readonly kind: 'cluster';
  readonly id: string;
  readonly name: string;
  /** PENDING, RUNNING, RESTARTING, RESIZING, TERMINATING, TERMINATED, ERROR or UNKNOWN. */
  readonly state: string;
  /** UI, API, JOB, MODELS, PIPELINE, PIPELINE_MAINTENANCE or SQL: who started it. */
  readonly source: string;
}

export interface InstancePool {
  readonly kind: 'instance-pool';
  readonly id: string;
  readonly name: string;
  readonly minIdleInstances: number;
  /** Absent where the pool keeps idle instances for ever. */
  readonly idleAutoterminationMinutes?: number;
  /** Used, idle and pending instances together. */
  readonly instances: number;
}

export interface SqlWarehouse {
  readonly kind: 'sql-warehouse';
  readonly id: string;
  readonly name: string;
  /** STARTING, RUNNING, STOPPING, STOPPED, DELETING or DELETED. */
  readonly state: string;
  /** Serverless warehouses do not run in the workspace's VPC and need not be stopped. */
  readonly serverless: boolean;
}
