/** Databricks documents these; others may come and are kept as they are. */
type WorkspaceStatus =
  | 'NOT_PROVISIONED'
  | 'PROVISIONING'
  | 'RUNNING'
  | 'FAILED'
  | 'BANNED'
  | 'CANCELLING'
  | (string & {});

export interface Workspace {
  /** Decimal string: an int64 that a JavaScript number could round. */
  readonly id: string;
  readonly name: string;
  readonly deploymentName: string;
  readonly region: string;
  readonly status: WorkspaceStatus;
  readonly statusMessage?: string;
  readonly credentialsId?: string;
  readonly managedServicesKeyId?: string;
  readonly storageKeyId?: string;
}

/** The key configuration ids a workspace refers to; a field that is absent is left as it is. */
export interface KeyFields {
  readonly managedServicesKeyId?: string;
  readonly storageKeyId?: string;
}
