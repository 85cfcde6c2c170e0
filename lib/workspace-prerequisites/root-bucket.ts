import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { ArnPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { DATABRICKS_PRINCIPALS } from '../config/databricks-principals.ts';
import type { DatabricksSide } from './databricks-side.ts';

export interface RootBucketProps extends DatabricksSide {
  /** Default: a name that CloudFormation makes. */
  readonly bucketName?: string | undefined;
  /** Key for workspace storage; its policy must let Databricks use it for that. Default: a key of S3. */
  readonly encryptionKey?: IKey | undefined;
  /** Three earlier versions of what is overwritten, for seven days. Default false. */
  readonly versioned?: boolean;
}

/**
 * The bucket that Databricks keeps a workspace's own files in; its name goes into a storage configuration. In the Region
 * of its workspaces, for nothing else. It stays when its stack is deleted.
 * Source: Databricks, "Create an S3 bucket for workspace deployment".
 */
export class RootBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: RootBucketProps) {
    super(scope, id);
    const { bucketName, encryptionKey, versioned = false } = props;
    this.bucket = new Bucket(this, 'Bucket', {
      ...(bucketName !== undefined && { bucketName }),
      ...(encryptionKey === undefined
        ? { encryption: BucketEncryption.S3_MANAGED }
        : { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      versioned,
      // Databricks, "Delta Lake limitations on S3": no versions, or else few and not for long.
      lifecycleRules: versioned
        ? [{ noncurrentVersionExpiration: Duration.days(7), noncurrentVersionsToRetain: 3 }]
        : [],
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.#letDatabricksIn(props);
    // Deleted with the stack, it would take Databricks out of a bucket that stays.
    this.bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    acknowledge(
      this.bucket,
      'S1',
      'Databricks recommends object-level logging for it, which is a data event of the CloudTrail trail of the account',
    );
  }

  #letDatabricksIn({
    databricksAccountId,
    databricksPrincipal = DATABRICKS_PRINCIPALS.commercial,
  }: DatabricksSide): void {
    const principals = [new ArnPrincipal(databricksPrincipal)];
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowDatabricks',
        principals,
        actions: [
          ...['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject', 's3:DeleteObject'],
          ...['s3:ListBucket', 's3:GetBucketLocation'],
        ],
        resources: [this.bucket.bucketArn, this.bucket.arnForObjects('*')],
        conditions: { StringEquals: { 'aws:PrincipalTag/DatabricksAccountId': [databricksAccountId] } },
      }),
    );
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'KeepDbfsOutOfUnityCatalog',
        effect: Effect.DENY,
        principals,
        actions: ['s3:*'],
        resources: [this.bucket.arnForObjects('unity-catalog/*')],
      }),
    );
  }
}
