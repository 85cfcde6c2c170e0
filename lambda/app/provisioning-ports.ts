import type {
  CredentialConfiguration,
  NetworkConfiguration,
  NewCredentialConfiguration,
  NewNetwork,
  NewStorageConfiguration,
  PrivateAccessSettings,
  StorageConfiguration,
} from '../domain/provisioning.ts';
import type { NewWorkspace, Workspace } from '../domain/workspace.ts';

/** Credential configurations of one Databricks account. */
export interface CredentialConfigurations {
  list(): Promise<readonly CredentialConfiguration[]>;
  /** Fails with ConfigurationNotFound. */
  get(id: string): Promise<CredentialConfiguration>;
  /**
   * Databricks tries the role. Fails with CredentialsNotReady while it cannot use it: a new role needs a minute or two.
   * Fails with NameTaken, with AccountLimitReached, and with DatabricksOutcomeUnknown if it may have been created: look
   * for the name and take over what stands.
   */
  create(wanted: NewCredentialConfiguration): Promise<CredentialConfiguration>;
  /** Succeeds if it is gone already. Fails with ConfigurationInUse while a workspace refers to it. */
  delete(id: string): Promise<void>;
}

/** Storage configurations of one Databricks account. */
export interface StorageConfigurations {
  list(): Promise<readonly StorageConfiguration[]>;
  /** Fails with ConfigurationNotFound. */
  get(id: string): Promise<StorageConfiguration>;
  /**
   * Fails with NameTaken, with AccountLimitReached, and with DatabricksOutcomeUnknown if it may have been created: look
   * for the name and take over what stands.
   */
  create(wanted: NewStorageConfiguration): Promise<StorageConfiguration>;
  /** Succeeds if it is gone already. Fails with ConfigurationInUse while a workspace refers to it. */
  delete(id: string): Promise<void>;
}

/** Network configurations of one Databricks account: VPCs of the customer. */
export interface Networks {
  list(): Promise<readonly NetworkConfiguration[]>;
  /** Tells what Databricks found wrong with the VPC. Fails with ConfigurationNotFound. */
  get(id: string): Promise<NetworkConfiguration>;
  /**
   * Fails with NameTaken, with AccountLimitReached, and with DatabricksOutcomeUnknown if it may have been created: look
   * for the name and take over what stands.
   */
  create(wanted: NewNetwork): Promise<NetworkConfiguration>;
  /**
   * Answers when Databricks has taken the request on; `get` may go on answering, and fails with ConfigurationNotFound
   * once it is gone. Succeeds if it is gone already. Fails with ConfigurationInUse while a workspace refers to it.
   */
  delete(id: string): Promise<void>;
}

/** What a workspace is made of. */
export interface AccountSetup {
  readonly credentials: CredentialConfigurations;
  readonly storage: StorageConfigurations;
  readonly networks: Networks;
}

/** What a provisioning can have made, by its id in Databricks. */
export type MadeThing = `network/${string}` | `workspace/${string}`;

/**
 * What provisionings made, and for the workspaces of which name: nothing else is deleted because of a failure. A workspace
 * is known here only until it is seen RUNNING or somebody changes it: from then on it may hold people's data.
 */
export interface Provenance {
  note(thing: MadeThing, workspaceName: string): Promise<void>;
  isMadeFor(thing: MadeThing, workspaceName: string): Promise<boolean>;
  /** Forgetting what is not known changes nothing. */
  forget(thing: MadeThing, workspaceName: string): Promise<void>;
}

/** The web address of a workspace. */
export interface WorkspaceHost {
  /** Undefined if its REST API answers as that workspace, else why it does not. */
  objection(): Promise<string | undefined>;
}

/** Private access settings of one Databricks account, read only. */
export interface PrivateAccess {
  list(): Promise<readonly PrivateAccessSettings[]>;
  /** Fails with ConfigurationNotFound. */
  get(id: string): Promise<PrivateAccessSettings>;
}

/** Makes and removes workspaces of one Databricks account. WorkspaceDirectory shows what came of it. */
export interface WorkspaceFactory {
  /**
   * Answers while Databricks is still setting the workspace up: success says nothing about its ever being RUNNING.
   * `deploymentName` of the answer counts, not the one asked for.
   *
   * Fails with CredentialsNotReady while Databricks cannot use the role, with DeploymentNameRefused, NameTaken,
   * ConfigurationInUse (of a network that another workspace uses), KeyConfigurationUnfit, AccountLimitReached,
   * AwsLimitReached, and with DatabricksOutcomeUnknown if it may have been created: look for the name and take over what
   * stands.
   */
  create(wanted: NewWorkspace): Promise<Workspace>;
  /**
   * Answers when Databricks has taken the request on; the workspace still shows up for minutes (CANCELLING), and what it
   * referred to is in use until it is gone. Succeeds if it is gone already. Fails with WorkspaceBusy where Databricks
   * does not take the request in the workspace's present state, which may be an earlier deletion.
   */
  delete(id: string): Promise<void>;
}
