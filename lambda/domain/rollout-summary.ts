import type {
  RolloutPlan,
  RolloutSummary,
  SummarizeInput,
  WorkspacePlan,
  WorkspaceResult,
} from '../contract/rollout.ts';

const GOOD: ReadonlySet<WorkspaceResult['outcome']> = new Set(['ROLLED_OUT', 'RESTARTED', 'UNCHANGED']);

/** What a rollout did, in words and as data. Every planned workspace appears, also those that were never reached. */
export function summarizeRollout(input: SummarizeInput): RolloutSummary {
  const { plan } = input;
  const reported = new Map(input.results.map((result) => [result.workspaceId, result]));
  const workspaces = plan.workspaces.map((planned) => resultOf(planned, reported.get(planned.workspaceId), plan));
  const bad = workspaces.filter(({ outcome }) => !GOOD.has(outcome));
  const calls = input.calls + workspaces.reduce((sum, workspace) => sum + workspace.calls, 0);
  const headline =
    bad.length === 0
      ? `key rollout of ${plan.subject}: ${counted(workspaces)}`
      : `key rollout of ${plan.subject} is incomplete: ${bad.length} of ${workspaces.length} workspaces need attention`;
  return {
    ok: bad.length === 0,
    subject: plan.subject,
    rolloutId: input.rolloutId,
    keyArn: plan.key?.arn ?? null,
    keyConfigurationId: input.keyConfigurationId,
    registered: input.registered,
    headline,
    message: [
      headline,
      ...(plan.key === null ? [] : [`key ${plan.key.arn}`]),
      ...workspaces.map((workspace, index) => line(workspace, plan.workspaces[index])),
      ...advice(plan, bad.length),
    ].join('\n'),
    workspaces,
    calls,
  };
}

/** What was refused in the plan stays refused, though its compute was restarted. */
function resultOf(planned: WorkspacePlan, reported: WorkspaceResult | undefined, plan: RolloutPlan): WorkspaceResult {
  if (reported === undefined) return unreported(planned, plan);
  if (planned.failure === undefined || reported.failure !== null) return reported;
  return { ...reported, outcome: 'REFUSED', failure: planned.failure };
}

function unreported(planned: WorkspacePlan, plan: RolloutPlan): WorkspaceResult {
  const base = {
    workspaceId: planned.workspaceId,
    workspaceName: planned.workspaceName,
    keyConfigurationId: null,
    restarted: [],
    secrets: null,
    calls: 0,
  };
  if (planned.action === 'unchanged') return { ...base, outcome: 'UNCHANGED', failure: null };
  if (planned.action === 'refuse') return { ...base, outcome: 'REFUSED', failure: planned.failure ?? null };
  const canary = plan.batches[0]?.items[0]?.workspaceName;
  const message =
    plan.batches.length > 1
      ? `not reached: the canary workspace '${canary}' failed`
      : 'its execution ended without a result; look at the map run of this execution';
  return { ...base, outcome: 'NOT_REACHED', failure: { name: 'NotReached', message } };
}

function counted(workspaces: readonly WorkspaceResult[]): string {
  const count = (outcome: WorkspaceResult['outcome']): number =>
    workspaces.filter((one) => one.outcome === outcome).length;
  const parts = [
    [count('ROLLED_OUT'), 'rolled out'],
    [count('RESTARTED'), 'with compute restarted'],
    [count('UNCHANGED'), 'already right'],
  ] as const;
  return (
    parts
      .filter(([number]) => number > 0)
      .map(([number, what]) => `${number} ${what}`)
      .join(', ') || 'no workspace is meant'
  );
}

function line(
  { workspaceId, workspaceName, outcome, secrets, failure, calls }: WorkspaceResult,
  planned: WorkspacePlan | undefined,
): string {
  const why = failure === null ? '' : `: ${failure.name}: ${failure.message}`;
  const found = planned?.action === 'roll-out' ? `\n  ${planned.reason}` : '';
  return `- ${workspaceName || 'workspace'} (${workspaceId}) ${outcome}, ${calls} calls${secretsWords(secrets)}${why}${found}`;
}

function secretsWords(secrets: WorkspaceResult['secrets']): string {
  if (secrets === null) return '';
  if (secrets.failure === null) return `, ${secrets.rewritten} secrets written again under the new key`;
  const { name, message } = secrets.failure;
  return `, but not all of its secrets were written again under the new key, which the next secret sync makes good (${name}: ${message.split('\n')[0]})`;
}

/** Source of the 24 hours: Databricks, "Add or update a customer-managed key on a running workspace", step 5. */
function advice(plan: RolloutPlan, bad: number): readonly string[] {
  return [
    ...plan.warnings.map((warning) => `warning: ${warning}`),
    ...(plan.batches.length > 0 && plan.key?.alias !== undefined
      ? [
          `Keep the key that ${plan.key.alias} pointed to before enabled for at least 24 hours; you are told when it may be disabled.`,
        ]
      : []),
    ...(bad > 0 ? ['Mend the cause and start the same again: what is done stays done.'] : []),
  ];
}
