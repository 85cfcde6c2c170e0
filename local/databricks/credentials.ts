import { randomUUID } from 'node:crypto';
import { type Answer, Refusal } from './answer.ts';
import type { Conditions } from './conditions.ts';
import { listAnswer } from './list-answer.ts';
import { type Body, onlyKnown, optionalObject, required, text } from './request-body.ts';
import type { CredentialSeed } from './seed.ts';

interface Credential {
  readonly id: string;
  readonly name: string;
  readonly roleArn: string;
  readonly createdAt: number;
}

const ROLE_ARN = /^arn:aws(?:-us-gov|-cn)?:iam::\d{12}:role\/[\w+=,.@/-]+$/;

/** The credential configurations of the account: the cross-account roles under which workspaces run. */
export class Credentials {
  readonly #conditions: Conditions;
  readonly #accountId: string;
  readonly #credentials = new Map<string, Credential>();

  constructor(conditions: Conditions, accountId: string, seeds: readonly CredentialSeed[]) {
    this.#conditions = conditions;
    this.#accountId = accountId;
    for (const seed of seeds) {
      this.#credentials.set(seed.id, { ...seed, createdAt: seed.createdAt ?? conditions.now() });
    }
  }

  has(id: string): boolean {
    return this.#credentials.has(id);
  }

  /** POST: 201. Refuses a name of the wrong length, one that is taken, and what cannot be a role. */
  create(body: Body): Answer {
    onlyKnown(body, ['account_id', 'credentials_name', 'aws_credentials']);
    required(body, ['credentials_name', 'aws_credentials']);
    const name = text(body, 'credentials_name');
    if (name.length < 4 || name.length > 256) {
      throw new Refusal(400, 'MALFORMED_REQUEST', 'credentials_name must have 4 to 256 characters');
    }
    const role = optionalObject(optionalObject(body, 'aws_credentials') ?? {}, 'sts_role') ?? {};
    const roleArn = text(role, 'role_arn');
    if (!ROLE_ARN.test(roleArn)) {
      const reason = 'please use a valid cross account IAM role with permissions setup correctly';
      throw new Refusal(400, 'MALFORMED_REQUEST', `Failed credential validation checks: ${reason}`);
    }
    if ([...this.#credentials.values()].some((credential) => credential.name === name)) {
      const reason = `Credential configuration name ${name} already exists in this account.`;
      throw new Refusal(400, 'MALFORMED_REQUEST', `${reason} Try again with a unique name.`);
    }
    const created = { id: randomUUID(), name, roleArn, createdAt: this.#conditions.now() };
    this.#credentials.set(created.id, created);
    return { status: 201, body: this.#view(created) };
  }

  list(): Answer {
    return listAnswer('credentials', this.views(), this.#conditions.switches().lists);
  }

  views(): readonly Body[] {
    return [...this.#credentials.values()].map((credential) => this.#view(credential));
  }

  get(id: string): Answer {
    const credential = this.#credentials.get(id);
    if (credential !== undefined) return { status: 200, body: this.#view(credential) };
    throw new Refusal(404, 'NOT_FOUND', `Credential configuration ${id} does not exist`);
  }

  #view(credential: Credential): Body {
    return {
      credentials_id: credential.id,
      account_id: this.#accountId,
      // The external id is the account id: what the role's trust policy must ask for.
      aws_credentials: { sts_role: { role_arn: credential.roleArn, external_id: this.#accountId } },
      credentials_name: credential.name,
      creation_time: credential.createdAt,
    };
  }
}
