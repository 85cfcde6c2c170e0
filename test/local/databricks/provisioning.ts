import type { CreationPlan } from '../../../local/databricks/creation-plans.ts';
import type { AccountSeed } from '../../../local/databricks/seed.ts';
import type { SimulatorOptions } from '../../../local/databricks/simulator.ts';
import {
  field,
  KEY_1,
  KEY_2,
  KEY_ELSEWHERE,
  type Reply,
  type Running,
  requestToken,
  run,
  send,
} from './running-simulator.ts';

export const ROLE = 'arn:aws:iam::111122223333:role/my-company-example-role';
export const CREDENTIALS = {
  credentials_name: 'databricks-workspace-credentials-v1',
  aws_credentials: { sts_role: { role_arn: ROLE } },
};
export const STORAGE = {
  storage_configuration_name: 'databricks-workspace-storageconf-v1',
  root_bucket_info: { bucket_name: 'my-company-example-bucket' },
};
export const NETWORK = {
  network_name: 'my-company-example-network',
  vpc_id: 'vpc-1',
  subnet_ids: ['subnet-1', 'subnet-2'],
  security_group_ids: ['sg-1'],
};
export const ACCESS = { private_access_settings_name: 'my-company-example-access', region: 'us-west-2' };

/** An account without workspaces that has everything one can refer to. */
export const PREPARED: AccountSeed = {
  credentials: [
    { id: 'credentials-1', name: 'first', roleArn: ROLE },
    { id: 'credentials-2', name: 'second', roleArn: `${ROLE}-2` },
  ],
  storageConfigurations: [{ id: 'storage-1', name: 'first', bucketName: 'bucket-1' }],
  networks: [
    { id: 'network-1', name: 'first', vpcId: 'vpc-1', subnetIds: ['subnet-1', 'subnet-2'], securityGroupIds: ['sg-1'] },
    { id: 'network-2', name: 'other', vpcId: 'vpc-1', subnetIds: ['subnet-3', 'subnet-4'], securityGroupIds: ['sg-2'] },
  ],
  keyConfigurations: [
    { id: 'cmk-1', keyArn: KEY_1, useCases: ['MANAGED_SERVICES', 'STORAGE'] },
    { id: 'cmk-managed', keyArn: KEY_2, useCases: ['MANAGED_SERVICES'] },
    { id: 'cmk-storage', keyArn: KEY_2, useCases: ['STORAGE'] },
    { id: 'cmk-elsewhere', keyArn: KEY_ELSEWHERE, useCases: ['MANAGED_SERVICES', 'STORAGE'] },
  ],
  workspaces: [],
};

/** In a VPC that Databricks creates. */
export const WORKSPACE = {
  workspace_name: 'my-company-example',
  aws_region: 'us-west-2',
  credentials_id: 'credentials-1',
  storage_configuration_id: 'storage-1',
};

/** In the network `network-1`. */
export const IN_NETWORK = { ...WORKSPACE, network_id: 'network-1' };

/** The path of a created workspace, with every digit of its id. */
export const pathOf = ({ text }: Reply): string => `/workspaces/${/"workspace_id":(\d+)/.exec(text)?.[1]}`;

interface Created extends Running {
  /** Below the account. */
  readonly path: string;
  readonly created: Reply;
  /** Status and message, as GET shows them. */
  readonly seen: () => Promise<string>;
}

/** A prepared account in which the creation of a workspace was just accepted. */
export const runCreation = async (
  body: object = IN_NETWORK,
  plan?: CreationPlan,
  options: Partial<SimulatorOptions> = {},
): Promise<Created> => {
  const running = await run(PREPARED, options);
  if (plan !== undefined) await running.control('POST', '/creations', plan);
  const created = await running.account('POST', '/workspaces', body);
  const path = pathOf(created);
  const seen = async () => {
    const reply = await running.account('GET', path);
    if (reply.status !== 200) return String(reply.status);
    return `${field(reply, 'workspace_status')}: ${field(reply, 'workspace_status_message')}`;
  };
  return { ...running, created, path, seen };
};

/** A request to the host of a workspace with a token from that host, if it gives one. */
export const onHost = async ({ simulator }: Running, host: string, method: string, path: string, body?: unknown) => {
  const { clientId, clientSecret, workspaceUrlTemplate } = simulator;
  const url = workspaceUrlTemplate.replace('{deployment_name}', host);
  const token = field(await requestToken(`${url}/oidc/v1/token`, clientId, clientSecret), 'access_token');
  return send(`${url}${path}`, method, token === undefined ? undefined : String(token), body);
};
