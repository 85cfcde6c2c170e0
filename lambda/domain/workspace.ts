import type { WorkspaceSettings } from '../contract/rollout.ts';

/** Databricks documents these; others may come and are kept as they are. */
type WorkspaceStatus =
  | 'NOT_PROVISIONED'
  | 'PROVISIONING'
  | 'RUNNING'
  | 'FAILED'
  | 'BANNED'
  | 'CANCELLING'
  | (string & {});

export interface Workspace extends WorkspaceSettings {
  /** Decimal string: an int64 that a JavaScript number could round. */
  readonly id: string;
  readonly name: string;
  readonly deploymentName: string;
  readonly region: string;
  readonly status: WorkspaceStatus;
  readonly statusMessage?: string;
}
