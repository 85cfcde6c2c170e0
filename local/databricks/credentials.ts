import { randomUUID } from 'node:crypto';
import { type Answer, Refusal } from './answer.ts';
import type { Conditions } from './conditions.ts';
import { Configurations, configurationName } from './configurations.ts';
import { type Body, objectOf, onlyKnown, optionalObject, required, text } from './request-body.ts';
import type { CredentialSeed } from './seed.ts';

interface Credential {
  readonly id: string;
  readonly name: string;
  readonly roleArn: string;
  readonly createdAt: number;
}

const ROLE_ARN = /^arn:aws(?:-us-gov|-cn)?:iam::\d{12}:role\/[\w+=,.@/-]+$/;

/** Documented on the page of resource limits. */
const LIMITS = { PREMIUM: 11, ENTERPRISE: 55 } as const;

/** The credential configurations of the account: the cross-account roles under which workspaces run. */
export class Credentials {
  readonly #conditions: Conditions;
  readonly #held: Configurations<Credential>;
  /** When each role was first sent: it is as old as that. Those of the seed are old. */
  readonly #firstSent = new Map<string, number>();

  constructor(conditions: Conditions, accountId: string, seeds: readonly CredentialSeed[]) {
    this.#conditions = conditions;
    const view = (credential: Credential) => viewOf(credential, accountId);
    this.#held = new Configurations(conditions, { noun: 'Credential', list: 'credentials', view });
    for (const seed of seeds) {
      this.#held.put({ ...seed, createdAt: seed.createdAt ?? conditions.now() });
      this.#firstSent.set(seed.roleArn, Number.NEGATIVE_INFINITY);
    }
  }

  has(id: string): boolean {
    return this.#held.find(id) !== undefined;
  }

  /** POST: 201. Refuses what is malformed, a role that is too fresh or none, a name that is taken, and one too many. */
  create(body: Body): Answer {
    const { name, roleArn } = parse(body);
    const { credentialsDelayMs, accountTier } = this.#conditions.switches();
    if (!ROLE_ARN.test(roleArn) || this.#ageOf(roleArn) < credentialsDelayMs) {
      // Observed: terraform-provider-databricks issue 1363. IAM takes a while to know a new role everywhere.
      const reason = 'please use a valid cross account IAM role with permissions setup correctly';
      throw new Refusal(400, 'MALFORMED_REQUEST', `Failed credential validation checks: ${reason}`);
    }
    this.#held.refuseTaken(name);
    this.#held.refuseBeyond(LIMITS[accountTier]);
    return this.#held.created({ id: randomUUID(), name, roleArn, createdAt: this.#conditions.now() });
  }

  /** POST workspaces checks the role again, in other words (terraform-provider-databricks issue 951). */
  checkForWorkspace(id: string): void {
    const roleArn = this.#held.find(id)?.roleArn;
    if (roleArn === undefined) return;
    if (this.#ageOf(roleArn) >= this.#conditions.switches().workspaceCredentialsDelayMs) return;
    const lacking = 'Spot Cancellation, Create Placement Group, Delete Tags, Describe Availability Zones';
    throw new Refusal(400, 'MALFORMED_REQUEST', `Failed credentials validation checks: ${lacking}`);
  }

  list(): Answer {
    return this.#held.list();
  }

  views(): readonly Body[] {
    return this.#held.views();
  }

  get(id: string): Answer {
    return this.#held.get(id);
  }

  remove(id: string, usedBy: readonly string[]): Answer {
    return this.#held.remove(id, usedBy, 0);
  }

  #ageOf(roleArn: string): number {
    const now = this.#conditions.now();
    const since = this.#firstSent.get(roleArn) ?? now;
    this.#firstSent.set(roleArn, since);
    return now - since;
  }
}

const parse = (body: Body): Pick<Credential, 'name' | 'roleArn'> => {
  onlyKnown(body, ['account_id', 'credentials_name', 'aws_credentials']);
  required(body, ['credentials_name', 'aws_credentials']);
  const name = configurationName(body, 'credentials_name');
  const credentials = objectOf(body, 'aws_credentials');
  onlyKnown(credentials, ['sts_role']);
  const role = optionalObject(credentials, 'sts_role') ?? {};
  onlyKnown(role, ['role_arn']);
  return { name, roleArn: text(role, 'role_arn') };
};

const viewOf = (credential: Credential, accountId: string): Body => ({
  credentials_id: credential.id,
  account_id: accountId,
  // The external id is the account id: what the role's trust policy must ask for.
  aws_credentials: { sts_role: { role_arn: credential.roleArn, external_id: accountId } },
  credentials_name: credential.name,
  creation_time: credential.createdAt,
});
