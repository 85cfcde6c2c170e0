import type { ExecutionEvent } from '../../local/console/story.ts';
import type { CreationPlan } from '../../local/databricks/creation-plans.ts';
import type { AccountSeed } from '../../local/databricks/seed.ts';
import { CROSS_ACCOUNT_ROLE, DEMO_ALIAS } from '../../local/demo/account.ts';
import { databricksKeyPolicy } from '../../local/demo/key-policy.ts';
import { AWS_HOME, type StageBindings } from '../../local/demo/stage.ts';
import type { Ended } from '../../local/ended-executions.ts';
import { startWorld, type World } from '../../local/world.ts';

/** One stage for all flow tests of provisioning, so that its template is made once. */
const BINDINGS: StageBindings = {
  keyBindings: { all: { key: DEMO_ALIAS, useCases: ['MANAGED_SERVICES'], workspaces: 'using-key' } },
  secretBindings: {
    app: { secrets: { include: [{ namePrefix: 'app/' }] }, workspaces: 'all', scopes: ['app'] },
  },
};

const SECRET = 'app/db';

/** A request for a workspace in a network of its own, with one key for both uses. */
export const REQUEST = {
  workspaceName: 'analytics',
  credentials: { roleArn: CROSS_ACCOUNT_ROLE },
  storage: { bucket: 'analytics-root' },
  network: {
    vpcId: 'vpc-0123456789abcdef0',
    subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
    securityGroupIds: ['sg-0123456789abcdef0'],
  },
  managedServicesKey: { key: DEMO_ALIAS },
  storageKey: { key: DEMO_ALIAS },
};

export interface ProvisioningWorld extends World {
  /** The course of the next creation of a workspace. */
  planCreation(plan: CreationPlan): void;
  /** Requests that change something, as `POST part`, in their order. */
  writes(): readonly string[];
  /** As REQUEST, with a role, a bucket, a network and a key of its own. */
  ownRequest(name: string): Promise<typeof REQUEST>;
  /** How many of each kind the account has for such a request, and its workspaces. */
  made(name: string): ReturnType<typeof made>;
  /** The workspaces that the account has now, as `name status`. */
  workspaces(): readonly string[];
}

interface ProvisioningOptions {
  readonly account?: AccountSeed;
  readonly onHistory?: (event: ExecutionEvent) => void;
}

/** An account without workspaces, and with nothing else that is not given. */
export async function startProvisioningWorld(options: ProvisioningOptions = {}): Promise<ProvisioningWorld> {
  const { account = {}, onHistory = () => undefined } = options;
  const world = await startWorld({
    ...{ bindings: BINDINGS, onHistory },
    account: () => ({ workspaces: [], ...account }),
    makeSecrets: async ({ secrets }) => {
      await secrets.handle('CreateSecret', { Name: SECRET, SecretString: 'hunter2' });
    },
  });
  const { control } = world.databricks;
  return {
    ...world,
    planCreation: (plan) => control.planCreation(plan),
    writes: () =>
      control
        .requests()
        .filter(({ method, path }) => method !== 'GET' && path.includes('/accounts/') && !path.includes('/oidc/'))
        .map(({ method, path }) => `${method} ${/\/accounts\/[^/]+\/([a-z-]+)/.exec(path)?.[1]}`),
    ownRequest: (name) => ownRequest(world, name),
    made: (name) => made(world, name),
    workspaces: () => control.state().workspaces.map(({ name, status }) => `${name} ${status}`),
  };
}

/** What a provisioning answered, or what it failed for. */
export const summaryOf = ({ output, error, cause }: Ended): unknown => output ?? { error, cause };

/** What there is in the end for a request of its own: one of each kind, however often it was tried. */
export const ONCE = { credentials: 1, storage: 1, networks: 1, keys: 1, workspaces: ['RUNNING'] };

const aliasOf = (name: string): string => `alias/test/${name}`;
let parts = 0;

async function ownRequest({ aws, databricks: { accountId } }: World, name: string): Promise<typeof REQUEST> {
  const roleArn = `arn:aws:iam::${AWS_HOME.account}:role/${name}`;
  const Policy = databricksKeyPolicy({
    ...{ awsAccount: AWS_HOME.account, databricksAccountId: accountId, crossAccountRole: roleArn },
  });
  const { KeyMetadata } = (await aws.kms.handle('CreateKey', { Policy })) as {
    readonly KeyMetadata: { readonly KeyId: string };
  };
  await aws.kms.handle('CreateAlias', { AliasName: aliasOf(name), TargetKeyId: KeyMetadata.KeyId });
  parts += 1;
  const id = parts.toString(16).padStart(17, '0');
  return {
    ...{ workspaceName: name, credentials: { roleArn }, storage: { bucket: `${name}-root` } },
    network: {
      vpcId: `vpc-${id}`,
      subnetIds: [`subnet-a${id.slice(1)}`, `subnet-b${id.slice(1)}`],
      securityGroupIds: [`sg-${id}`],
    },
    ...{ managedServicesKey: { key: aliasOf(name) }, storageKey: { key: aliasOf(name) } },
  };
}

function made({ databricks: { control } }: World, name: string) {
  const { credentials, storageConfigurations, networks, keyConfigurations, workspaces } = control.state();
  const count = (all: readonly object[], words: string): number =>
    all.filter((one) => JSON.stringify(one).includes(`"${words}"`)).length;
  return {
    credentials: count(credentials, `${name}-credentials`),
    storage: count(storageConfigurations, `${name}-storage`),
    networks: count(networks, `${name}-network`),
    keys: count(keyConfigurations, aliasOf(name)),
    workspaces: workspaces.filter((one) => one.name === name).map(({ status }) => status),
  };
}
