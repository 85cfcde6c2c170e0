import type {
  ById,
  OnFailure,
  ProvisioningInput,
  ProvisioningRequest,
  WantedKey,
  WantedNetwork,
  WorkspaceRemoval,
  WorkspaceSetup,
} from '../contract/provisioning.ts';
import { asList, asObject, asText, wrong } from '../domain/parse.ts';
import { asWorkspaceId } from './rollout-target.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Input of a provisioning, with every default filled in. People start executions by hand, so it is checked field by
 * field; what it may hold is the body of `POST /v1/workspaces`.
 */
export function parseProvisioning(input: unknown, region: string): ProvisioningInput {
  const { provision, remove, dryRun } = asObject(input, 'input');
  if (dryRun !== undefined && typeof dryRun !== 'boolean') throw wrong('input.dryRun', dryRun, 'true or false');
  const more = { ...(dryRun !== undefined && { dryRun }), trigger: { kind: 'request' } as const };
  if ((provision === undefined) === (remove === undefined)) {
    throw wrong('input', provision === undefined ? undefined : 'both', 'one of provision, remove');
  }
  return provision === undefined
    ? { remove: asRemoval(asObject(remove, 'input.remove')), ...more }
    : { provision: asRequest(asObject(provision, 'input.provision'), region), ...more };
}

/** What each part of a setup may say, apart from the id of one that is there. */
const PARTS: Readonly<Record<keyof WorkspaceSetup, readonly string[]>> = {
  credentials: ['name', 'roleArn'],
  storage: ['name', 'bucket'],
  network: ['name', 'vpcId', 'subnetIds', 'securityGroupIds', 'vpcEndpoints'],
  managedServicesKey: ['key', 'reuseKeyForClusterVolumes'],
  storageKey: ['key', 'reuseKeyForClusterVolumes'],
};

const KNOWN: readonly string[] = [
  ...['workspaceName', 'region', 'deploymentName', 'pricingTier', 'customTags', 'privateAccessSettingsId'],
  ...[...Object.keys(PARTS), 'replacements', 'onFailure'],
];

/** Fails with InputInvalid for a name that is none of these: a slip of the pen would be passed over. */
function assertKnown(fields: Fields, known: readonly string[], at: string): void {
  const unknown = Object.keys(fields).find((name) => !known.includes(name));
  if (unknown !== undefined) throw wrong(`${at}.${unknown}`, fields[unknown], `one of ${known.join(', ')}`);
}

const ON_FAILURE: readonly OnFailure[] = ['keep', 'delete', 'recreate'];

function asRequest(fields: Fields, stageRegion: string): ProvisioningRequest {
  const at = 'input.provision';
  assertKnown(fields, KNOWN, at);
  const workspaceName = asText(fields.workspaceName, `${at}.workspaceName`);
  const { region = stageRegion, replacements, onFailure = 'keep', customTags } = fields;
  const optional = (name: 'deploymentName' | 'pricingTier' | 'privateAccessSettingsId'): Fields =>
    fields[name] === undefined ? {} : { [name]: asText(fields[name], `${at}.${name}`) };
  const setup = asSetup(fields, workspaceName, at);
  const { credentials, storage } = setup;
  if (credentials === undefined) throw wrong(`${at}.credentials`, undefined, 'an object with id, or with roleArn');
  if (storage === undefined) throw wrong(`${at}.storage`, undefined, 'an object with id, or with bucket');
  const wish = ON_FAILURE.find((one) => one === onFailure);
  if (wish === undefined) throw wrong(`${at}.onFailure`, onFailure, `one of ${ON_FAILURE.join(', ')}`);
  return {
    workspaceName,
    region: asText(region, `${at}.region`),
    ...optional('deploymentName'),
    ...optional('pricingTier'),
    ...optional('privateAccessSettingsId'),
    ...(customTags !== undefined && { customTags: asTags(customTags, `${at}.customTags`) }),
    setup: { ...setup, credentials, storage },
    ...(replacements !== undefined && {
      replacements: asReplacements(asObject(replacements, `${at}.replacements`), workspaceName, `${at}.replacements`),
    }),
    onFailure: wish,
  };
}

function asReplacements(fields: Fields, workspaceName: string, at: string): Partial<WorkspaceSetup> {
  assertKnown(fields, Object.keys(PARTS), at);
  // Names of what stands already would clash with what it is replaced by.
  return asSetup(fields, `${workspaceName}-2`, at);
}

function asSetup(fields: Fields, prefix: string, at: string): Partial<WorkspaceSetup> {
  const part = <T extends object>(name: keyof WorkspaceSetup, read: (given: Fields, path: string) => T) =>
    fields[name] === undefined
      ? {}
      : { [name]: asPart(name, asObject(fields[name], `${at}.${name}`), read, `${at}.${name}`) };
  const nameIn = (given: Fields, kind: string, path: string): string =>
    given.name === undefined ? `${prefix}-${kind}` : asText(given.name, `${path}.name`);
  return {
    ...part('credentials', (given, path) => ({
      name: nameIn(given, 'credentials', path),
      roleArn: asText(given.roleArn, `${path}.roleArn`),
    })),
    ...part('storage', (given, path) => ({
      name: nameIn(given, 'storage', path),
      bucket: asText(given.bucket, `${path}.bucket`),
    })),
    ...part('network', (given, path) => asNetwork(given, nameIn(given, 'network', path), path)),
    ...part('managedServicesKey', asKey),
    ...part('storageKey', asKey),
  };
}

function asPart<T extends object>(
  name: keyof WorkspaceSetup,
  given: Fields,
  read: (given: Fields, path: string) => T,
  path: string,
): ById | T {
  assertKnown(given, ['id', ...PARTS[name]], path);
  return given.id === undefined ? read(given, path) : { id: asText(given.id, `${path}.id`) };
}

function asNetwork(given: Fields, name: string, path: string): WantedNetwork {
  const texts = (value: unknown, at: string): readonly string[] =>
    asList(value, at).map((one, index) => asText(one, `${at}[${index}]`));
  const endpoints = given.vpcEndpoints === undefined ? undefined : asObject(given.vpcEndpoints, `${path}.vpcEndpoints`);
  return {
    name,
    vpcId: asText(given.vpcId, `${path}.vpcId`),
    subnetIds: texts(given.subnetIds, `${path}.subnetIds`),
    securityGroupIds: texts(given.securityGroupIds, `${path}.securityGroupIds`),
    ...(endpoints !== undefined && {
      vpcEndpoints: {
        restApi: texts(endpoints.restApi, `${path}.vpcEndpoints.restApi`),
        dataplaneRelay: texts(endpoints.dataplaneRelay, `${path}.vpcEndpoints.dataplaneRelay`),
      },
    }),
  };
}

function asKey({ key, reuseKeyForClusterVolumes = true }: Fields, path: string): WantedKey {
  if (typeof reuseKeyForClusterVolumes !== 'boolean') {
    throw wrong(`${path}.reuseKeyForClusterVolumes`, reuseKeyForClusterVolumes, 'true or false');
  }
  // Databricks' own default is true.
  return { key: asText(key, `${path}.key`), reuseKeyForClusterVolumes };
}

const asTags = (value: unknown, path: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(asObject(value, path)).map(([name, tag]) => {
      // AWS allows tags without a value.
      if (typeof tag !== 'string') throw wrong(`${path}.${name}`, tag, 'text');
      return [name, tag];
    }),
  );

const asRemoval = ({ workspaceId, workspaceName, networkId }: Fields): WorkspaceRemoval => ({
  workspaceId: asWorkspaceId(workspaceId, 'input.remove.workspaceId'),
  workspaceName: asText(workspaceName, 'input.remove.workspaceName'),
  networkId: networkId === undefined || networkId === null ? null : asText(networkId, 'input.remove.networkId'),
});
