import type { CredentialDirectory } from '../app/ports.ts';
import type { CredentialConfigurations } from '../app/provisioning-ports.ts';
import type { CredentialConfiguration, NewCredentialConfiguration } from '../domain/provisioning.ts';
import { AccountObjects, type ObjectKind } from './account-objects.ts';
import type { Field } from './field.ts';
import type { DatabricksHttp } from './http.ts';

/** Credential configurations over the Account API. */
export class AccountCredentials implements CredentialDirectory, CredentialConfigurations {
  readonly #objects: AccountObjects<CredentialConfiguration>;

  constructor(http: DatabricksHttp, accountId: string) {
    this.#objects = new AccountObjects(http, accountId, CREDENTIALS);
  }

  /** ARN of the cross-account IAM role. Fails with DatabricksNotFound. */
  async roleArn(credentialsId: string): Promise<string> {
    return roleOf(await this.#objects.read(credentialsId))
      .at('role_arn')
      .text();
  }

  list(): Promise<readonly CredentialConfiguration[]> {
    return this.#objects.list();
  }

  get(id: string): Promise<CredentialConfiguration> {
    return this.#objects.get(id);
  }

  create({ name, roleArn }: NewCredentialConfiguration): Promise<CredentialConfiguration> {
    const body = { credentials_name: name, aws_credentials: { sts_role: { role_arn: roleArn } } };
    return this.#objects.create(name, body);
  }

  delete(id: string): Promise<void> {
    return this.#objects.delete(id);
  }
}

const roleOf = (answer: Field): Field => answer.at('aws_credentials').at('sts_role');

const parseCredentials = (answer: Field): CredentialConfiguration => {
  const externalId = roleOf(answer).at('external_id').filled();
  return {
    id: answer.at('credentials_id').id(),
    name: answer.at('credentials_name').line(),
    roleArn: roleOf(answer).at('role_arn').text(),
    ...(externalId === undefined ? {} : { externalId }),
    createdAt: answer.at('creation_time').integer(),
  };
};

const CREDENTIALS: ObjectKind<CredentialConfiguration> = {
  segment: 'credentials',
  list: 'credentials',
  answer: 'credentials',
  noun: 'credential configuration',
  is: 'configuration',
  parse: parseCredentials,
};
