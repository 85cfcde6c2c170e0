import type { SimulatorState } from '../databricks/control.ts';

type WorkspaceState = SimulatorState['workspaces'][number];
type Fields = Readonly<Record<string, unknown>>;

const UP: ReadonlySet<unknown> = new Set(['RUNNING', 'PENDING', 'RESTARTING', 'RESIZING', 'STARTING']);
const OF_PEOPLE: ReadonlySet<unknown> = new Set(['UI', 'API']);

/**
 * What the simulated Databricks holds against a rollout, judged by its own state before and after, not by what the
 * rollout says of itself: a key that is not the one reported, compute that people had running and that is down, compute
 * that was down and runs, a pool that lost its size, and every rule that was broken on the way.
 */
export function objections(
  before: SimulatorState,
  after: SimulatorState,
  reported: ReadonlyMap<string, string | null>,
): readonly string[] {
  const found = after.workspaces.flatMap((workspace) => {
    const earlier = before.workspaces.find(({ id }) => id === workspace.id);
    return [
      ...keyObjections(workspace, reported),
      ...(earlier === undefined ? [] : computeObjections(earlier, workspace)),
    ];
  });
  const broken = after.violations
    .filter(({ at }) => at >= before.now)
    .map(({ workspaceId, text }) => `${workspaceId}: ${text}`);
  return [...found, ...broken];
}

function keyObjections(workspace: WorkspaceState, reported: ReadonlyMap<string, string | null>): readonly string[] {
  const wanted = reported.get(workspace.id);
  if (wanted === undefined || wanted === null || workspace.managedServicesKeyId === wanted) return [];
  return [
    `workspace ${workspace.name} uses key configuration ${workspace.managedServicesKeyId}, reported was ${wanted}`,
  ];
}

function computeObjections(before: WorkspaceState, after: WorkspaceState): readonly string[] {
  const clusters = pairs(before.clusters, after.clusters, 'cluster_id')
    .filter(([one]) => OF_PEOPLE.has(one.cluster_source))
    .flatMap(([one, other]) => stateObjection('cluster', one.cluster_name, one.state, other?.state));
  const warehouses = pairs(before.warehouses, after.warehouses, 'id').flatMap(([one, other]) =>
    stateObjection('SQL warehouse', one.name, one.state, other?.state),
  );
  const pools = pairs(before.pools, after.pools, 'instance_pool_id').flatMap(([one, other]) =>
    ['min_idle_instances', 'idle_instance_autotermination_minutes', 'max_capacity']
      .filter((setting) => one[setting] !== other?.[setting])
      .map(
        (setting) =>
          `instance pool ${String(one.instance_pool_name)} has ${setting} ${String(other?.[setting])}, it was ${String(one[setting])}`,
      ),
  );
  return [...clusters, ...warehouses, ...pools].map((objection) => `workspace ${after.name}: ${objection}`);
}

const stateObjection = (kind: string, name: unknown, before: unknown, after: unknown): readonly string[] =>
  UP.has(before) === UP.has(after) ? [] : [`${kind} ${String(name)} was ${String(before)} and is ${String(after)}`];

const pairs = (
  before: readonly object[],
  after: readonly object[],
  id: string,
): readonly (readonly [Fields, Fields | undefined])[] =>
  (before as readonly Fields[]).map((one) => [
    one,
    (after as readonly Fields[]).find((other) => other[id] === one[id]),
  ]);
