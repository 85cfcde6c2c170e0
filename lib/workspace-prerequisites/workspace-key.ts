import { RemovalPolicy } from 'aws-cdk-lib';
import { AccountRootPrincipal, ArnPrincipal, type IRole, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { UseCase } from '../../lambda/contract/bindings.ts';
import { DATABRICKS_PRINCIPALS } from '../config/databricks-principals.ts';
import type { DatabricksSide } from './databricks-side.ts';

export interface WorkspaceKeyProps extends DatabricksSide {
  /** `alias/...`; key bindings and requests name the key by it. */
  readonly alias: string;
  readonly useCases: readonly UseCase[];
  /** With STORAGE: cross-account roles whose clusters encrypt EBS volumes with it. Default none. */
  readonly clusterVolumeRoles?: readonly IRole[];
}

/**
 * A KMS key for workspaces whose material rotates every year, with the policy that Databricks needs. Key and alias stay
 * when their stack is deleted: without the key, what it encrypted is lost.
 * Source: Databricks, "Configure customer-managed keys for encryption".
 */
export class WorkspaceKey extends Construct {
  readonly key: Key;
  /** As given. */
  readonly alias: string;

  constructor(scope: Construct, id: string, props: WorkspaceKeyProps) {
    super(scope, id);
    const removalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
    this.alias = props.alias;
    this.key = new Key(this, 'Key', {
      description: `Databricks workspaces: ${props.useCases.join(', ')}`,
      enableKeyRotation: true,
      policy: new PolicyDocument({ statements: statementsFor(props) }),
      removalPolicy,
    });
    new Alias(this, 'Alias', { aliasName: props.alias, targetKey: this.key }).applyRemovalPolicy(removalPolicy);
  }
}

const STATEMENTS_OF: Readonly<Record<UseCase, (side: DatabricksSide) => readonly PolicyStatement[]>> = {
  MANAGED_SERVICES: (side) => [forDatabricks(side, 'AllowDatabricksManagedServices', ['kms:Encrypt', 'kms:Decrypt'])],
  STORAGE: (side) => [
    forDatabricks(side, 'AllowDatabricksStorage', [
      ...['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
    ]),
    forDatabricks(side, 'AllowDatabricksStorageGrants', ['kms:CreateGrant', 'kms:ListGrants', 'kms:RevokeGrant'], {
      Bool: { 'kms:GrantIsForAWSResource': 'true' },
    }),
  ],
};

const statementsFor = (props: WorkspaceKeyProps): PolicyStatement[] => [
  new PolicyStatement({
    sid: 'AllowAccount',
    principals: [new AccountRootPrincipal()],
    actions: ['kms:*'],
    resources: ['*'],
  }),
  ...props.useCases.flatMap((useCase) => STATEMENTS_OF[useCase](props)),
  ...(props.useCases.includes('STORAGE') ? (props.clusterVolumeRoles ?? []) : []).map(forClusterVolumes),
];

/** Without the tag, another customer of Databricks could use the key through Databricks. */
const forDatabricks = (
  { databricksAccountId, databricksPrincipal = DATABRICKS_PRINCIPALS.commercial }: DatabricksSide,
  sid: string,
  actions: string[],
  conditions: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
): PolicyStatement =>
  new PolicyStatement({
    sid,
    principals: [new ArnPrincipal(databricksPrincipal)],
    actions,
    resources: ['*'],
    conditions: { StringEquals: { 'aws:PrincipalTag/DatabricksAccountId': [databricksAccountId] }, ...conditions },
  });

const forClusterVolumes = ({ roleArn }: IRole, index: number): PolicyStatement =>
  new PolicyStatement({
    sid: `AllowDatabricksClusterVolumes${index === 0 ? '' : index + 1}`,
    principals: [new ArnPrincipal(roleArn)],
    actions: ['kms:Decrypt', 'kms:GenerateDataKey*', 'kms:CreateGrant', 'kms:DescribeKey'],
    resources: ['*'],
    conditions: { 'ForAnyValue:StringLike': { 'kms:ViaService': 'ec2.*.amazonaws.com' } },
  });
