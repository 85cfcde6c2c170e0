import { flag, object, oneOf, type Schema } from './api-schema.ts';

const ID: Schema = { type: 'string', pattern: '^[A-Za-z0-9-]{1,64}$', description: 'Id of one of the account' };
/** One line of text. */
const LINE = '^[^\\u0000-\\u001f\\u007f\\u2028\\u2029]+$';
const NAME: Schema = {
  type: 'string',
  pattern: LINE,
  minLength: 4,
  maxLength: 256,
  description: 'Default: made of the name of the workspace',
};
const KEY: Schema = {
  type: 'string',
  maxLength: 2048,
  pattern: '^(arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+|alias/[A-Za-z0-9/_-]+)$',
  description: 'ARN of a KMS key of the stage’s account and Region, or an alias',
};

const ids = (pattern: string, minItems: number, maxItems: number, description: string): Schema => ({
  ...{ type: 'array', minItems, maxItems, uniqueItems: true, description },
  items: { type: 'string', pattern },
});

/** Either the id of one that is there, or what it has to be: then it is found, or made. */
const byIdOr = (
  properties: Readonly<Record<string, Schema>>,
  wanted: readonly string[],
  description: string,
): Schema => ({
  ...object({ id: ID, ...properties }, { optional: ['id', ...Object.keys(properties)], description }),
  oneOf: [{ required: ['id'] }, { required: wanted }],
});

const PARTS = {
  credentials: byIdOr(
    {
      name: NAME,
      roleArn: {
        type: 'string',
        pattern: '^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]{1,512}$',
        description: 'Cross-account IAM role',
      },
    },
    ['roleArn'],
    'Credential configuration',
  ),
  storage: byIdOr(
    {
      name: NAME,
      bucket: { type: 'string', pattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$', description: 'Root S3 bucket' },
    },
    ['bucket'],
    'Storage configuration',
  ),
  network: byIdOr(
    {
      name: NAME,
      vpcId: { type: 'string', pattern: '^vpc-[0-9a-f]{8,17}$', description: 'VPC' },
      subnetIds: ids('^subnet-[0-9a-f]{8,17}$', 2, 16, 'At least two, in different availability zones'),
      securityGroupIds: ids('^sg-[0-9a-f]{8,17}$', 1, 5, 'Security groups'),
      vpcEndpoints: object(
        {
          restApi: ids('^[A-Za-z0-9-]{1,64}$', 1, 1, 'Databricks’ id of the endpoint for the REST API'),
          dataplaneRelay: ids('^[A-Za-z0-9-]{1,64}$', 1, 1, 'Databricks’ id of the endpoint for the relay'),
        },
        { description: 'For AWS PrivateLink' },
      ),
    },
    ['vpcId', 'subnetIds', 'securityGroupIds'],
    'Network configuration. Without one, Databricks makes a VPC',
  ),
  managedServicesKey: byIdOr({ key: KEY }, ['key'], 'Key configuration for managed services'),
  storageKey: byIdOr(
    { key: KEY, reuseKeyForClusterVolumes: flag('Also encrypt cluster EBS volumes. Default true, as in Databricks') },
    ['key'],
    'Key configuration for storage. The same key as for managed services gets one configuration for both',
  ),
};

const PART_NAMES = Object.keys(PARTS);

/** Body of `POST /v1/workspaces`. */
export const WORKSPACE_REQUEST: Schema = object(
  {
    workspaceName: {
      type: 'string',
      minLength: 1,
      maxLength: 100,
      pattern: LINE,
      description: 'Name; one that is there is adopted',
    },
    region: { type: 'string', pattern: '^[a-z]{2}(-[a-z]+)+-[0-9]$', description: 'Default: the Region of the stage' },
    deploymentName: {
      type: 'string',
      pattern: '^([a-z0-9]|[a-z0-9][a-z0-9-]{0,61}[a-z0-9]|EMPTY)$',
      description: 'First part of its host name, after the prefix of the account; EMPTY for the prefix alone',
    },
    pricingTier: oneOf(['STANDARD', 'PREMIUM', 'ENTERPRISE'], 'Default: that of the account'),
    customTags: {
      type: 'object',
      additionalProperties: { type: 'string', pattern: LINE, maxLength: 255, description: 'Value' },
      description: 'Tags of the workspace',
    },
    privateAccessSettingsId: { ...ID, description: 'For AWS PrivateLink' },
    ...PARTS,
    replacements: object(PARTS, { optional: PART_NAMES, description: 'What it is given instead, once, if it FAILED' }),
    onFailure: oneOf(
      ['keep', 'delete', 'recreate'],
      'What becomes of one that FAILED and was not repaired: kept (default), deleted, or deleted and created once more. Only one that a provisioning made and that never ran is deleted',
    ),
    dryRun: flag('Answer what would be done; write nothing'),
  },
  {
    optional: [
      ...['region', 'deploymentName', 'pricingTier', 'customTags', 'privateAccessSettingsId', 'network'],
      ...['managedServicesKey', 'storageKey', 'replacements', 'onFailure', 'dryRun'],
    ],
  },
);

export interface WorkspaceBody {
  readonly workspaceName: string;
  readonly dryRun?: boolean;
  /** Checked by its schema; carried along as it is. */
  readonly [part: string]: unknown;
}
