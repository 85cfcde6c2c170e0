/** What Databricks assumes to set up a workspace: a cross-account IAM role. Cannot be changed, only created and deleted. */
export interface CredentialConfiguration {
  readonly id: string;
  readonly name: string;
  readonly roleArn: string;
  /** What the role's trust policy must name; the id of the Databricks account. */
  readonly externalId?: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

export interface NewCredentialConfiguration {
  /** 4 to 256 characters, unique in the account. */
  readonly name: string;
  readonly roleArn: string;
}

/** The S3 bucket for the root storage of workspaces. Databricks does not look at it before a workspace uses it. */
export interface StorageConfiguration {
  readonly id: string;
  readonly name: string;
  readonly bucket: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

export interface NewStorageConfiguration {
  /** 4 to 256 characters, unique in the account. */
  readonly name: string;
  readonly bucket: string;
}

/** Databricks' ids of registered VPC endpoints, for back-end PrivateLink. */
export interface NetworkEndpoints {
  readonly restApi: readonly string[];
  readonly dataplaneRelay: readonly string[];
}

export interface NewNetwork {
  /** 4 to 256 characters, unique in the account. */
  readonly name: string;
  readonly vpcId: string;
  /** At least 2, in different availability zones. */
  readonly subnetIds: readonly string[];
  /** 1 to 5. */
  readonly securityGroupIds: readonly string[];
  readonly vpcEndpoints?: NetworkEndpoints;
}

/**
 * A VPC of the customer. Databricks looks at it only once a workspace uses it: before that it is UNATTACHED and says
 * nothing of errors, even where the ids do not exist.
 */
export interface NetworkConfiguration extends NewNetwork {
  readonly id: string;
  /** The workspace that uses it. Decimal string: an int64 that a JavaScript number could round. */
  readonly workspaceId?: string;
  /** Databricks documents these; others may come and are kept as they are. */
  readonly status: 'UNATTACHED' | 'VALID' | 'BROKEN' | 'WARNED' | (string & {});
  readonly errors: readonly NetworkFinding[];
  readonly warnings: readonly NetworkFinding[];
}

export interface NetworkFinding {
  /** `credentials`, `vpc`, `subnet`, `securityGroup`, `networkAcl` or what Databricks adds. */
  readonly type: string;
  readonly message: string;
}

/** How a workspace may be reached through PrivateLink. */
export interface PrivateAccessSettings {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  /** False: only through PrivateLink. */
  readonly publicAccessEnabled: boolean;
  /** ENDPOINT: only through `allowedVpcEndpointIds`. ACCOUNT: through every endpoint that the account registered. */
  readonly accessLevel?: 'ACCOUNT' | 'ENDPOINT' | (string & {});
  readonly allowedVpcEndpointIds: readonly string[];
}
