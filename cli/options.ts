import {
  IDEMPOTENCY_KEY,
  KEY_CONFIGURATION_REQUEST,
  KEY_ROLLOUT_REQUEST,
  LIST_PARAMETERS,
  SECRET_SYNC_REQUEST,
  WORKSPACE_CHANGE_REQUEST,
} from '../lambda/contract/api-requests.ts';
import type { Schema } from '../lambda/contract/api-schema.ts';

export interface OptionSpec {
  /** `list` may be given several times. */
  readonly kind: 'flag' | 'text' | 'number' | 'list';
  /** How the help names its value. */
  readonly value?: string;
  readonly says: string;
  /** One letter that stands for it. */
  readonly short?: string;
  /** What the API takes. */
  readonly schema?: Schema;
  /** One word may hold several values, with commas between them. */
  readonly commas?: true;
}

const { key, useCases } = KEY_CONFIGURATION_REQUEST.properties ?? {};
const { compute } = KEY_ROLLOUT_REQUEST.properties ?? {};
const settings = WORKSPACE_CHANGE_REQUEST.properties ?? {};
const { bindings, workspaces, scopes, secret, confirmDeletes } = SECRET_SYNC_REQUEST.properties ?? {};
const { kind, status } = LIST_PARAMETERS;

/** Every option of every command: one name means one thing. */
export const OPTIONS = {
  url: { kind: 'text', value: 'URL', says: 'base URL of the API, instead of a look at the stack' },
  stack: { kind: 'text', value: 'NAME', says: 'CloudFormation stack whose output ApiUrl is the base URL' },
  stage: { kind: 'text', value: 'NAME', says: 'the same as --stack databricks-security-automation-NAME' },
  region: { kind: 'text', value: 'REGION', says: 'AWS Region of the stack and the API' },
  profile: { kind: 'text', value: 'NAME', says: 'AWS profile whose credentials sign the requests' },
  json: { kind: 'flag', says: 'print what the API answers as JSON, one document; while waiting, one line per change' },
  help: { kind: 'flag', says: 'tell what a command does and takes' },
  version: { kind: 'flag', says: 'print the version' },

  'idempotency-key': {
    kind: 'text',
    value: 'KEY',
    says: 'the same key again starts nothing twice; default a random one for each command',
    schema: IDEMPOTENCY_KEY,
  },
  wait: { kind: 'flag', says: 'watch the operation until it ends' },

  key: spec('text', 'KEY', "ARN or alias/... of a KMS key in the stage's account and Region", key),
  'use-case': {
    ...spec('list', 'USE,...', 'MANAGED_SERVICES, STORAGE or both', useCases),
    commas: true,
  },
  'no-cluster-volumes': { kind: 'flag', says: 'with STORAGE: do not encrypt cluster EBS volumes with the key' },

  compute: spec(
    'text',
    'POLICY',
    'compute that runs: stop-and-restart (default), require-stopped, leave-running',
    compute,
  ),
  'managed-services-key': spec(
    ...(['text', 'ID', 'key configuration for managed services'] as const),
    settings.managedServicesKeyConfigurationId,
  ),
  'storage-key': spec(
    ...(['text', 'ID', 'key configuration for storage: added once, never replaced'] as const),
    settings.storageKeyConfigurationId,
  ),
  credentials: spec('text', 'ID', 'credential configuration', settings.credentialsId),
  network: spec('text', 'ID', 'network configuration', settings.networkId),
  'storage-configuration': spec(
    ...(['text', 'ID', 'storage configuration: only of a FAILED workspace'] as const),
    settings.storageConfigurationId,
  ),
  file: { kind: 'text', value: 'FILE', short: 'f', says: 'the request as a JSON file; - reads standard input' },
  name: spec(
    'text',
    'NAME',
    'the name of the workspace, which confirms that this one is meant',
    LIST_PARAMETERS.workspaceName,
  ),
  'delete-network': { kind: 'flag', says: 'delete its network configuration afterwards, too' },
  'dry-run': { kind: 'flag', says: 'tell what would be done; write nothing' },

  binding: spec('list', 'ID', 'only this secret binding; may be repeated', bindings),
  workspace: spec('list', 'ID', 'only this workspace; may be repeated', workspaces),
  scope: spec('list', 'NAME', 'only this secret scope; may be repeated', scopes),
  secret: spec('text', 'NAME', 'only what concerns this AWS secret (name or ARN)', secret),
  rewrite: { kind: 'flag', says: 'write unchanged secrets, too' },
  'confirm-deletes': spec(
    'number',
    'N',
    "delete up to N keys of each binding, beyond the binding's limit",
    confirmDeletes,
  ),

  kind: spec('text', 'KIND', 'only key-rollout, secret-sync or workspace-provisioning', kind),
  status: spec('text', 'STATUS', 'only RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED', status),
  limit: spec('number', 'N', 'at most N of each kind, the newest; default 20', {
    type: 'integer',
    minimum: 1,
    maximum: 1000,
  }),
} as const satisfies Readonly<Record<string, OptionSpec>>;

export type OptionName = keyof typeof OPTIONS;

/** These go with every command. */
export const GLOBAL_OPTIONS: readonly OptionName[] = [
  ...(['stage', 'stack', 'url', 'region', 'profile', 'json', 'help', 'version'] as const),
];

function spec<K extends OptionSpec['kind']>(kind: K, value: string, says: string, schema: Schema = {}) {
  return { kind, value, says, schema } as const;
}
