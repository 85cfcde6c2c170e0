import { table } from './table.ts';

/** What a dry run of a provisioning answered. These fields stay; others may join. */
export interface PlanResult {
  readonly event: 'plan';
  /** It can be carried out, and the simulated Databricks is as it was before. */
  readonly ok: boolean;
  readonly execution: string;
  readonly status: string;
  readonly headline: string;
  readonly configurations: readonly {
    readonly of: string;
    readonly kind: string;
    readonly id: string | null;
    readonly name: string;
  }[];
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly calls: number;
  readonly transitions: number;
  readonly objections: readonly string[];
}

/** How a provisioning ended; the last line of `--json` in its scenario. These fields stay; others may join. */
export interface ProvisioningResult {
  readonly event: 'result';
  /** The provisioning says so, and the simulated Databricks agrees. */
  readonly ok: boolean;
  readonly execution: string;
  readonly status: string;
  readonly headline: string;
  /** The one that was asked for. */
  readonly workspaces: readonly {
    readonly workspaceId: string | null;
    readonly workspaceName: string;
    /** CREATED, ADOPTED, REMOVED or FAILED. */
    readonly outcome: string;
    readonly status: string | null;
    readonly url: string | null;
    readonly keyConfigurationId: string | null;
    readonly calls: number;
    /** Keys that its scopes hold. */
    readonly secrets: number;
    readonly failure: { readonly name: string; readonly message: string } | null;
  }[];
  /** Configurations that were made for it. */
  readonly made: readonly string[];
  readonly diagnosis: readonly string[];
  /** Requests to Databricks, token requests and those of its secret sync not. */
  readonly calls: number;
  /** State transitions, those of its secret sync included. */
  readonly transitions: number;
  /** Simulated and real time from start to end. */
  readonly simulatedSeconds: number;
  readonly seconds: number;
  /** What the simulated services show that ought not to be; empty if all is well. */
  readonly objections: readonly string[];
}

/** A table for people. */
export function planTable({ configurations, headline, problems, warnings, ...plan }: PlanResult): string {
  const rows = configurations.map(({ of, kind, id, name }) => [of, kind, id ?? '-', name]);
  return [
    ...table(['configuration', 'what', 'id', 'name'], rows),
    '',
    `  ${headline}`,
    `  ${plan.calls} requests to Databricks, ${plan.transitions} state transitions`,
    ...problems.map((problem) => `  problem: ${problem}`),
    ...warnings.map((warning) => `  warning: ${warning}`),
    ...plan.objections.map((objection) => `  the simulated Databricks objects: ${objection}`),
  ].join('\n');
}

/** A table for people. */
export function provisioningTable({ workspaces, made, diagnosis, ...result }: ProvisioningResult): string {
  const rows = workspaces.map((one) => [
    one.workspaceName,
    one.workspaceId ?? '-',
    one.outcome,
    one.keyConfigurationId ?? '-',
    String(one.calls),
    String(one.secrets),
  ]);
  const minutes = Math.round(result.simulatedSeconds / 60);
  return [
    ...table(['workspace', 'id', 'outcome', 'key configuration', 'calls', 'secrets'], rows),
    '',
    `  ${result.headline}`,
    ...workspaces.flatMap(({ url }) => (url === null ? [] : [`  ${url}`])),
    ...made.map((one) => `  created ${one}`),
    `  ${result.calls} requests to Databricks, ${result.transitions} state transitions, ${minutes} simulated minutes in ${result.seconds.toFixed(1)} s`,
    ...workspaces.flatMap(({ failure }) => (failure === null ? [] : [`  ${failure.name}: ${failure.message}`])),
    ...diagnosis.map((line) => `  ${line}`),
    ...result.objections.map((objection) => `  the simulated services object: ${objection}`),
  ].join('\n');
}
