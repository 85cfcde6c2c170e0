import type { CredentialDirectory } from '../app/ports.ts';
import { pathSegment } from './base-url.ts';
import type { DatabricksHttp } from './http.ts';

/** Credential configurations over the Account API. */
export class AccountCredentials implements CredentialDirectory {
  readonly #http: DatabricksHttp;
  readonly #path: string;

  constructor(http: DatabricksHttp, accountId: string) {
    this.#http = http;
    this.#path = `/api/2.0/accounts/${pathSegment(accountId)}/credentials`;
  }

  /** ARN of the cross-account IAM role. Fails with DatabricksNotFound. */
  async roleArn(credentialsId: string): Promise<string> {
    const path = `${this.#path}/${pathSegment(credentialsId)}`;
    const answer = await this.#http.request({ method: 'GET', path, answer: 'credentials' });
    return answer.at('aws_credentials').at('sts_role').at('role_arn').text();
  }
}
