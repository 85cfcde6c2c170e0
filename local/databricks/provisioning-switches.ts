/** What the provisioning of workspaces leaves open. The default is what was observed or the likeliest guess. */
export interface ProvisioningSwitches {
  /**
   * Plan of the account. Documented: 11 credential configurations on Premium and 55 on Enterprise, keys on Enterprise
   * only, and that `pricing_tier` defaults to it.
   */
  readonly accountTier: 'PREMIUM' | 'ENTERPRISE';
  /**
   * What begins every deployment name that is asked for. Null: none is defined, and such names are refused (observed,
   * terraform-provider-databricks issue 622). Empty: defined as nothing, names stay as they are sent.
   */
  readonly deploymentPrefix: string | null;
  /** Age, from when it was first sent, at which a role passes the check of POST credentials. */
  readonly credentialsDelayMs: number;
  /** The same for the check of POST workspaces, which has other words (terraform-provider-databricks issue 951). */
  readonly workspaceCredentialsDelayMs: number;
  /** No unused Elastic IP is left for a VPC that Databricks creates. Documented: then there is no workspace. */
  readonly addressesUsedUp: boolean;
  /** A second workspace of the same name: undocumented, unlike the unique names of what it refers to. */
  readonly duplicateWorkspaceName: 'accept' | 'refuse';
  /**
   * DELETE of what a workspace refers to. `conflict`: 409 as documented, with the observed words. `empty-conflict`: 409
   * without a body (databricks-sdk-go issue 777). `invalid-state`: 400 with the words.
   */
  readonly deleteInUse: 'conflict' | 'empty-conflict' | 'invalid-state';
  /** Status while a workspace is removed: CANCELLED is in the Terraform provider's records, CANCELLING in the pages. */
  readonly removalStatus: 'CANCELLED' | 'CANCELLING';
}

/** Milliseconds of the simulator's clock. All are guesses within what the Terraform provider waits for. */
export interface ProvisioningTimings {
  /** How long a new workspace is NOT_PROVISIONED. The documented example of POST already says PROVISIONING. */
  readonly notProvisionedMs: number;
  /** From POST to the end of PROVISIONING. The provider waits 20 minutes. */
  readonly creationMs: number;
  /** How long the host of a workspace that has just become RUNNING has nothing behind it. */
  readonly hostLagMs: number;
  /** From DELETE until GET answers 404. The provider waits 15 minutes. */
  readonly workspaceRemovalMs: number;
  /** From then until what the workspace referred to can be deleted. */
  readonly releaseMs: number;
  /** From DELETE of a network until GET answers 404. */
  readonly networkRemovalMs: number;
}

const MINUTE = 60_000;

export const DEFAULT_PROVISIONING_SWITCHES: ProvisioningSwitches = {
  accountTier: 'ENTERPRISE',
  deploymentPrefix: null,
  credentialsDelayMs: 0,
  workspaceCredentialsDelayMs: 0,
  addressesUsedUp: false,
  duplicateWorkspaceName: 'accept',
  deleteInUse: 'conflict',
  removalStatus: 'CANCELLED',
};

export const DEFAULT_PROVISIONING_TIMINGS: ProvisioningTimings = {
  notProvisionedMs: 0,
  creationMs: 5 * MINUTE,
  hostLagMs: 0,
  workspaceRemovalMs: 3 * MINUTE,
  releaseMs: MINUTE,
  networkRemovalMs: MINUTE,
};
