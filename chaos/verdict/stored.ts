import type { World } from '../../local/world.ts';

/** An item of the state table: texts and numbers by attribute. */
export type Stored = Readonly<Record<string, string>>;

/** Every item of the state table as it is. */
export async function storedItems({ aws, outputs }: World): Promise<readonly Stored[]> {
  const { Items, LastEvaluatedKey } = (await aws.callAws('dynamodb', 'Scan', {
    TableName: outputs.StateTableName,
  })) as {
    readonly Items: readonly Readonly<Record<string, Readonly<Record<string, unknown>>>>[];
    readonly LastEvaluatedKey?: unknown;
  };
  if (LastEvaluatedKey !== undefined) throw new Error('the state table has more than one page');
  return Items.map((item) =>
    Object.fromEntries(Object.entries(item).map(([name, value]) => [name, String(Object.values(value)[0])])),
  );
}
