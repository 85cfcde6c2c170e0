import type { LocalAccount } from '../aws/local-account.ts';
import { read } from '../console/story.ts';
import type { DatabricksSimulator } from '../databricks/simulator.ts';
import type { World } from '../world.ts';
import { ANALYTICS_SCOPE, DEMO_PREFIX } from './secrets.ts';

interface Wanted {
  readonly workspaceId: string;
  readonly scope: string;
  readonly key: string;
  readonly value: string;
}

/** Ids of the workspaces that the bindings of a scenario fill: from the names of secrets, and from their tags. */
export interface SecretPlaces {
  readonly analytics: readonly string[];
  readonly teams: readonly string[];
}

/**
 * What AWS holds and the simulated Databricks does not, judged by the two of them and not by what a sync says of itself:
 * a key that is missing, has another value, or stands under another key configuration than its workspace.
 */
export async function secretObjections(world: World, places: SecretPlaces): Promise<readonly string[]> {
  const wanted = await wantedKeys(world, places);
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

interface Listed {
  readonly name: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly value: string;
}

async function wantedKeys({ aws }: World, places: SecretPlaces): Promise<readonly Wanted[]> {
  const analytics = (await below(aws, DEMO_PREFIX.analytics)).flatMap(({ name, value }) =>
    places.analytics.map((workspaceId) => ({ workspaceId, scope: ANALYTICS_SCOPE, key: name, value })),
  );
  const teams = (await below(aws, DEMO_PREFIX.teams)).flatMap(({ name, tags, value }) => {
    const scope = tags.get('databricks:scope');
    // What a person made in a second terminal in another way is not judged here.
    if (scope === undefined || tags.has('databricks:key')) return [];
    return places.teams.flatMap((workspaceId) =>
      Object.entries(membersOf(value)).map(([member, text]) => ({
        ...{ workspaceId, scope, key: `${name}_${member}`, value: text },
      })),
    );
  });
  return [...analytics, ...teams];
}

/** Secrets whose names begin so, named by the rest. */
async function below({ secrets }: LocalAccount, prefix: string): Promise<readonly Listed[]> {
  const { SecretList } = (await secrets.handle('ListSecrets', {
    Filters: [{ Key: 'name', Values: [prefix] }],
  })) as {
    readonly SecretList: readonly {
      readonly Name: string;
      readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
    }[];
  };
  return await Promise.all(
    SecretList.map(async ({ Name, Tags = [] }) => {
      const { SecretString } = (await secrets.handle('GetSecretValue', { SecretId: Name })) as {
        readonly SecretString?: string;
      };
      const tags = new Map(Tags.map(({ Key, Value }) => [Key, Value]));
      return { name: Name.slice(prefix.length), tags, value: SecretString ?? '' };
    }),
  );
}

function membersOf(json: string): Readonly<Record<string, string>> {
  try {
    return read(json) as Readonly<Record<string, string>>;
  } catch {
    return {};
  }
}
