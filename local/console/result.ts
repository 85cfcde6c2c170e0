import { table } from './table.ts';

/** How a rollout ended; the last line of `--json`. These fields stay; others may join. */
export interface Result {
  readonly event: 'result';
  /** The rollout says so, and the simulated Databricks agrees. */
  readonly ok: boolean;
  readonly execution: string;
  readonly status: string;
  readonly headline: string;
  readonly keyConfigurationId: string | null;
  readonly workspaces: readonly WorkspaceOutcome[];
  /** Requests to Databricks, token requests not. */
  readonly calls: number;
  /** State transitions of the rollout and its workspaces, and of the syncs that wrote their secrets again. */
  readonly transitions: number;
  /** Simulated and real time from start to end. */
  readonly simulatedSeconds: number;
  readonly seconds: number;
  /** What the simulated Databricks shows that a rollout must not leave behind; empty if all is well. */
  readonly objections: readonly string[];
}

interface WorkspaceOutcome {
  readonly workspaceId: string;
  readonly workspaceName: string;
  readonly outcome: string;
  readonly keyConfigurationId: string | null;
  readonly calls: number;
  readonly restarted: readonly string[];
  /** Secrets that were written again under the new key; null where there were none to write. */
  readonly secrets: { readonly rewritten: number; readonly failure: Failure | null } | null;
  readonly failure: Failure | null;
}

interface Failure {
  readonly name: string;
  readonly message: string;
}

/** A table for people. */
export function resultTable({ workspaces, ...result }: Result): string {
  const rows = workspaces.map((one) => [
    one.workspaceName,
    one.workspaceId,
    one.outcome,
    one.keyConfigurationId ?? '-',
    String(one.calls),
    one.restarted.join(', ') || '-',
    one.secrets === null ? '-' : String(one.secrets.rewritten),
  ]);
  const minutes = Math.round(result.simulatedSeconds / 60);
  return [
    ...table(['workspace', 'id', 'outcome', 'key configuration', 'calls', 'restarted', 'secrets'], rows),
    '',
    `  ${result.headline}`,
    `  ${result.calls} requests to Databricks, ${result.transitions} state transitions, ${minutes} simulated minutes in ${result.seconds.toFixed(1)} s`,
    ...workspaces.flatMap(({ workspaceName, failure }) =>
      failure === null ? [] : [`  ${workspaceName}: ${failure.name}: ${failure.message}`],
    ),
    ...result.objections.map((objection) => `  the simulated Databricks objects: ${objection}`),
  ].join('\n');
}
