import type { RolloutPlan } from '../contract/rollout.ts';
import { countActions, isWork, itemOf, settled, unknownWorkspace } from './planned-workspace.ts';
import type { Workspace } from './workspace.ts';

export interface RestartSituation {
  readonly workspaceIds: readonly string[];
  readonly workspaces: readonly Workspace[];
  readonly leftStopped: ReadonlySet<string>;
  readonly calls: number;
}

const CONCURRENCY = 5;

/** Only compute that earlier rollouts left stopped is restarted. */
export function planRestart({ workspaceIds, workspaces, leftStopped, calls }: RestartSituation): RolloutPlan {
  const byId = new Map(workspaces.map((workspace) => [workspace.id, workspace]));
  const planned = workspaceIds.map((id) => {
    const workspace = byId.get(id);
    return workspace === undefined ? unknownWorkspace(id) : settled(workspace, leftStopped, 'no key is changed');
  });
  const work = planned.filter(isWork);
  return {
    ...{ subject: 'compute', binding: null, key: null, settings: null },
    treatment: { compute: 'leave-running', maintenanceWindow: null },
    keyConfiguration: { kind: 'none', id: null },
    workspaces: planned,
    batches: work.length === 0 ? [] : [{ items: work.map(itemOf) }],
    concurrency: CONCURRENCY,
    ...{ warnings: [], outOfPlace: null },
    headline: `compute: workspaces: ${countActions(planned)}`,
    calls,
  };
}
