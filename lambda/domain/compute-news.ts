import type { ComputeUnit } from './compute.ts';

/** What is known of compute that waits to be restarted. */
interface Stopped {
  readonly workspaceId: string;
  readonly rolloutId: string;
  /** Milliseconds since the epoch. */
  readonly stoppingSince: number;
  readonly units: readonly ComputeUnit[];
}

interface News {
  readonly subject: string;
  readonly message: string;
}

/** Its workspace was deleted: nothing is left to restart. */
export const computeGone = (stopped: Stopped): News => ({
  subject: `Databricks workspace ${stopped.workspaceId} is gone, and the compute that was stopped in it`,
  message: [
    `workspace ${stopped.workspaceId} is not in the Databricks account any more; the record of its compute was cleared`,
    ...unitLines(stopped),
    `It was stopped by ${stopped.rolloutId}. If the workspace does exist, give the service principal the account admin role and start these by hand.`,
  ].join('\n'),
});

/** Nothing but a person can help. */
export const computeNeedsPerson = (stopped: Stopped, workspaceName: string, sweeps: number): News => ({
  subject: `URGENT: compute of Databricks workspace ${workspaceName} (${stopped.workspaceId}) is still stopped`,
  message: [
    `compute of workspace ${workspaceName} (${stopped.workspaceId}) has been stopped since ${new Date(stopped.stoppingSince).toISOString()} and could not be restarted ${sweeps} times`,
    ...unitLines(stopped),
    `It was stopped by ${stopped.rolloutId}. The rollouts named sweep-... say why it does not start. Start it by hand in the workspace, or mend the cause, and clear the record: docs/runbook.md#compute-left-stopped`,
    'It is tried, and told, once a day from now on.',
  ].join('\n'),
});

const unitLines = ({ units }: Stopped): readonly string[] =>
  units.map((unit) => `- ${KINDS[unit.kind]} '${unit.name}' (${unit.id})`);

const KINDS: Readonly<Record<ComputeUnit['kind'], string>> = {
  cluster: 'cluster',
  'instance-pool': 'instance pool',
  'sql-warehouse': 'SQL warehouse',
};
