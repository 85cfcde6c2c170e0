/**
 * A key policy as Databricks' page asks for it, for both use cases and cluster volumes. Written from that page, not from
 * the product's own checks, so that each judges the other.
 * Source: Databricks, "Configure customer-managed keys for encryption".
 */
export const databricksKeyPolicy = (options: {
  readonly awsAccount: string;
  readonly databricksAccountId: string;
  readonly crossAccountRole: string;
}): string => {
  const databricks = { AWS: 'arn:aws:iam::414351767826:root' };
  const ourAccount = { StringEquals: { 'aws:PrincipalTag/DatabricksAccountId': [options.databricksAccountId] } };
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Enable IAM User Permissions',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${options.awsAccount}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
      {
        Sid: 'Allow Databricks to use KMS key for managed services in the control plane',
        Effect: 'Allow',
        Principal: databricks,
        Action: ['kms:Encrypt', 'kms:Decrypt'],
        Resource: '*',
        Condition: ourAccount,
      },
      {
        Sid: 'Allow Databricks to use KMS key for DBFS',
        Effect: 'Allow',
        Principal: databricks,
        Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
        Resource: '*',
        Condition: ourAccount,
      },
      {
        Sid: 'Allow Databricks to use KMS key for DBFS (Grants)',
        Effect: 'Allow',
        Principal: databricks,
        Action: ['kms:CreateGrant', 'kms:ListGrants', 'kms:RevokeGrant'],
        Resource: '*',
        Condition: { ...ourAccount, Bool: { 'kms:GrantIsForAWSResource': 'true' } },
      },
      {
        Sid: 'Allow Databricks to use KMS key for EBS',
        Effect: 'Allow',
        Principal: { AWS: options.crossAccountRole },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*', 'kms:CreateGrant', 'kms:DescribeKey'],
        Resource: '*',
        Condition: { 'ForAnyValue:StringLike': { 'kms:ViaService': 'ec2.*.amazonaws.com' } },
      },
    ],
  });
};
