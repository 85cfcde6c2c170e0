import type { WorkspaceSeed } from './seed.ts';

/** Fields of a workspace that refer to another object of the account. */
export const REFERENCES = [
  'credentials_id',
  'storage_configuration_id',
  'network_id',
  'managed_services_customer_managed_key_id',
  'storage_customer_managed_key_id',
] as const;
export type Reference = (typeof REFERENCES)[number];

/** The part of a workspace that an update may change. */
export interface Settings {
  readonly references: Readonly<Partial<Record<Reference, string>>>;
  readonly customTags: Readonly<Record<string, string>>;
}

/** The settings that a seed describes. */
export const seededSettings = (seed: Omit<WorkspaceSeed, 'id'>): Settings => ({
  references: given({
    credentials_id: seed.credentialsId,
    storage_configuration_id: seed.storageConfigurationId,
    network_id: seed.networkId,
    managed_services_customer_managed_key_id: seed.managedServicesKeyId,
    storage_customer_managed_key_id: seed.storageKeyId,
  }),
  customTags: seed.customTags ?? {},
});

const given = (references: Readonly<Record<Reference, string | undefined>>): Settings['references'] =>
  Object.fromEntries(Object.entries(references).filter(([, id]) => id !== undefined));
