import type { World } from '../../local/world.ts';
import { PLACES } from '../scenario.ts';

/** A key that AWS says should be in a scope. */
export interface WantedKey {
  readonly workspaceId: string;
  readonly scope: string;
  readonly key: string;
  /** Undefined where any value, or none, is right: the secret waits for its deletion and cannot be read. */
  readonly value: Buffer | undefined;
}

interface Listed {
  readonly Name: string;
  readonly DeletedDate?: unknown;
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
}

/** What the bindings select, read from AWS and not from what a sync says. */
export async function wantedSecrets(world: World): Promise<readonly WantedKey[]> {
  const { secrets } = world.aws;
  // Judged is what is there, not what a list shows that lags.
  secrets.listing.lagMs = 0;
  const { SecretList } = (await secrets.handle('ListSecrets', { IncludePlannedDeletion: true, MaxResults: 100 })) as {
    readonly SecretList: readonly Listed[];
  };
  const wanted = await Promise.all(SecretList.map((secret) => wantedOf(world, secret)));
  return wanted.flat();
}

async function wantedOf(world: World, { Name, DeletedDate, Tags = [] }: Listed): Promise<readonly WantedKey[]> {
  const [prefix = '', name = ''] = Name.split('/');
  const value = DeletedDate === undefined ? await contentOf(world, Name) : undefined;
  if (prefix === 'app' || prefix === 'shared') {
    const { workspaces, scope } = PLACES[prefix];
    return workspaces.map((workspaceId) => ({ workspaceId, scope, key: name, value }));
  }
  if (prefix === 'everywhere') {
    const { workspaces } = world.databricks.control.state();
    const running = workspaces.filter(({ status }) => status === 'RUNNING');
    return running.map(({ id }) => ({ workspaceId: id, scope: PLACES.everywhere.scope, key: name, value }));
  }
  const scope = Tags.find(({ Key }) => Key === 'databricks:scope')?.Value;
  if (prefix !== 'teams' || scope === undefined) return [];
  const members = value === undefined ? {} : (JSON.parse(value.toString()) as Readonly<Record<string, string>>);
  return PLACES.teams.workspaces.flatMap((workspaceId) =>
    Object.entries(members).map(([member, text]) => ({
      ...{ workspaceId, scope, key: `${name}_${member}`, value: Buffer.from(text) },
    })),
  );
}

async function contentOf({ aws }: World, SecretId: string): Promise<Buffer> {
  const { SecretString, SecretBinary } = (await aws.secrets.handle('GetSecretValue', { SecretId })) as {
    readonly SecretString?: string;
    /** In base64, as it goes over the wire. */
    readonly SecretBinary?: string;
  };
  return SecretString === undefined ? Buffer.from(SecretBinary ?? '', 'base64') : Buffer.from(SecretString);
}
