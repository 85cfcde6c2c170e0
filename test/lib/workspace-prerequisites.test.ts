import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { UseCase } from '../../lambda/contract/bindings.ts';
import { checkKeyPolicy, type NeededStatement, neededStatements } from '../../lambda/domain/key-policy.ts';
import { DATABRICKS_PRINCIPALS } from '../../lib/config/databricks-principals.ts';
import {
  DATABRICKS_ACCOUNT,
  type PrerequisitesTemplate,
  prerequisitesTemplate,
  ROLE,
} from './prerequisites-template.ts';

const folder = mkdtempSync(join(tmpdir(), 'prerequisites-'));
afterAll(() => rmSync(folder, { recursive: true }));

let made = 0;
const make = (
  props: Partial<Parameters<typeof prerequisitesTemplate>[1]> = {},
  region?: string,
): PrerequisitesTemplate =>
  prerequisitesTemplate(join(folder, String(made++)), { network: 'databricks', ...props }, region);

const KEYS = { managedServices: 'alias/databricks/managed-services', storage: 'alias/databricks/storage' };
const COMMERCIAL = DATABRICKS_PRINCIPALS.commercial;
const SPOT = (partition: string) =>
  `arn:${partition}:iam::111122223333:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot`;

/** The CDK sorts the actions of a statement. */
const inOrder = ({ statement }: NeededStatement) => ({ ...statement, Action: statement.Action.toSorted() });

interface Statement {
  readonly Sid: string;
  readonly Action: string | readonly string[];
}

const one = (template: PrerequisitesTemplate, type: string): Readonly<Record<string, unknown>> => {
  const found = template.ofType(type);
  expect(found).toHaveLength(1);
  return found[0] ?? {};
};
const statementsOf = (document: unknown): readonly Statement[] =>
  (document as { readonly Statement: readonly Statement[] }).Statement;
const rolePolicy = (template: PrerequisitesTemplate): readonly Statement[] => {
  const [policy] = one(template, 'AWS::IAM::Role').Policies as readonly { readonly PolicyDocument: unknown }[];
  return statementsOf(policy?.PolicyDocument);
};
const ec2Actions = (template: PrerequisitesTemplate): readonly string[] =>
  [rolePolicy(template)[0]?.Action ?? []].flat().map((action) => action.replace(/^ec2:/, ''));

/** As Databricks documents them for a VPC of the customer. */
const IN_ANY_VPC = `
  AssignPrivateIpAddresses AssociateIamInstanceProfile AttachVolume AuthorizeSecurityGroupEgress
  AuthorizeSecurityGroupIngress CancelSpotInstanceRequests CreateFleet CreateLaunchTemplate CreateLaunchTemplateVersion
  CreateTags CreateVolume DeleteFleets DeleteLaunchTemplate DeleteLaunchTemplateVersions DeleteTags DeleteVolume
  DescribeAvailabilityZones DescribeFleetHistory DescribeFleetInstances DescribeFleets
  DescribeIamInstanceProfileAssociations DescribeInstanceStatus DescribeInstances DescribeInternetGateways
  DescribeLaunchTemplateVersions DescribeLaunchTemplates DescribeNatGateways DescribeNetworkAcls DescribePrefixLists
  DescribeReservedInstancesOfferings DescribeRouteTables DescribeSecurityGroups DescribeSpotInstanceRequests
  DescribeSpotPriceHistory DescribeSubnets DescribeVolumes DescribeVpcAttribute DescribeVpcs DetachVolume
  DisassociateIamInstanceProfile GetLaunchTemplateData GetSpotPlacementScores ModifyFleet ModifyLaunchTemplate
  ReplaceIamInstanceProfileAssociation RequestSpotInstances RevokeSecurityGroupEgress RevokeSecurityGroupIngress
  RunInstances TerminateInstances`.match(/\w+/g) as readonly string[];

/** What it documents beyond that for a VPC that it makes. */
const OF_ITS_OWN_VPC = `
  AllocateAddress AssociateDhcpOptions AssociateRouteTable AttachInternetGateway CreateDhcpOptions CreateInternetGateway
  CreateNatGateway CreateRoute CreateRouteTable CreateSecurityGroup CreateSubnet CreateVpc CreateVpcEndpoint
  DeleteDhcpOptions DeleteInternetGateway DeleteNatGateway DeleteRoute DeleteRouteTable DeleteSecurityGroup DeleteSubnet
  DeleteVpc DeleteVpcEndpoints DetachInternetGateway DisassociateRouteTable ModifyVpcAttribute
  ReleaseAddress`.match(/\w+/g) as readonly string[];

describe('the cross-account role', () => {
  test('is taken by Databricks alone, for this Databricks account', () => {
    expect(one(make(), 'AWS::IAM::Role').AssumeRolePolicyDocument).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { AWS: COMMERCIAL },
          Condition: { StringEquals: { 'sts:ExternalId': DATABRICKS_ACCOUNT } },
        },
      ],
    });
  });

  test('may do in EC2 what is documented for a VPC that Databricks makes', () => {
    expect(ec2Actions(make()).toSorted()).toEqual([...IN_ANY_VPC, ...OF_ITS_OWN_VPC].toSorted());
  });

  test('may make no VPC where the customer has one', () => {
    expect(ec2Actions(make({ network: 'customer' })).toSorted()).toEqual(IN_ANY_VPC.toSorted());
  });

  test.each(['databricks', 'customer'] as const)('may have the role for spot instances made (%s VPC)', (network) => {
    expect(rolePolicy(make({ network })).slice(1)).toEqual([
      {
        Sid: 'UseSpotInstances',
        Effect: 'Allow',
        Action: ['iam:CreateServiceLinkedRole', 'iam:PutRolePolicy'],
        Resource: SPOT('aws'),
        Condition: { StringLike: { 'iam:AWSServiceName': 'spot.amazonaws.com' } },
      },
    ]);
  });

  test('passes exactly the named roles on to clusters', () => {
    const passRoles = ['arn:aws:iam::111122223333:role/etl', 'arn:aws:iam::111122223333:role/ml'];
    expect(rolePolicy(make({ passRoles }))[2]).toEqual({
      Sid: 'PassInstanceProfiles',
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: passRoles,
    });
  });

  test('holds its policy itself, so that it does not stay without', () => {
    expect(make().ofType('AWS::IAM::Policy')).toEqual([]);
  });
});

describe('the root bucket', () => {
  const policyOf = (template: PrerequisitesTemplate) =>
    statementsOf(one(template, 'AWS::S3::BucketPolicy').PolicyDocument);

  test('lets Databricks read and write for this Databricks account, over TLS, and keeps DBFS out of Unity Catalog', () => {
    const both = ['arn:aws:s3:::root-bucket', 'arn:aws:s3:::root-bucket/*'];
    expect(policyOf(make())).toEqual([
      {
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 's3:*',
        Resource: both,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      {
        Sid: 'AllowDatabricks',
        Effect: 'Allow',
        Principal: { AWS: COMMERCIAL },
        Action: [
          ...['s3:DeleteObject', 's3:GetBucketLocation', 's3:GetObject', 's3:GetObjectVersion'],
          ...['s3:ListBucket', 's3:PutObject'],
        ],
        Resource: both,
        Condition: { StringEquals: { 'aws:PrincipalTag/DatabricksAccountId': [DATABRICKS_ACCOUNT] } },
      },
      {
        Sid: 'KeepDbfsOutOfUnityCatalog',
        Effect: 'Deny',
        Principal: { AWS: COMMERCIAL },
        Action: 's3:*',
        Resource: 'arn:aws:s3:::root-bucket/unity-catalog/*',
      },
    ]);
  });

  test('is private, encrypted with a key of S3, without ACLs and without versions', () => {
    expect(one(make({ bucketName: 'acme-root' }), 'AWS::S3::Bucket')).toEqual({
      BucketName: 'acme-root',
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      PublicAccessBlockConfiguration: {
        ...{ BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      },
    });
  });

  test('is encrypted with the storage key where there is one, and never with the key for managed services alone', () => {
    const encryption = (keys: object) =>
      (
        one(make({ keys }), 'AWS::S3::Bucket').BucketEncryption as {
          readonly ServerSideEncryptionConfiguration: readonly unknown[];
        }
      ).ServerSideEncryptionConfiguration;
    expect(encryption(KEYS)).toEqual([
      {
        BucketKeyEnabled: true,
        ServerSideEncryptionByDefault: {
          SSEAlgorithm: 'aws:kms',
          KMSMasterKeyID: 'arn:aws:kms:us-west-2:111122223333:key/storage',
        },
      },
    ]);
    expect(encryption({ managedServices: KEYS.managedServices })).toEqual([
      { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
    ]);
  });

  test('keeps three versions for seven days where versions are wanted', () => {
    const { VersioningConfiguration, LifecycleConfiguration } = one(
      make({ bucketVersioning: true }),
      'AWS::S3::Bucket',
    );
    expect(VersioningConfiguration).toEqual({ Status: 'Enabled' });
    expect(LifecycleConfiguration).toEqual({
      Rules: [
        {
          Status: 'Enabled',
          NoncurrentVersionExpiration: { NoncurrentDays: 7, NewerNoncurrentVersions: 3 },
        },
      ],
    });
  });
});

describe('the keys', () => {
  const ROOT_STATEMENT = {
    Sid: 'AllowAccount',
    Effect: 'Allow',
    Action: 'kms:*',
    Principal: { AWS: 'arn:aws:iam::111122223333:root' },
    Resource: '*',
  };
  const needs = (useCases: readonly UseCase[], reuseKeyForClusterVolumes: boolean, principal: string = COMMERCIAL) => ({
    ...{ useCases, reuseKeyForClusterVolumes, databricksAccountId: DATABRICKS_ACCOUNT, databricksPrincipal: principal },
    crossAccountRoles: [ROLE],
  });
  const policies = (template: PrerequisitesTemplate): readonly unknown[] =>
    template.ofType('AWS::KMS::Key').map(({ KeyPolicy }) => KeyPolicy);
  const wanted = (...args: Parameters<typeof needs>) => ({
    Version: '2012-10-17',
    Statement: [ROOT_STATEMENT, ...neededStatements(needs(...args)).map(inOrder)],
  });

  test('are none unless they are named', () => {
    const template = make();
    expect(template.ofType('AWS::KMS::Key')).toEqual([]);
    expect(template.ofType('AWS::KMS::Alias')).toEqual([]);
  });

  test('are one for each use case, each with exactly the statements that a rollout demands', () => {
    const template = make({ keys: KEYS });
    expect(policies(template)).toEqual([wanted(['MANAGED_SERVICES'], true), wanted(['STORAGE'], true)]);
    expect(template.ofType('AWS::KMS::Alias').map(({ AliasName }) => AliasName)).toEqual(Object.values(KEYS));
  });

  test('are one for both with one alias', () => {
    const template = make({ keys: { managedServices: 'alias/one', storage: 'alias/one' } });
    expect(policies(template)).toEqual([wanted(['MANAGED_SERVICES', 'STORAGE'], true)]);
    expect(one(template, 'AWS::KMS::Alias').AliasName).toBe('alias/one');
  });

  test.each([true, false])('pass the check of a rollout (cluster volumes: %p)', (reuseKeyForClusterVolumes) => {
    const [policy] = policies(make({ keys: { storage: 'alias/one', reuseKeyForClusterVolumes } }));
    expect(policy).toEqual(wanted(['STORAGE'], reuseKeyForClusterVolumes));
    const findings = checkKeyPolicy(JSON.stringify(policy), needs(['STORAGE'], reuseKeyForClusterVolumes));
    expect(findings).toEqual({ missing: [], warnings: [] });
  });

  test('that keep cluster volumes out fail the check that asks for them', () => {
    const [policy] = policies(make({ keys: { storage: 'alias/one', reuseKeyForClusterVolumes: false } }));
    expect(checkKeyPolicy(JSON.stringify(policy), needs(['STORAGE'], true)).missing).toHaveLength(1);
  });

  test('rotate by themselves', () => {
    for (const { EnableKeyRotation } of make({ keys: KEYS }).ofType('AWS::KMS::Key')) {
      expect(EnableKeyRotation).toBe(true);
    }
  });
});

describe('in GovCloud', () => {
  test.each(['govcloud', 'govcloud-dod'] as const)('role, bucket and keys trust the AWS account of %s', (cloud) => {
    const databricksPrincipal = DATABRICKS_PRINCIPALS[cloud];
    const template = make({ databricksPrincipal, keys: KEYS }, 'us-gov-west-1');
    const text = JSON.stringify(template.resources);

    expect(text).toContain(databricksPrincipal);
    expect(text).not.toContain('414351767826');
    expect(rolePolicy(template)[1]).toMatchObject({ Resource: SPOT('aws-us-gov') });
    for (const { KeyPolicy } of template.ofType('AWS::KMS::Key')) {
      const [root] = statementsOf(KeyPolicy);
      expect(root).toMatchObject({ Principal: { AWS: 'arn:aws-us-gov:iam::111122223333:root' } });
    }
  });
});

describe('all of it', () => {
  test('stays when the stack is deleted, and not when its first deployment fails', () => {
    const fates = make({ keys: KEYS }).resources.map(({ Type, DeletionPolicy, UpdateReplacePolicy }) => [
      Type,
      DeletionPolicy,
      UpdateReplacePolicy,
    ]);
    const kept = (type: string) => [`AWS::${type}`, 'RetainExceptOnCreate', 'Retain'];
    expect(fates.toSorted()).toEqual(
      [...['IAM::Role', 'S3::Bucket', 'S3::BucketPolicy'], ...['KMS::Key', 'KMS::Key', 'KMS::Alias', 'KMS::Alias']]
        .map(kept)
        .toSorted(),
    );
  });

  test('tells the parts of a request for a workspace, one by one and together', () => {
    const { outputs } = make({ bucketName: 'acme-root', keys: KEYS });
    expect(outputs).toEqual({
      CredentialsRoleArn: ROLE,
      StorageBucket: 'root-bucket',
      ManagedServicesKey: KEYS.managedServices,
      ManagedServicesKeyArn: 'arn:aws:kms:us-west-2:111122223333:key/managed-services',
      StorageKey: KEYS.storage,
      StorageKeyArn: 'arn:aws:kms:us-west-2:111122223333:key/storage',
      WorkspaceRequest: expect.any(String),
    });
    expect(JSON.parse(outputs.WorkspaceRequest ?? '')).toEqual({
      credentials: { roleArn: ROLE },
      storage: { bucket: 'root-bucket' },
      managedServicesKey: { key: KEYS.managedServices },
      storageKey: { key: KEYS.storage, reuseKeyForClusterVolumes: true },
    });
  });

  test('without keys asks for none', () => {
    const { outputs } = make();
    expect(Object.keys(outputs).toSorted()).toEqual(['CredentialsRoleArn', 'StorageBucket', 'WorkspaceRequest']);
    expect(JSON.parse(outputs.WorkspaceRequest ?? '')).toEqual({
      ...{ credentials: { roleArn: ROLE }, storage: { bucket: 'root-bucket' } },
    });
  });
});
