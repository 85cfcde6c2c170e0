import type { Ended } from '../../local/ended-executions.ts';
import type { World } from '../../local/world.ts';

/** The next end of a rollout whose name begins like this; the ends of others are passed over. */
export async function endOf(world: World, start: string): Promise<Ended> {
  for (;;) {
    const ended = await world.nextEndOf(world.outputs.KeyRolloutStateMachineArn);
    if (ended.executionArn.split(':').at(-1)?.startsWith(start)) return ended;
  }
}

interface Listed {
  readonly name: string;
  readonly status: string;
  readonly executionArn: string;
}

/** Rollouts whose names begin like this, the newest first. */
export async function rolloutsNamed({ stepFunctions, outputs }: World, start: string): Promise<readonly Listed[]> {
  const { executions } = (await stepFunctions.handle('ListExecutions', {
    stateMachineArn: outputs.KeyRolloutStateMachineArn,
    maxResults: 1_000,
  })) as { readonly executions: readonly Listed[] };
  return executions.filter(({ name }) => name.startsWith(start));
}

/** How many records of evidence there are about a subject. */
export async function evidenceOf({ aws, outputs }: World, subject: string): Promise<number> {
  const { Count } = (await aws.callAws('dynamodb', 'Query', {
    TableName: outputs.EvidenceTableName,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: subject } },
  })) as { readonly Count: number };
  return Count;
}
