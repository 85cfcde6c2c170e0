import type { PrivateAccess } from '../app/provisioning-ports.ts';
import type { PrivateAccessSettings } from '../domain/provisioning.ts';
import { AccountObjects, type ObjectKind } from './account-objects.ts';
import type { Field } from './field.ts';
import type { DatabricksHttp } from './http.ts';

/** Private access settings over the Account API, read only. */
export class AccountPrivateAccess implements PrivateAccess {
  readonly #objects: AccountObjects<PrivateAccessSettings>;

  constructor(http: DatabricksHttp, accountId: string) {
    this.#objects = new AccountObjects(http, accountId, PRIVATE_ACCESS);
  }

  list(): Promise<readonly PrivateAccessSettings[]> {
    return this.#objects.list();
  }

  get(id: string): Promise<PrivateAccessSettings> {
    return this.#objects.get(id);
  }
}

const parsePrivateAccess = (answer: Field): PrivateAccessSettings => {
  const accessLevel = answer.at('private_access_level').filled();
  const allowed = answer.at('allowed_vpc_endpoint_ids').optional((field) => field.items()) ?? [];
  return {
    id: answer.at('private_access_settings_id').id(),
    name: answer.at('private_access_settings_name').line(),
    region: answer.at('region').text(),
    // Databricks' own clients leave false out when they write this field, so its absence is read as false.
    publicAccessEnabled: answer.at('public_access_enabled').optional((field) => field.flag()) ?? false,
    ...(accessLevel === undefined ? {} : { accessLevel }),
    allowedVpcEndpointIds: allowed.map((item) => item.text()),
  };
};

const PRIVATE_ACCESS: ObjectKind<PrivateAccessSettings> = {
  segment: 'private-access-settings',
  list: 'private_access_settings',
  answer: 'private_access_settings',
  noun: 'private access settings',
  is: 'configuration',
  parse: parsePrivateAccess,
};
