import type { SimulatorState } from '../../local/databricks/control.ts';
import type { World } from '../../local/world.ts';
import type { ForeignKey, GroundTruth } from '../ground-truth.ts';
import { FOREIGN, FOREIGN_GRANT, PLACES } from '../scenario.ts';
import { type WantedKey, wantedSecrets } from './wanted-secrets.ts';

type Workspace = SimulatorState['workspaces'][number];

/** Scopes hold what is wanted, under the key of their workspace, and what others put there; nothing else. */
export async function secretObjections(world: World, truth: GroundTruth): Promise<readonly string[]> {
  const wanted = await wantedSecrets(world);
  const { workspaces } = world.databricks.control.state();
  return [
    ...wanted.flatMap((one) => wantedObjection(world, one)),
    ...truth.foreign.flatMap((one) => foreignObjection(world, one)),
    ...workspaces.flatMap((workspace) => strayObjections(workspace, [...wanted, ...truth.foreign])),
    ...workspaces.flatMap(grantObjections),
  ];
}

function wantedObjection({ databricks: { control } }: World, wanted: WantedKey): readonly string[] {
  const { workspaceId, scope, key, value } = wanted;
  if (value === undefined) return [];
  const at = `workspace ${workspaceId}, scope ${scope}: key ${key}`;
  const found = control.secretBytes(workspaceId, scope, key);
  if (found === undefined) return [`${at} is missing`];
  if (!found.equals(value)) return [`${at} does not hold what AWS Secrets Manager holds`];
  const workspace = control.state().workspaces.find(({ id }) => id === workspaceId);
  const secret = workspace?.secretScopes
    .find(({ name }) => name.toLowerCase() === scope)
    ?.secrets.find((one) => one.key === key);
  return secret?.keyConfigurationId === workspace?.managedServicesKeyId
    ? []
    : [`${at} is under key configuration ${secret?.keyConfigurationId}, not ${workspace?.managedServicesKeyId}`];
}

function foreignObjection({ databricks: { control } }: World, { workspaceId, scope, key, value }: ForeignKey) {
  return control.secretValue(workspaceId, scope, key) === value
    ? []
    : [`workspace ${workspaceId}, scope ${scope}: key ${key} of somebody else was changed`];
}

function strayObjections(
  { id, secretScopes }: Workspace,
  known: readonly (WantedKey | ForeignKey)[],
): readonly string[] {
  return secretScopes.flatMap(({ name, secrets }) =>
    secrets
      .filter(({ key }) => !isKnown(known, { workspaceId: id, scope: name.toLowerCase(), key }))
      .map(({ key }) => `workspace ${id}, scope ${name}: key ${key} is wanted by nobody`),
  );
}

const isKnown = (
  known: readonly (WantedKey | ForeignKey)[],
  place: { readonly workspaceId: string; readonly scope: string; readonly key: string },
): boolean =>
  known.some((one) => one.workspaceId === place.workspaceId && one.scope === place.scope && one.key === place.key);

function grantObjections({ id, secretScopes }: Workspace): readonly string[] {
  const grantsOf = (scope: string) => secretScopes.find(({ name }) => name.toLowerCase() === scope)?.acls ?? [];
  const has = (scope: string, principal: string, permission: string): boolean =>
    grantsOf(scope).some((acl) => acl.principal === principal && acl.permission === permission);
  const found: string[] = [];
  if ((PLACES.app.workspaces as readonly string[]).includes(id)) {
    if (!has('app', 'data', 'READ')) found.push('group data may not read scope app');
    if (!has('app', 'platform@example.com', 'MANAGE')) found.push('platform@example.com may not manage scope app');
  }
  for (const { workspaceId, scope } of FOREIGN) {
    if (workspaceId !== id || has(scope, FOREIGN_GRANT.principal, FOREIGN_GRANT.permission)) continue;
    found.push(`access of ${FOREIGN_GRANT.principal} to scope ${scope}, which somebody else granted, is gone`);
  }
  return found.map((objection) => `workspace ${id}: ${objection}`);
}
