import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { StateTable } from '../../lambda/aws/state-table.ts';

/** Makes the table `state` with the keys that the stack gives it. */
export async function createStateTable(dynamo: DynamoDBClient): Promise<StateTable> {
  await dynamo.send(
    new CreateTableCommand({
      TableName: 'state',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  return new StateTable(dynamo, 'state');
}
