import type { Networks } from '../app/provisioning-ports.ts';
import type { NetworkConfiguration, NetworkEndpoints, NetworkFinding, NewNetwork } from '../domain/provisioning.ts';
import { AccountObjects, type ObjectKind } from './account-objects.ts';
import type { Field } from './field.ts';
import type { DatabricksHttp } from './http.ts';

/** Network configurations over the Account API. */
export class AccountNetworks implements Networks {
  readonly #objects: AccountObjects<NetworkConfiguration>;

  constructor(http: DatabricksHttp, accountId: string) {
    this.#objects = new AccountObjects(http, accountId, NETWORK);
  }

  list(): Promise<readonly NetworkConfiguration[]> {
    return this.#objects.list();
  }

  get(id: string): Promise<NetworkConfiguration> {
    return this.#objects.get(id);
  }

  create(wanted: NewNetwork): Promise<NetworkConfiguration> {
    return this.#objects.create(wanted.name, creationBody(wanted));
  }

  delete(id: string): Promise<void> {
    return this.#objects.delete(id);
  }
}

const creationBody = ({ name, vpcId, subnetIds, securityGroupIds, vpcEndpoints }: NewNetwork): unknown => ({
  network_name: name,
  vpc_id: vpcId,
  subnet_ids: subnetIds,
  security_group_ids: securityGroupIds,
  ...(vpcEndpoints === undefined
    ? {}
    : { vpc_endpoints: { rest_api: vpcEndpoints.restApi, dataplane_relay: vpcEndpoints.dataplaneRelay } }),
});

const parseNetwork = (answer: Field): NetworkConfiguration => {
  const vpcEndpoints = answer.at('vpc_endpoints').optional(parseEndpoints);
  const workspaceId = answer.at('workspace_id').optional(parseUser);
  return {
    id: answer.at('network_id').id(),
    name: answer.at('network_name').line(),
    vpcId: answer.at('vpc_id').text(),
    subnetIds: textsOf(answer.at('subnet_ids')),
    securityGroupIds: textsOf(answer.at('security_group_ids')),
    ...(vpcEndpoints === undefined ? {} : { vpcEndpoints }),
    ...(workspaceId === undefined ? {} : { workspaceId }),
    status: answer.at('vpc_status').line(),
    errors: parseFindings(answer.at('error_messages'), 'error'),
    warnings: parseFindings(answer.at('warning_messages'), 'warning'),
  };
};

/** No workspace has the id 0 or '': protobuf-backed services write them for an unset field. */
const parseUser = (field: Field): string | undefined => (field.raw === 0 || field.raw === '' ? undefined : field.id());

const parseEndpoints = (field: Field): NetworkEndpoints | undefined => {
  const restApi = textsOf(field.at('rest_api'));
  const dataplaneRelay = textsOf(field.at('dataplane_relay'));
  return restApi.length + dataplaneRelay.length === 0 ? undefined : { restApi, dataplaneRelay };
};

const parseFindings = (field: Field, kind: 'error' | 'warning'): readonly NetworkFinding[] =>
  (field.optional((list) => list.items()) ?? []).map((item) => ({
    type: item.at(`${kind}_type`).line(),
    message: item.at(`${kind}_message`).line(),
  }));

const textsOf = (field: Field): readonly string[] =>
  (field.optional((list) => list.items()) ?? []).map((item) => item.text());

const NETWORK: ObjectKind<NetworkConfiguration> = {
  segment: 'networks',
  list: 'networks',
  answer: 'network',
  noun: 'network configuration',
  is: 'configuration',
  parse: parseNetwork,
};
