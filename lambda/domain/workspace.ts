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

/** Databricks documents these among others, which are kept as they are. */
type PricingTier = 'STANDARD' | 'PREMIUM' | 'ENTERPRISE' | (string & {});

export interface Workspace extends WorkspaceSettings {
  /** Decimal string: an int64 that a JavaScript number could round. */
  readonly id: string;
  readonly name: string;
  readonly deploymentName: string;
  readonly region: string;
  readonly status: WorkspaceStatus;
  readonly statusMessage?: string;
  /** PrivateLink. */
  readonly privateAccessSettingsId?: string;
  readonly pricingTier?: PricingTier;
}

/** A workspace to be made. Without a network, Databricks makes a VPC of its own in the customer's AWS account. */
export interface NewWorkspace extends WorkspaceSettings {
  readonly name: string;
  /** AWS Region of the compute plane. */
  readonly region: string;
  /**
   * Becomes part of the host name: a-z, 0-9 and hyphens, the latter neither first nor last. Comes back as `PREFIX-NAME`
   * where Databricks gave the account a deployment name prefix; the reserved `EMPTY` asks for the prefix alone. Refused
   * where the account has no prefix. Left out, Databricks makes a name up. Source: Databricks, Account API: create a
   * workspace.
   */
  readonly deploymentName?: string;
  readonly privateAccessSettingsId?: string;
  /** Left out: the plan of the account. */
  readonly pricingTier?: PricingTier;
  readonly customTags?: Readonly<Record<string, string>>;
}
