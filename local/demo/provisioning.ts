import type { Meter } from '../console/meter.ts';
import type { Screen } from '../console/screen.ts';
import type { AccountSeed } from '../databricks/seed.ts';
import type { World } from '../world.ts';
import { CROSS_ACCOUNT_ROLE, DEMO_ALIAS } from './account.ts';
import type { StageBindings } from './stage.ts';

const NAME = 'analytics';
const SCOPE = 'analytics';

/** A stage whose secrets go to every workspace that there is. */
export const PROVISIONING_BINDINGS: StageBindings = {
  keyBindings: { demo: { key: DEMO_ALIAS, useCases: ['MANAGED_SERVICES'], workspaces: 'using-key' } },
  secretBindings: {
    analytics: {
      secrets: { include: [{ namePrefix: 'demo/analytics/' }] },
      ...{ workspaces: 'all', scopes: [SCOPE] },
    },
  },
};

/** A Databricks account in which there is nothing yet. */
export const emptyAccount = (): AccountSeed => ({ workspaces: [] });

/** The request, as `POST /v1/workspaces` takes it: one key for managed services and storage, a VPC of one's own. */
const REQUEST = {
  workspaceName: NAME,
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

/** What `--scenario provisioning` tells at its end. These shapes stay. */
export interface ProvisioningResult {
  readonly event: 'result';
  readonly ok: boolean;
  readonly workspaceId: string | null;
  readonly status: string | null;
  readonly secrets: number;
  readonly transitions: number;
  readonly objections: readonly string[];
  readonly headline: string;
}

/** From a request to a workspace that runs, is encrypted and has its secrets; judged by the simulated Databricks. */
export async function showProvisioning(world: World, screen: Screen, meter: Meter): Promise<boolean> {
  screen.say(`\nA workspace '${NAME}' is asked for, in an account that has nothing yet ...\n`);
  meter.start();
  const ended = await world.provision({ provision: REQUEST });
  const first = readProvisioning(world, ended, meter.read().transitions);
  screen.say(`\n  ${first.headline}`);
  screen.say('\nThe same request once more, which has to find everything and make nothing ...');
  const writes = writesOf(world);
  const again = await world.provision({ provision: REQUEST });
  const objections = [
    ...first.objections,
    ...(again.status === 'SUCCEEDED' ? [] : [`the second provisioning ended ${again.status}: ${again.cause ?? ''}`]),
    ...(writesOf(world) === writes ? [] : ['the second provisioning wrote something']),
  ];
  const ok = objections.length === 0;
  screen.provisioned({ ...first, ok, objections });
  return ok;
}

function readProvisioning(
  { databricks, keyArn }: World,
  { status, output, cause }: Awaited<ReturnType<World['provision']>>,
  transitions: number,
): ProvisioningResult {
  const { workspaces, keyConfigurations } = databricks.control.state();
  const [workspace, ...others] = workspaces;
  const configuration = keyConfigurations.find(
    ({ customer_managed_key_id: id }) => id === workspace?.managedServicesKeyId,
  );
  const scope = workspace?.secretScopes.find(({ name }) => name === SCOPE);
  const secrets = scope?.secrets.length ?? 0;
  const isKey = (configuration?.aws_key_info as { readonly key_arn?: string } | undefined)?.key_arn === keyArn;
  const objections = [
    ...(status === 'SUCCEEDED' ? [] : [`the provisioning ended ${status}: ${cause ?? ''}`]),
    ...(workspace?.status === 'RUNNING' ? [] : [`the workspace is ${workspace?.status ?? 'not there'}`]),
    ...(others.length === 0 ? [] : [`there are ${workspaces.length} workspaces`]),
    ...(isKey && workspace?.storageKeyId === workspace?.managedServicesKeyId
      ? []
      : ['it is not encrypted with the key']),
    ...(secrets > 0 ? [] : ['its secrets are not there']),
  ];
  const { headline = '' } = (output ?? {}) as { readonly headline?: string };
  return {
    ...{ event: 'result', ok: objections.length === 0, objections, headline, secrets, transitions },
    ...{ workspaceId: workspace?.id ?? null, status: workspace?.status ?? null },
  };
}

const writesOf = ({ databricks }: World): number =>
  databricks.control.requests().filter(({ method, path }) => method !== 'GET' && !path.includes('/oidc/')).length;
