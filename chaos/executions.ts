import type { World } from '../local/world.ts';

/** One execution, as Step Functions tells of it. Times are milliseconds. */
export interface Execution {
  readonly arn: string;
  readonly status: string;
  readonly startedAt: number;
  readonly input: Readonly<Record<string, unknown>>;
  readonly output: string | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
}

/** State machines of the stage whose executions work on Databricks. */
const MACHINES = [
  'KeyRolloutStateMachineArn',
  'SecretSyncStateMachineArn',
  'WorkspaceProvisioningStateMachineArn',
  'DeadLetterReplayStateMachineArn',
] as const;

type Machine = (typeof MACHINES)[number];

/** Every execution of a state machine, oldest first. */
export async function executionsOf(world: World, machine: Machine): Promise<readonly Execution[]> {
  const listed = await list(world, machine);
  const all = await Promise.all(listed.map(({ executionArn }) => describe(world, executionArn)));
  return all.toSorted((one, other) => one.startedAt - other.startedAt);
}

/** ARNs of those that run, whatever they are. */
export async function runningExecutions(world: World): Promise<readonly string[]> {
  const lists = await Promise.all(MACHINES.map((machine) => list(world, machine, 'RUNNING')));
  return lists.flat().map(({ executionArn }) => executionArn);
}

interface Listed {
  readonly executions: readonly { readonly executionArn: string }[];
  readonly nextToken?: string;
}

async function list(
  { stepFunctions, outputs }: World,
  machine: Machine,
  statusFilter?: string,
): Promise<Listed['executions']> {
  const found: Listed['executions'][] = [];
  let nextToken: string | undefined;
  do {
    const page = (await stepFunctions.handle('ListExecutions', {
      ...{ stateMachineArn: outputs[machine], maxResults: 1000 },
      ...(statusFilter !== undefined && { statusFilter }),
      ...(nextToken !== undefined && { nextToken }),
    })) as Listed;
    found.push(page.executions);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return found.flat();
}

async function describe({ stepFunctions }: World, executionArn: string): Promise<Execution> {
  const { status, startDate, input, output, error, cause } = (await stepFunctions.handle('DescribeExecution', {
    executionArn,
  })) as Readonly<Record<string, string>> & { readonly startDate: number };
  return {
    ...{ arn: executionArn, status: String(status), startedAt: startDate * 1000, output, error, cause },
    input: JSON.parse(input ?? '{}'),
  };
}
