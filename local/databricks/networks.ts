import { randomUUID } from 'node:crypto';
import { type Answer, Refusal } from './answer.ts';
import type { Conditions } from './conditions.ts';
import { Configurations, configurationName } from './configurations.ts';
import { type NetworkFindings, NO_FINDINGS, vpcStatus } from './network-findings.ts';
import { type Body, onlyKnown, optionalObject, optionalTexts, required, text } from './request-body.ts';
import type { NetworkSeed } from './seed.ts';
import type { Violations } from './violations.ts';

interface Network {
  readonly id: string;
  readonly name: string;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly vpcEndpoints: Body | undefined;
  readonly createdAt: number;
}

/** The workspace in a network, and whether its setup has got as far as checking it. */
export interface Attachment {
  readonly workspaceId: string;
  readonly checked: boolean;
}

type Attached = (networkId: string) => Attachment | undefined;

/**
 * The network configurations of the account: customer-managed VPCs. Observed: nothing is looked up when one is created;
 * faults show after a workspace was set up in it.
 */
export class Networks {
  readonly #conditions: Conditions;
  readonly #held: Configurations<Network>;
  readonly #findings = new Map<string, NetworkFindings>();
  readonly #violations: Violations;

  constructor(
    conditions: Conditions,
    accountId: string,
    seeds: readonly NetworkSeed[],
    violations: Violations,
    attached: Attached,
  ) {
    this.#conditions = conditions;
    this.#violations = violations;
    const view = (network: Network) => ({
      ...viewOf(network, accountId),
      ...checkOf(attached(network.id), this.findings(network.id)),
    });
    this.#held = new Configurations(conditions, { noun: 'Network', list: 'networks', view });
    for (const seed of seeds) this.#held.put({ ...seed, vpcEndpoints: undefined, createdAt: conditions.now() });
  }

  has(id: string): boolean {
    return this.#held.find(id) !== undefined;
  }

  /** Whether it exists or did. */
  knew(id: string): boolean {
    return this.#held.knew(id);
  }

  findings(id: string): NetworkFindings {
    return this.#findings.get(id) ?? NO_FINDINGS;
  }

  /** Decides what a check of this network finds; throws for one that does not exist. */
  setFindings(id: string, findings: NetworkFindings): void {
    this.#held.known(id);
    this.#findings.set(id, findings);
  }

  /** Other credentials cure what the check found about credentials. */
  credentialsReplaced(id: string): void {
    const { errors, warnings } = this.findings(id);
    this.#findings.set(id, { errors: errors.filter(({ error_type }) => error_type !== 'credentials'), warnings });
  }

  /** POST: 201. Refuses what is malformed and a name that is taken. */
  create(body: Body): Answer {
    const wanted = parse(body);
    this.#held.refuseTaken(wanted.name);
    const network = { ...wanted, id: randomUUID(), createdAt: this.#conditions.now() };
    this.#noteShared(network);
    return this.#held.created(network);
  }

  list(): Answer {
    return this.#held.list();
  }

  views(): readonly Body[] {
    return this.#held.views();
  }

  /** As `views`, with ids of workspaces as text: a bigint cannot be written as plain JSON. */
  states(): readonly Body[] {
    return this.views().map((view) =>
      view.workspace_id === undefined ? view : { ...view, workspace_id: String(view.workspace_id) },
    );
  }

  get(id: string): Answer {
    return this.#held.get(id);
  }

  remove(id: string, usedBy: readonly string[]): Answer {
    return this.#held.remove(id, usedBy, this.#conditions.switches().timings.networkRemovalMs);
  }

  // Documented for both: they "cannot be used in multiple network configurations". Nothing says that this is refused.
  #noteShared(network: Network): void {
    const parts = ({ subnetIds, securityGroupIds }: Network) => [...subnetIds, ...securityGroupIds];
    const taken = new Set(this.#held.all().flatMap(parts));
    const shared = parts(network).filter((part) => taken.has(part));
    if (shared.length === 0) return;
    const text = `network ${network.name} was created with ${shared.join(', ')} of another network`;
    this.#violations.note({ at: this.#conditions.now(), workspaceId: null, kind: 'shared-network-parts', text });
  }
}

const parse = (body: Body): Omit<Network, 'id' | 'createdAt'> => {
  const parts = ['network_name', 'vpc_id', 'subnet_ids', 'security_group_ids'];
  onlyKnown(body, ['account_id', ...parts, 'vpc_endpoints']);
  required(body, parts);
  const vpcEndpoints = optionalObject(body, 'vpc_endpoints');
  for (const field of ['rest_api', 'dataplane_relay']) optionalTexts(vpcEndpoints ?? {}, field);
  onlyKnown(vpcEndpoints ?? {}, ['rest_api', 'dataplane_relay']);
  return {
    name: configurationName(body, 'network_name'),
    vpcId: text(body, 'vpc_id'),
    // "IDs of at least two subnets"; "one to five security groups".
    subnetIds: several(body, 'subnet_ids', 2, Number.POSITIVE_INFINITY),
    securityGroupIds: several(body, 'security_group_ids', 1, 5),
    vpcEndpoints,
  };
};

const several = (body: Body, field: string, least: number, most: number): readonly string[] => {
  const ids = optionalTexts(body, field) ?? [];
  if (new Set(ids).size === ids.length && ids.length >= least && ids.length <= most) return ids;
  const range = most === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} to ${most}`;
  throw new Refusal(400, 'MALFORMED_REQUEST', `${field} must have ${range} different elements, got ${ids.length}`);
};

const viewOf = (network: Network, accountId: string): Body => ({
  network_id: network.id,
  account_id: accountId,
  network_name: network.name,
  vpc_id: network.vpcId,
  subnet_ids: network.subnetIds,
  security_group_ids: network.securityGroupIds,
  ...(network.vpcEndpoints === undefined ? {} : { vpc_endpoints: network.vpcEndpoints }),
  creation_time: network.createdAt,
});

/**
 * Guessed: that the workspace is named from when it is accepted, that the status stays UNATTACHED until the check, and
 * that both arrays are there from then on ("if both arrays are empty, there are no warnings or errors").
 */
const checkOf = (attachment: Attachment | undefined, findings: NetworkFindings): Body => {
  if (attachment === undefined) return { vpc_status: 'UNATTACHED' };
  const workspace_id = BigInt(attachment.workspaceId);
  if (!attachment.checked) return { workspace_id, vpc_status: 'UNATTACHED' };
  const { errors, warnings } = findings;
  return { workspace_id, vpc_status: vpcStatus(findings), error_messages: errors, warning_messages: warnings };
};
