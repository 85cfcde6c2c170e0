import { Refusal } from './answer.ts';
import { deploymentName } from './deployment-name.ts';
import type { PrivateAccessSettings } from './private-access-settings.ts';
import { type Account, checkExists, checkKey, checkUnattached, KEY_USES } from './reference-rules.ts';
import { type Body, onlyKnown, optionalTags, optionalText, required, text } from './request-body.ts';
import type { WorkspaceSeed } from './seed.ts';
import type { Switches } from './switches.ts';
import { seededSettings } from './workspace-settings.ts';
import { askedReferences } from './workspace-update.ts';

/** A workspace as asked for, before it has an id. */
export type WantedWorkspace = Omit<WorkspaceSeed, 'id'>;

const REQUIRED = ['workspace_name', 'aws_region', 'credentials_id', 'storage_configuration_id'];

const OPTIONAL = [
  'account_id',
  'deployment_name',
  'network_id',
  'managed_services_customer_managed_key_id',
  'storage_customer_managed_key_id',
  'private_access_settings_id',
  'pricing_tier',
  'custom_tags',
];

// Exist in the newer pages; the simulator knows no serverless workspaces.
const UNSUPPORTED = ['compute_mode', 'network_connectivity_config_id'];

/** The regions of the documented page. */
const REGIONS = [
  ...['ap-northeast-1', 'ap-northeast-2', 'ap-south-1', 'ap-southeast-1', 'ap-southeast-2', 'ca-central-1'],
  ...['eu-west-1', 'eu-west-2', 'eu-central-1', 'us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'],
];

const TIERS = ['COMMUNITY_EDITION', 'STANDARD', 'PREMIUM', 'ENTERPRISE', 'DEDICATED'];

/** The workspace that a POST asks for. Refuses what is missing, unknown or malformed. */
export const parseCreation = (body: Body, { accountTier, deploymentPrefix }: Switches): WantedWorkspace => {
  const unsupported = UNSUPPORTED.find((field) => body[field] !== undefined);
  if (unsupported !== undefined)
    throw new Refusal(501, 'NOT_IMPLEMENTED', `the simulator does not know ${unsupported}`);
  onlyKnown(body, [...REQUIRED, ...OPTIONAL]);
  required(body, REQUIRED);
  const networkId = optionalText(body, 'network_id');
  const tier = optionalText(body, 'pricing_tier') ?? accountTier;
  if (!TIERS.includes(tier)) throw new Refusal(400, 'MALFORMED_REQUEST', `Invalid pricing_tier: ${tier}`);
  return {
    name: workspaceName(body),
    region: region(body),
    network: networkId === undefined ? 'managed' : 'customer',
    credentialsId: text(body, 'credentials_id'),
    storageConfigurationId: text(body, 'storage_configuration_id'),
    pricingTier: tier,
    customTags: optionalTags(body, 'custom_tags') ?? {},
    ...given({
      networkId,
      managedServicesKeyId: optionalText(body, 'managed_services_customer_managed_key_id'),
      storageKeyId: optionalText(body, 'storage_customer_managed_key_id'),
      privateAccessSettingsId: optionalText(body, 'private_access_settings_id'),
    }),
    deploymentName: deploymentName(optionalText(body, 'deployment_name'), deploymentPrefix),
  };
};

/** Refuses a workspace whose references do not exist or do not fit it. */
export const checkCreation = (wanted: WantedWorkspace, account: Account, access: PrivateAccessSettings): void => {
  const settings = seededSettings(wanted);
  for (const [field, id] of askedReferences(settings)) checkExists(field, id, account);
  if (wanted.networkId !== undefined) checkUnattached(wanted.networkId, undefined, account);
  checkPrivateAccess(wanted, access);
  for (const [field, useCase] of KEY_USES) {
    const id = settings.references[field];
    if (id === undefined) continue;
    checkTier(wanted);
    checkKey(wanted.region, id, useCase, account.keys);
  }
};

/**
 * Refuses a deployment name that is taken ("unique deployment name for your workspace"), and by switch a workspace name.
 * The words are guesses.
 */
export const checkNames = (
  { name, deploymentName: host }: WantedWorkspace,
  others: readonly WorkspaceSeed[],
  duplicates: Switches['duplicateWorkspaceName'],
): void => {
  if (duplicates === 'refuse' && others.some((other) => other.name === name)) {
    const reason = `Workspace name ${name} already exists in this account.`;
    throw new Refusal(400, 'MALFORMED_REQUEST', `${reason} Try again with a unique name.`);
  }
  if (!others.some(({ deploymentName: taken }) => taken.toLowerCase() === host.toLowerCase())) return;
  const text = `Failed parameter validation checks: Deployment name ${host} is already in use`;
  throw new Refusal(400, 'MALFORMED_REQUEST', text);
};

// "This feature requires that your account is on the Enterprise pricing tier." The words are a guess.
const checkTier = ({ pricingTier }: WantedWorkspace): void => {
  if (pricingTier === 'ENTERPRISE') return;
  throw new Refusal(400, 'MALFORMED_REQUEST', `Customer managed keys are not available on tier ${pricingTier}`);
};

// "The AWS region for workspaces attached to this private access settings object." The words are a guess.
const checkPrivateAccess = (wanted: WantedWorkspace, access: PrivateAccessSettings): void => {
  const { privateAccessSettingsId: id, region } = wanted;
  if (id === undefined) return;
  const its = access.regionOf(id);
  if (its === undefined) throw new Refusal(400, 'MALFORMED_REQUEST', `Invalid privateAccessSettingsId: ${id}`);
  if (its === region) return;
  const text = `Private access settings ${id} are for ${its}, the workspace is in ${region}`;
  throw new Refusal(400, 'MALFORMED_REQUEST', text);
};

// 1 to 100 characters on the 2026 page of the workspace object.
const workspaceName = (body: Body): string => {
  const name = text(body, 'workspace_name');
  if (name.length >= 1 && name.length <= 100) return name;
  throw new Refusal(400, 'MALFORMED_REQUEST', 'workspace_name must have 1 to 100 characters');
};

const region = (body: Body): string => {
  const name = text(body, 'aws_region');
  if (REGIONS.includes(name)) return name;
  throw new Refusal(400, 'MALFORMED_REQUEST', `Invalid aws_region: ${name}`);
};

type Given<T> = { readonly [Name in keyof T]?: Exclude<T[Name], undefined> };

const given = <T extends object>(fields: T): Given<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
