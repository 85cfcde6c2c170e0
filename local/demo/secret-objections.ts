import type { DatabricksSimulator } from '../databricks/simulator.ts';
import type { World } from '../world.ts';
import { DEMO_WORKSPACES } from './account.ts';
import { ANALYTICS_SCOPE, DEMO_PREFIX, TEAM_SCOPE } from './secrets.ts';

interface Wanted {
  readonly workspaceId: string;
  readonly scope: string;
  readonly key: string;
  readonly value: string;
}

/**
 * What AWS holds and the simulated Databricks does not, judged by the two of them and not by what a sync says of itself:
 * a key that is missing, has another value, or stands under another key configuration than its workspace.
 */
export async function secretObjections(world: World): Promise<readonly string[]> {
  const wanted = await wantedKeys(world);
  return wanted.flatMap((one) => objectionsTo(one, world.databricks));
}

function objectionsTo({ workspaceId, scope, key, value }: Wanted, { control }: DatabricksSimulator): readonly string[] {
  const at = `workspace ${workspaceId}, scope ${scope}: key ${key}`;
  const found = control.secretValue(workspaceId, scope, key);
  if (found === undefined) return [`${at} is missing`];
  if (found !== value) return [`${at} does not hold what AWS Secrets Manager holds`];
  const workspace = control.state().workspaces.find(({ id }) => id === workspaceId);
  const secret = workspace?.secretScopes.find(({ name }) => name === scope)?.secrets.find((one) => one.key === key);
  return secret?.keyConfigurationId === workspace?.managedServicesKeyId
    ? []
    : [`${at} is still encrypted under key configuration ${secret?.keyConfigurationId}`];
}

async function wantedKeys({ aws }: World): Promise<readonly Wanted[]> {
  const read = async (prefix: string): Promise<readonly (readonly [string, string])[]> => {
    const { SecretList } = (await aws.secrets.handle('ListSecrets', {
      Filters: [{ Key: 'name', Values: [prefix] }],
    })) as { readonly SecretList: readonly { readonly Name: string }[] };
    return await Promise.all(
      SecretList.map(async ({ Name }) => {
        const answer = (await aws.secrets.handle('GetSecretValue', { SecretId: Name })) as Readonly<
          Record<string, string>
        >;
        return [Name.slice(prefix.length), answer.SecretString ?? ''] as const;
      }),
    );
  };
  const analytics = (await read(DEMO_PREFIX.analytics)).flatMap(([key, value]) =>
    DEMO_WORKSPACES.slice(0, 2).map((workspaceId) => ({ workspaceId, scope: ANALYTICS_SCOPE, key, value })),
  );
  const teams = (await read(DEMO_PREFIX.teams)).flatMap(([name, json]) =>
    Object.entries(JSON.parse(json) as Readonly<Record<string, string>>).map(([member, value]) => ({
      ...{ workspaceId: DEMO_WORKSPACES[0], scope: TEAM_SCOPE, key: `${name}_${member}`, value },
    })),
  );
  return [...analytics, ...teams];
}
