import type { StorageConfigurations } from '../app/provisioning-ports.ts';
import type { NewStorageConfiguration, StorageConfiguration } from '../domain/provisioning.ts';
import { AccountObjects, type ObjectKind } from './account-objects.ts';
import type { Field } from './field.ts';
import type { DatabricksHttp } from './http.ts';

/** Storage configurations over the Account API. */
export class AccountStorageConfigurations implements StorageConfigurations {
  readonly #objects: AccountObjects<StorageConfiguration>;

  constructor(http: DatabricksHttp, accountId: string) {
    this.#objects = new AccountObjects(http, accountId, STORAGE);
  }

  list(): Promise<readonly StorageConfiguration[]> {
    return this.#objects.list();
  }

  get(id: string): Promise<StorageConfiguration> {
    return this.#objects.get(id);
  }

  create({ name, bucket }: NewStorageConfiguration): Promise<StorageConfiguration> {
    const body = { storage_configuration_name: name, root_bucket_info: { bucket_name: bucket } };
    return this.#objects.create(name, body);
  }

  delete(id: string): Promise<void> {
    return this.#objects.delete(id);
  }
}

const parseStorage = (answer: Field): StorageConfiguration => ({
  id: answer.at('storage_configuration_id').id(),
  name: answer.at('storage_configuration_name').line(),
  bucket: answer.at('root_bucket_info').at('bucket_name').text(),
  createdAt: answer.at('creation_time').integer(),
});

const STORAGE: ObjectKind<StorageConfiguration> = {
  segment: 'storage-configurations',
  list: 'storage_configurations',
  answer: 'storage_configuration',
  noun: 'storage configuration',
  is: 'configuration',
  parse: parseStorage,
};
