import type { AccountSeed } from '../../local/databricks/seed.ts';
import { CROSS_ACCOUNT_ROLE } from '../../local/demo/account.ts';
import { databricksKeyPolicy } from '../../local/demo/key-policy.ts';
import { AWS_HOME } from '../../local/demo/stage.ts';
import type { World } from '../../local/world.ts';
import type { Draw } from '../draw.ts';

/** A network as `POST /v1/workspaces` takes it. */
interface Network {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
}

interface ById {
  readonly id: string;
}

/** A workspace that people ask for in one run, as `POST /v1/workspaces` takes it. */
export interface Wish {
  readonly workspaceName: string;
  readonly credentials: ById | { readonly roleArn: string };
  readonly storage: ById | { readonly bucket: string };
  readonly network?: ById | Network;
  readonly managedServicesKey?: { readonly key: string };
  readonly storageKey?: { readonly key: string };
  readonly replacements?: { readonly network: Network };
  readonly onFailure: 'keep' | 'delete' | 'recreate';
}

/** Configurations that other people made, which a wish may name by their ids; nobody may delete them. */
export const GIVEN = {
  credentials: 'c0000000-0000-4000-8000-000000000002',
  storage: 'd0000000-0000-4000-8000-000000000002',
  network: 'e0000000-0000-4000-8000-000000000002',
} as const;

/** The account's part of the wishes, before anything happens. */
export const GIVEN_SEED: Pick<AccountSeed, 'credentials' | 'storageConfigurations' | 'networks'> = {
  credentials: [{ id: GIVEN.credentials, name: 'given-credentials', roleArn: `${CROSS_ACCOUNT_ROLE}-given` }],
  storageConfigurations: [{ id: GIVEN.storage, name: 'given-storage', bucketName: 'given-root' }],
  networks: [{ id: GIVEN.network, name: 'given-network', ...networkOf('given', 'a') }],
};

/** None, one or two workspaces that are asked for. */
export function drawWishes(draw: Draw): readonly Wish[] {
  const names = ['lab', 'shop'].slice(0, draw.one([0, 1, 1, 1, 2]));
  // A network has room for one workspace.
  return names.map((name, index) => drawWish(name, draw.about(name), index === 0));
}

function drawWish(workspaceName: string, draw: Draw, mayBeGiven: boolean): Wish {
  const own = networkOf(workspaceName, 'a');
  const given = mayBeGiven ? { id: GIVEN.network } : own;
  const { network } = draw.one<Pick<Wish, 'network'>>([{}, { network: own }, { network: own }, { network: given }]);
  const key = { key: aliasOf(workspaceName) };
  const keys = draw.one<Pick<Wish, 'managedServicesKey' | 'storageKey'>>([
    {},
    { managedServicesKey: key },
    { managedServicesKey: key, storageKey: key },
    { managedServicesKey: key, storageKey: { key: `${aliasOf(workspaceName)}-storage` } },
  ]);
  const replaces = network !== undefined && draw.chance(0.4);
  return {
    workspaceName,
    credentials: draw.chance(0.25) ? { id: GIVEN.credentials } : { roleArn: roleOf(workspaceName) },
    storage: draw.chance(0.25) ? { id: GIVEN.storage } : { bucket: `${workspaceName}-root` },
    ...(network !== undefined && { network }),
    ...keys,
    ...(replaces && { replacements: { network: networkOf(workspaceName, 'b') } }),
    onFailure: draw.one(['keep', 'delete', 'recreate'] as const),
  };
}

const roleOf = (workspaceName: string): string => `arn:aws:iam::${AWS_HOME.account}:role/${workspaceName}`;
const aliasOf = (workspaceName: string): string => `alias/chaos/${workspaceName}`;

function networkOf(name: string, subnets: string): Network {
  const id = Buffer.from(name).toString('hex').padEnd(16, '0').slice(0, 16);
  return {
    vpcId: `vpc-0${id}`,
    subnetIds: [`subnet-1${subnets}${id.slice(1)}`, `subnet-2${subnets}${id.slice(1)}`],
    securityGroupIds: [`sg-3${subnets}${id.slice(1)}`],
  };
}

/** Makes the keys that the wishes name, with policies that let Databricks and the role of each workspace use them. */
export async function makeKeys(wishes: readonly Wish[], { aws: { kms }, databricks }: World): Promise<void> {
  for (const wish of wishes) {
    const crossAccountRole = 'id' in wish.credentials ? `${CROSS_ACCOUNT_ROLE}-given` : wish.credentials.roleArn;
    const Policy = databricksKeyPolicy({
      ...{ awsAccount: AWS_HOME.account, databricksAccountId: databricks.accountId, crossAccountRole },
    });
    for (const AliasName of new Set([wish.managedServicesKey?.key, wish.storageKey?.key])) {
      if (AliasName === undefined) continue;
      const { KeyMetadata } = (await kms.handle('CreateKey', { Policy })) as {
        readonly KeyMetadata: { readonly KeyId: string };
      };
      await kms.handle('CreateAlias', { AliasName, TargetKeyId: KeyMetadata.KeyId });
    }
  }
}
