import { table } from './table.ts';

/** How a secret sync ended, as programs are told of it. These fields stay; others may join. Names only, no value. */
export interface SyncResult {
  readonly event: 'sync';
  /** The sync says so, and simulated AWS and Databricks agree. */
  readonly ok: boolean;
  readonly execution: string;
  readonly status: string;
  readonly headline: string;
  readonly scopes: readonly ScopeOutcome[];
  /** Requests to Databricks, token requests not. */
  readonly calls: number;
  /** State transitions of the sync and its scopes. */
  readonly transitions: number;
  /** Real time from the cause to the end. */
  readonly seconds: number;
  /** What AWS holds and the simulated Databricks does not; empty if all is well. */
  readonly objections: readonly string[];
}

interface ScopeOutcome {
  readonly workspaceId: string;
  readonly workspaceName: string;
  readonly scope: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly calls: number;
  readonly secrets: readonly {
    readonly key: string;
    readonly secret: string;
    readonly status: string;
    readonly reason: string;
  }[];
  readonly failure: { readonly name: string; readonly message: string } | null;
}

/** More would hide the rest of the story. */
const MOST_SHOWN = 3;

/** A table for people. */
export function syncTable({ scopes, ...sync }: SyncResult): string {
  const rows = scopes.map((one) => [
    one.workspaceName,
    one.scope,
    Object.entries(one.counts)
      .flatMap(([status, count]) => (count > 0 ? [`${count} ${status}`] : []))
      .join(', ') || '-',
    String(one.calls),
  ]);
  const told = scopes.flatMap((one) =>
    one.secrets
      .slice(0, MOST_SHOWN)
      .map(({ key, status, reason }) => `  ${one.workspaceName}/${one.scope}/${key}: ${status}, ${reason}`),
  );
  const shown = told.length <= 2 * MOST_SHOWN ? told : [];
  return [
    ...table(['workspace', 'scope', 'secrets', 'calls'], rows),
    '',
    `  ${sync.headline}`,
    `  ${sync.calls} requests to Databricks, ${sync.transitions} state transitions, ${Math.round(sync.seconds * 1000)} ms`,
    ...shown,
    ...scopes.flatMap(({ workspaceName, scope, failure }) =>
      failure === null ? [] : [`  ${workspaceName}/${scope}: ${failure.name}: ${failure.message}`],
    ),
    ...sync.objections.map((objection) => `  the simulated services object: ${objection}`),
  ].join('\n');
}
