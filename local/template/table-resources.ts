import { isRecord, objects, type Request } from '../aws/actions.ts';
import { arnAt } from '../aws/home.ts';
import type { LocalAccount } from '../aws/local-account.ts';
import { nameOf, onlyKnown, part, type ResourceHandler, type TemplateResource, whereIs } from './resource.ts';
import { UnknownInTemplate } from './unknown-template.ts';

const SHARED = ['TableName', 'AttributeDefinitions', 'KeySchema', 'BillingMode', 'GlobalSecondaryIndexes'];
const LOCAL_INDEXES = 'LocalSecondaryIndexes';
const TTL = 'TimeToLiveSpecification';

const TABLE_IDLE = [
  ...['PointInTimeRecoverySpecification', 'SSESpecification', 'DeletionProtectionEnabled', 'Tags', 'TableClass'],
  ...['ContributorInsightsSpecification', 'OnDemandThroughput', 'WarmThroughput', 'ProvisionedThroughput'],
];
const GLOBAL_IDLE = [
  ...['SSESpecification', 'WriteProvisionedThroughputSettings', 'WriteOnDemandThroughputSettings', 'WarmThroughput'],
  ...['Replicas'],
];

/** AWS::DynamoDB::Table. Capacity is not simulated, streams are refused. */
export const table =
  (account: LocalAccount): ResourceHandler =>
  (resource) => {
    onlyKnown(resource, { heeded: [...SHARED, LOCAL_INDEXES, TTL], idle: TABLE_IDLE });
    return createTable(account, resource);
  };

/** AWS::DynamoDB::GlobalTable with the one replica of this Region, which is what CDK's TableV2 makes. */
export const globalTable =
  (account: LocalAccount): ResourceHandler =>
  (resource) => {
    onlyKnown(resource, { heeded: [...SHARED, LOCAL_INDEXES, TTL], idle: GLOBAL_IDLE });
    const elsewhere = objects(resource.properties, 'Replicas').filter((each) => each.Region !== resource.home.region);
    if (elsewhere.length > 0) {
      throw new UnknownInTemplate(whereIs(resource), 'the local run knows one Region only, not further replicas');
    }
    return createTable(account, resource);
  };

const createTable = async (account: LocalAccount, resource: TemplateResource) => {
  const name = nameOf(resource, 'TableName', 255);
  const { properties, home } = resource;
  await account.dynamoDb.handle('CreateTable', {
    TableName: name,
    AttributeDefinitions: properties.AttributeDefinitions,
    KeySchema: properties.KeySchema,
    BillingMode: 'PAY_PER_REQUEST',
    ...indexes(properties, 'GlobalSecondaryIndexes'),
    ...indexes(properties, LOCAL_INDEXES),
  });
  const expiry = part(resource, TTL);
  if (expiry.Enabled === true) {
    await account.dynamoDb.handle('UpdateTimeToLive', { TableName: name, TimeToLiveSpecification: expiry });
  }
  return { ref: name, attributes: { Arn: arnAt(home, 'dynamodb', `table/${name}`), TableId: name } };
};

/** Indexes without their capacity, which on-demand tables do not have. */
const indexes = (properties: Request, field: string): Request => {
  const given = properties[field];
  if (!Array.isArray(given)) return {};
  const bare = given.filter(isRecord).map(({ IndexName, KeySchema, Projection }) => ({
    IndexName,
    KeySchema,
    Projection,
  }));
  return { [field]: bare };
};
