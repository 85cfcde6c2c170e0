import type { ComputeUnit } from '../domain/compute.ts';
import type { KeyConfiguration, KeyRotation, KmsKey, NewKeyConfiguration } from '../domain/key.ts';
import type { KeyFields, Workspace } from '../domain/workspace.ts';

/** Milliseconds since the epoch. */
export type Clock = () => number;

/** AWS KMS, read only. */
export interface KeySource {
  /** By key id, key ARN or alias name. Fails with KeyNotFound or KeyAccessDenied. */
  describe(key: string): Promise<KmsKey>;
  /** Finished rotations, newest first. Empty where the key was never rotated or cannot be. */
  rotations(keyArn: string): Promise<readonly KeyRotation[]>;
  /** The key policy as JSON text. */
  policy(keyArn: string): Promise<string>;
}

/** Customer-managed key configurations of one Databricks account. */
export interface KeyRegistry {
  list(): Promise<readonly KeyConfiguration[]>;
  /** Fails with DatabricksOutcomeUnknown if it may have happened: look it up, do not repeat it. */
  create(wanted: NewKeyConfiguration): Promise<KeyConfiguration>;
  get(id: string): Promise<KeyConfiguration>;
  delete(id: string): Promise<void>;
}

/** Workspaces of one Databricks account. */
export interface WorkspaceDirectory {
  list(): Promise<readonly Workspace[]>;
  /** Fails with WorkspaceNotFound. */
  get(id: string): Promise<Workspace>;
  /** Answers when Databricks has accepted the change, which says nothing about its being in force. */
  patch(id: string, fields: KeyFields): Promise<void>;
}

/** Credential configurations of one Databricks account. */
export interface CredentialDirectory {
  /** ARN of the cross-account IAM role behind a credential configuration. */
  roleArn(credentialsId: string): Promise<string>;
}

/** Clusters, instance pools and SQL warehouses of one workspace. */
export interface ComputePlane {
  /** Every cluster that is not TERMINATED, every pool, every warehouse. */
  list(): Promise<readonly ComputeUnit[]>;
  /** Asks a unit to stop: terminates a cluster, drains a pool, stops a warehouse. */
  stop(unit: ComputeUnit): Promise<void>;
  /** Asks a unit to run as recorded; answers `gone` if it no longer exists. Succeeds if it already runs. */
  start(unit: ComputeUnit): Promise<'started' | 'gone'>;
}
