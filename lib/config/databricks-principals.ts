/** IAM root ARNs of Databricks' AWS accounts, by cloud. Source: Databricks Terraform provider, aws/constants.go. */
export const DATABRICKS_PRINCIPALS = {
  commercial: 'arn:aws:iam::414351767826:root',
  govcloud: 'arn:aws-us-gov:iam::044793339203:root',
  'govcloud-dod': 'arn:aws-us-gov:iam::170661010020:root',
} as const;
