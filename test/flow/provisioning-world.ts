import type { CreationPlan } from '../../local/databricks/creation-plans.ts';
import { CROSS_ACCOUNT_ROLE, DEMO_ALIAS } from '../../local/demo/account.ts';
import type { StageBindings } from '../../local/demo/stage.ts';
import { type Ended, startWorld, type World } from '../../local/world.ts';

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
  /** The workspaces that the account has now, as `name status`. */
  workspaces(): readonly string[];
}

/** An account without workspaces. */
export async function startProvisioningWorld(): Promise<ProvisioningWorld> {
  const world = await startWorld({
    bindings: BINDINGS,
    account: () => ({ workspaces: [] }),
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
    workspaces: () => control.state().workspaces.map(({ name, status }) => `${name} ${status}`),
  };
}

/** What a provisioning answered, or what it failed for. */
export const summaryOf = ({ output, error, cause }: Ended): unknown => output ?? { error, cause };
