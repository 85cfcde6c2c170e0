import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { errorName } from './error-name.ts';
import { unlessBusy } from './unless-busy.ts';

export type Item = Readonly<Record<string, AttributeValue>>;

/** A condition on the item as it stands, with its values. */
export interface Condition {
  readonly expression: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Item;
}

/** Where the last writer may win. */
export const ANY: Condition = { expression: 'attribute_exists(pk) OR attribute_not_exists(pk)' };

/** One DynamoDB table with the keys `pk` and `sk`. Writes are conditional; a condition that fails answers false. */
export class StateTable {
  readonly #dynamo: DynamoDBClient;
  readonly #name: string;

  constructor(dynamo: DynamoDBClient, name: string) {
    this.#dynamo = dynamo;
    this.#name = name;
  }

  /** Strongly consistent. */
  async get(pk: string, sk: string): Promise<Item | undefined> {
    const command = new GetItemCommand({ TableName: this.#name, Key: key(pk, sk), ConsistentRead: true });
    const { Item: item } = await ask(() => this.#dynamo.send(command));
    return item;
  }

  /** Strongly consistent; every item of `pk` whose `sk` begins with `prefix`. */
  async query(pk: string, prefix: string): Promise<readonly Item[]> {
    const items: Item[] = [];
    let from: Record<string, AttributeValue> | undefined;
    do {
      const command = new QueryCommand({
        TableName: this.#name,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': { S: pk }, ':prefix': { S: prefix } },
        ...(from !== undefined && { ExclusiveStartKey: from }),
      });
      const page: QueryCommandOutput = await ask(() => this.#dynamo.send(command));
      items.push(...(page.Items ?? []));
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    return items;
  }

  async put(pk: string, sk: string, item: Item, condition: Condition): Promise<boolean> {
    const command = new PutItemCommand({
      TableName: this.#name,
      Item: { ...key(pk, sk), ...item },
      ...conditional(condition),
    });
    return succeeded(() => this.#dynamo.send(command));
  }

  async delete(pk: string, sk: string, condition: Condition): Promise<boolean> {
    const command = new DeleteItemCommand({ TableName: this.#name, Key: key(pk, sk), ...conditional(condition) });
    return succeeded(() => this.#dynamo.send(command));
  }
}

const key = (pk: string, sk: string): Record<string, AttributeValue> => ({ pk: { S: pk }, sk: { S: sk } });

const conditional = ({
  expression,
  names,
  values,
}: Condition): Pick<
  PutItemCommandInput,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
> => ({
  ConditionExpression: expression,
  ...(names !== undefined && { ExpressionAttributeNames: { ...names } }),
  ...(values !== undefined && { ExpressionAttributeValues: { ...values } }),
});

async function succeeded(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask(write);
    return true;
  } catch (error) {
    if (errorName(error) === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}

const BUSY: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'InternalServerError',
  'ServiceUnavailable',
  'TimeoutError',
]);

const ask = <T>(call: () => Promise<T>): Promise<T> =>
  unlessBusy(BUSY, 'DynamoDB is too busy to keep state; it is asked again', call);

/** Text of an attribute, or empty. */
export const text = (item: Item, name: string): string => item[name]?.S ?? '';

/** Number of an attribute, or 0. */
export const number = (item: Item, name: string): number => Number(item[name]?.N ?? 0);
