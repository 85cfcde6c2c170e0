/** Whom in Databricks the policies let in. */
export interface DatabricksSide {
  /** Databricks account id, a UUID: external id of the role, and tag of the callers in policies. */
  readonly databricksAccountId: string;
  /** IAM root ARN of Databricks' AWS account; others in GovCloud. Default that of the commercial cloud. */
  readonly databricksPrincipal?: string;
}
