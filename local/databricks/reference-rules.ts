import { Refusal } from './answer.ts';
import type { Credentials } from './credentials.ts';
import type { KeyConfigurations } from './key-configurations.ts';
import type { Networks } from './networks.ts';
import type { UseCase } from './seed.ts';
import type { Reference } from './workspace-settings.ts';

/** What the references of a workspace are checked against. */
export interface Account {
  readonly keys: KeyConfigurations;
  readonly credentials: Credentials;
  readonly networks: Pick<Networks, 'has'>;
  /** Ids of the networks and storage configurations that exist, or that a seeded workspace is said to use. */
  readonly knows: (field: 'network_id' | 'storage_configuration_id', id: string) => boolean;
  /** Ids of the workspaces that use what has this id, or are about to. */
  readonly usersOf: (id: string) => readonly string[];
}

export const KEY_USES: readonly (readonly [Reference, UseCase])[] = [
  ['managed_services_customer_managed_key_id', 'MANAGED_SERVICES'],
  ['storage_customer_managed_key_id', 'STORAGE'],
];

const INVALID: Readonly<Record<Reference, string>> = {
  // Observed for the key; the others are worded alike.
  managed_services_customer_managed_key_id: 'Invalid customerManagedKeyId',
  storage_customer_managed_key_id: 'Invalid customerManagedKeyId',
  credentials_id: 'Invalid credentialsId',
  network_id: 'Invalid networkId',
  storage_configuration_id: 'Invalid storageConfigurationId',
};

/** Refuses a reference to nothing. */
export const checkExists = (field: Reference, id: string, account: Account): void => {
  if (!exists(field, id, account)) throw new Refusal(400, 'MALFORMED_REQUEST', `${INVALID[field]}: ${id}`);
};

const exists = (field: Reference, id: string, account: Account): boolean => {
  if (field === 'credentials_id') return account.credentials.has(id);
  if (field === 'network_id' || field === 'storage_configuration_id') return account.knows(field, id);
  return account.keys.find(id) !== undefined;
};

/**
 * Refuses a network that another workspace is in. Documented: its subnets are of one workspace. The words are after the
 * ones observed when a network in use is deleted. A network known only from a seeded workspace is let through.
 */
export const checkUnattached = (id: string, workspaceId: string | undefined, account: Account): void => {
  if (!account.networks.has(id)) return;
  const others = account.usersOf(id).filter((user) => user !== workspaceId);
  if (others.length === 0) return;
  throw new Refusal(400, 'INVALID_STATE', `Network ${id} is being used by active workspace ${others.join(', ')}`);
};

// "You cannot use a VPC in us-west-1 if you want to use customer-managed keys for encryption."
const WITHOUT_KEYS = 'us-west-1';

/** Refuses a key that a workspace in this region cannot have for this use. */
export const checkKey = (region: string, id: string, useCase: UseCase, keys: KeyConfigurations): void => {
  const key = keys.find(id);
  if (key === undefined) return;
  if (region === WITHOUT_KEYS) {
    throw new Refusal(400, 'MALFORMED_REQUEST', `Customer managed keys are not supported in ${WITHOUT_KEYS}`);
  }
  if (key.region !== region) {
    const text = `Customer managed key ${id} is in ${key.region}, the workspace is in ${region}`;
    throw new Refusal(400, 'MALFORMED_REQUEST', text);
  }
  if (!key.useCases.includes(useCase)) {
    throw new Refusal(400, 'MALFORMED_REQUEST', `Customer managed key ${id} cannot be used for ${useCase}`);
  }
};
