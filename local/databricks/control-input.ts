import type { ClusterChange } from './clusters.ts';
import {
  ControlInputError,
  type Fields,
  FLAG,
  type Kind,
  NUMBER,
  oneOf,
  read,
  TAGS,
  TEXT,
  TEXTS,
} from './control-kinds.ts';
import type { Fault, FaultEffect } from './faults.ts';
import { isObject } from './request-body.ts';
import {
  CLUSTER_SOURCES,
  CLUSTER_STATES,
  type ClusterSeed,
  OUTCOMES,
  type PoolSeed,
  SECRET_BACKENDS,
  SECRET_PERMISSIONS,
  type SecretAclSeed,
  type SecretScopeSeed,
  WAREHOUSE_STATES,
  type WarehouseSeed,
  WORKSPACE_STATUSES,
} from './seed.ts';
import type { WarehouseChange } from './sql-warehouses.ts';
import type { WorkspaceChange } from './workspace.ts';

const CLUSTER_CHANGE: Fields<ClusterChange> = {
  state: oneOf(CLUSTER_STATES),
  ends: oneOf(['terminated', 'never', 'error']),
  relaunches: NUMBER,
};

export const readClusterChange = (value: unknown): ClusterChange => read<ClusterChange>(value, CLUSTER_CHANGE, []);

export const readClusterSeed = (value: unknown): ClusterSeed =>
  read<ClusterSeed>(
    value,
    {
      ...CLUSTER_CHANGE,
      id: TEXT,
      name: TEXT,
      source: oneOf(CLUSTER_SOURCES),
      pinned: FLAG,
      numWorkers: NUMBER,
      poolId: TEXT,
      terminatedAt: NUMBER,
    },
    ['id'],
  );

export const readPoolChange = (value: unknown): { readonly idle: number } =>
  read<{ readonly idle: number }>(value, { idle: NUMBER }, ['idle']);

export const readPoolSeed = (value: unknown): PoolSeed =>
  read<PoolSeed>(
    value,
    {
      id: TEXT,
      name: TEXT,
      nodeTypeId: TEXT,
      idle: NUMBER,
      minIdleInstances: NUMBER,
      maxCapacity: NUMBER,
      idleInstanceAutoterminationMinutes: NUMBER,
      customTags: TAGS,
      preloadedSparkVersions: TEXTS,
    },
    ['id', 'name'],
  );

const WAREHOUSE_CHANGE: Fields<WarehouseChange> = { state: oneOf(WAREHOUSE_STATES), stuckStopping: FLAG };

export const readWarehouseChange = (value: unknown): WarehouseChange =>
  read<WarehouseChange>(value, WAREHOUSE_CHANGE, []);

export const readWarehouseSeed = (value: unknown): WarehouseSeed =>
  read<WarehouseSeed>(
    value,
    { ...WAREHOUSE_CHANGE, id: TEXT, name: TEXT, type: oneOf(['CLASSIC', 'PRO']), serverless: FLAG },
    ['id', 'name'],
  );

export const readWorkspaceChange = (value: unknown): WorkspaceChange =>
  read<WorkspaceChange>(value, { status: oneOf(WORKSPACE_STATUSES), outcome: oneOf(OUTCOMES) }, []);

interface SecretName {
  readonly scope: string;
  readonly key: string;
}

interface ScopePrincipal {
  readonly scope: string;
  readonly principal: string;
}

const ACL: Fields<SecretAclSeed> = { principal: TEXT, permission: oneOf(SECRET_PERMISSIONS) };

export const readScopeName = (value: unknown): Pick<SecretName, 'scope'> =>
  read<Pick<SecretName, 'scope'>>(value, { scope: TEXT }, ['scope']);

export const readSecretKey = (value: unknown): SecretName =>
  read<SecretName>(value, { scope: TEXT, key: TEXT }, ['scope', 'key']);

export const readSecret = (value: unknown): SecretName & { readonly value: string } =>
  read<SecretName & { readonly value: string }>(value, { scope: TEXT, key: TEXT, value: TEXT }, [
    'scope',
    'key',
    'value',
  ]);

export const readSecretPrincipal = (value: unknown): ScopePrincipal =>
  read<ScopePrincipal>(value, { scope: TEXT, principal: TEXT }, ['scope', 'principal']);

export const readSecretAcl = (value: unknown): ScopePrincipal & SecretAclSeed =>
  read<ScopePrincipal & SecretAclSeed>(value, { scope: TEXT, ...ACL }, ['scope', 'principal', 'permission']);

export const readAclLosses = (value: unknown): { readonly count: number } =>
  read<{ readonly count: number }>(value, { count: NUMBER }, ['count']);

export const readScopeSeed = (value: unknown): SecretScopeSeed => {
  const list: Kind = { wanted: 'a list', accepts: Array.isArray };
  const vault: Kind = { wanted: 'an object', accepts: isObject };
  const fields = { name: TEXT, backend: oneOf(SECRET_BACKENDS), keyVault: vault, acls: list, secrets: list };
  const seed = read<SecretScopeSeed>(value, fields, ['name']);
  for (const acl of seed.acls ?? []) read<SecretAclSeed>(acl, ACL, ['principal', 'permission']);
  for (const secret of seed.secrets ?? []) read(secret, { key: TEXT, value: TEXT }, ['key', 'value']);
  if (seed.keyVault !== undefined) {
    read(seed.keyVault, { resourceId: TEXT, dnsName: TEXT }, ['resourceId', 'dnsName']);
  }
  return seed;
};

// Fields that a fault of this kind has besides its target; a trailing `?` means optional.
const FAULT_FIELDS: Readonly<Record<FaultEffect['kind'], Readonly<Record<string, Kind>>>> = {
  throttled: { 'retryAfterSeconds?': NUMBER },
  'server-error': {},
  unavailable: {},
  'bad-gateway': {},
  'login-page': {},
  'empty-conflict': {},
  'text-error': { status: NUMBER, code: TEXT, message: TEXT },
  'numeric-error': { status: NUMBER, message: TEXT },
  answer: { status: NUMBER, body: TEXT, contentType: TEXT },
  reset: {},
  slow: { realMs: NUMBER },
  'token-dropped': {},
};

const FAULT_TARGET = {
  method: TEXT,
  path: TEXT,
  workspace: TEXT,
  times: NUMBER,
  probability: NUMBER,
  tookEffect: FLAG,
};

export const readFault = (value: unknown): Fault => {
  const kinds = Object.keys(FAULT_FIELDS);
  const kind = isObject(value) ? value.kind : undefined;
  if (typeof kind !== 'string' || !kinds.includes(kind))
    throw new ControlInputError(`kind must be one of ${kinds.join(', ')}`);
  const extra = Object.entries(FAULT_FIELDS[kind as FaultEffect['kind']]);
  const fields = Object.fromEntries(extra.map(([name, type]) => [name.replace('?', ''), type]));
  const required = extra.map(([name]) => name).filter((name) => !name.endsWith('?'));
  return read<Record<string, unknown>>(value, { kind: TEXT, ...FAULT_TARGET, ...fields }, required) as unknown as Fault;
};
