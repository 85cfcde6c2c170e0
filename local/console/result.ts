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
  /** State transitions of the rollout and its workspaces. */
  readonly transitions: number;
  /** Simulated and real time from start to end. */
  readonly simulatedSeconds: number;
  readonly seconds: number;
  /** What the simulated Databricks shows that a rollout must not leave behind; empty if all is well. */
  readonly objections: readonly string[];
}

export interface WorkspaceOutcome {
  readonly workspaceId: string;
  readonly workspaceName: string;
  readonly outcome: string;
  readonly keyConfigurationId: string | null;
  readonly calls: number;
  readonly restarted: readonly string[];
  readonly failure: { readonly name: string; readonly message: string } | null;
}

/** A table for people. */
export function resultTable({ workspaces, ...result }: Result): string {
  const rows = [
    ['workspace', 'id', 'outcome', 'key configuration', 'calls', 'restarted'],
    ...workspaces.map((one) => [
      one.workspaceName,
      one.workspaceId,
      one.outcome,
      one.keyConfigurationId ?? '-',
      String(one.calls),
      one.restarted.join(', ') || '-',
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]): string =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd();
  const [head = [], ...body] = rows;
  const minutes = Math.round(result.simulatedSeconds / 60);
  return [
    line(head),
    `  ${widths.map((width) => '-'.repeat(width)).join('  ')}`,
    ...body.map(line),
    '',
    `  ${result.headline}`,
    `  ${result.calls} requests to Databricks, ${result.transitions} state transitions, ${minutes} simulated minutes in ${result.seconds.toFixed(1)} s`,
    ...workspaces.flatMap(({ workspaceName, failure }) =>
      failure === null ? [] : [`  ${workspaceName}: ${failure.name}: ${failure.message}`],
    ),
    ...result.objections.map((objection) => `  the simulated Databricks objects: ${objection}`),
  ].join('\n');
}
