import type { World } from '../../local/world.ts';

type Item = Readonly<Record<'pk' | 'sk', unknown>> & Readonly<Record<string, unknown>>;

/** Everything in the state table at this moment. */
export async function contentOf({ aws, outputs: { StateTableName: TableName } }: World): Promise<readonly Item[]> {
  const { Items } = (await aws.callAws('dynamodb', 'Scan', { TableName })) as { readonly Items: readonly Item[] };
  return Items;
}

/** What is left of a table that was lost and made anew. */
export async function empty(world: World): Promise<void> {
  const TableName = world.outputs.StateTableName;
  for (const { pk, sk } of await contentOf(world)) {
    await world.aws.callAws('dynamodb', 'DeleteItem', { TableName, Key: { pk, sk } });
  }
}

/** As point-in-time recovery does: what was written since is gone. */
export async function restore(world: World, content: readonly Item[]): Promise<void> {
  await empty(world);
  const TableName = world.outputs.StateTableName;
  for (const Item of content) await world.aws.callAws('dynamodb', 'PutItem', { TableName, Item });
}
