import type { Measured } from '../console/meter.ts';
import type { PlanResult, ProvisioningResult } from '../console/provisioning-result.ts';
import type { SimulatorState } from '../databricks/control.ts';
import type { Ended } from '../ended-executions.ts';
import type { World } from '../world.ts';
import { dryRunObjections, provisioningObjections, type Wish } from './provisioning-objections.ts';
import type { Judged } from './read-result.ts';
import { readSummary } from './read-summary.ts';
import { secretObjections } from './secret-objections.ts';

interface Summary {
  readonly headline: string;
  readonly workspaceId: string | null;
  readonly workspaceName: string;
  readonly url: string | null;
  readonly created: boolean;
  readonly removed: boolean;
  readonly made: readonly string[];
  readonly diagnosis: readonly string[];
  readonly failure: { readonly name: string; readonly message: string } | null;
  readonly calls: number;
}

/** What a dry run answers, and whether the simulated Databricks is as it was before. */
export function readPlan(
  world: World,
  ended: Ended,
  { before, measured }: { readonly before: SimulatorState; readonly measured: Measured },
): PlanResult {
  const plan = (ended.output ?? {}) as Partial<PlanResult>;
  const found = dryRunObjections(before, world.databricks.control.state());
  const { problems = [], warnings = [], configurations = [], headline = causeOf(ended), calls = 0 } = plan;
  return {
    event: 'plan',
    ok: ended.status === 'SUCCEEDED' && problems.length === 0 && found.length === 0,
    ...{ execution: ended.executionArn, status: ended.status },
    ...{ headline, configurations, problems, warnings, calls },
    ...{ transitions: measured.transitions, objections: found },
  };
}

/** What a provisioning or a removal says of itself, and what simulated AWS and Databricks say of it. */
export async function readProvisioning(
  world: World,
  ended: Ended,
  { before, measured, places, input }: Judged & { readonly input: Wish },
): Promise<ProvisioningResult> {
  const after = world.databricks.control.state();
  const summary = (await readSummary(world, ended.executionArn, 'Summarize provisioning')) as Summary | undefined;
  const found = [
    ...(ended.status === 'SUCCEEDED' ? provisioningObjections(input, { before, after, keyArn: world.keyArn }) : []),
    ...(await secretObjections(world, places)),
  ];
  return {
    event: 'result',
    ok: ended.status === 'SUCCEEDED' && found.length === 0,
    execution: ended.executionArn,
    status: ended.status,
    headline: summary?.headline ?? causeOf(ended),
    workspaces: summary === undefined ? [] : [outcomeOf(summary, after)],
    made: summary?.made ?? [],
    diagnosis: summary?.diagnosis ?? [],
    calls: summary?.calls ?? 0,
    transitions: measured.transitions,
    simulatedSeconds: Math.round((after.now - before.now) / 1000),
    seconds: Math.round(measured.seconds * 10) / 10,
    objections: found,
  };
}

function outcomeOf(summary: Summary, { workspaces }: SimulatorState): ProvisioningResult['workspaces'][number] {
  const { workspaceId, workspaceName, url, calls, failure } = summary;
  const there = workspaces.find(({ id }) => id === workspaceId);
  return {
    ...{ workspaceId, workspaceName, url, calls, failure },
    outcome: outcome(summary),
    status: there?.status ?? null,
    keyConfigurationId: there?.managedServicesKeyId ?? null,
    secrets: there === undefined ? 0 : there.secretScopes.reduce((sum, { secrets }) => sum + secrets.length, 0),
  };
}

function outcome({ failure, removed, created }: Summary): string {
  if (failure !== null) return 'FAILED';
  if (removed) return 'REMOVED';
  return created ? 'CREATED' : 'ADOPTED';
}

const causeOf = ({ status, error, cause }: Ended): string => (cause === undefined ? status : `${error}: ${cause}`);
