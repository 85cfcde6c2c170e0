import type { KeyRegistry } from '../app/ports.ts';
import type { UseCase } from '../contract/bindings.ts';
import { FAILURE } from '../contract/failures.ts';
import { AutomationError } from '../domain/failure.ts';
import type { KeyConfiguration, NewKeyConfiguration } from '../domain/key.ts';
import { pathSegment } from './base-url.ts';
import { DatabricksError } from './databricks-error.ts';
import type { Field } from './field.ts';
import type { DatabricksHttp } from './http.ts';
import { readCreation } from './read-creation.ts';
import { ifStillThere } from './still-there.ts';

/**
 * Customer-managed key configurations over the Account API. They cannot be changed, only created and deleted.
 * Databricks is not documented to refuse a second configuration for the same ARN: look before you create.
 */
export class AccountKeyRegistry implements KeyRegistry {
  readonly #http: DatabricksHttp;
  readonly #path: string;

  constructor(http: DatabricksHttp, accountId: string) {
    this.#http = http;
    this.#path = `/api/2.0/accounts/${pathSegment(accountId)}/customer-managed-keys`;
  }

  async list(): Promise<readonly KeyConfiguration[]> {
    const answer = await this.#http.request({ method: 'GET', path: this.#path, answer: 'customer_managed_keys' });
    // The service answers a bare list; its reference page of 2026 wraps it in an object.
    const list = answer.isList ? answer : answer.at('customer_managed_keys');
    return (list.optional((field) => field.items()) ?? []).map(parseConfiguration);
  }

  /**
   * Fails with DatabricksOutcomeUnknown if it may have happened, also where the answer could not be read, and with
   * DatabricksConflict if such a configuration exists. Databricks documents no 409 here: one without a word fails with
   * RegistrationInProgress, after which the same may be asked again, and never stands for a configuration that exists.
   */
  async create(wanted: NewKeyConfiguration): Promise<KeyConfiguration> {
    const call = {
      method: 'POST',
      path: this.#path,
      body: creationBody(wanted),
      answer: 'customer_managed_key',
    } as const;
    try {
      return await readCreation(`a key configuration for ${wanted.keyArn}`, async () =>
        parseConfiguration(await this.#http.request(call)),
      );
    } catch (error) {
      throw isWordless(error) ? notYet(error, wanted.keyArn) : error;
    }
  }

  /** Fails with DatabricksNotFound. */
  async get(id: string): Promise<KeyConfiguration> {
    const path = `${this.#path}/${pathSegment(id)}`;
    return parseConfiguration(await this.#http.request({ method: 'GET', path, answer: 'customer_managed_key' }));
  }

  /** Succeeds if it is gone already. Fails with DatabricksConflict while a workspace uses it. */
  async delete(id: string): Promise<void> {
    const path = `${this.#path}/${pathSegment(id)}`;
    await ifStillThere(() =>
      this.#http.request({ method: 'DELETE', path, repeatable: true, answer: 'customer_managed_key' }),
    );
  }
}

const isWordless = (error: unknown): error is DatabricksError =>
  error instanceof DatabricksError &&
  error.name === FAILURE.databricksConflict &&
  error.code === undefined &&
  !/\bexists?\b/i.test(error.serverMessage ?? '');

const notYet = (cause: DatabricksError, keyArn: string): AutomationError =>
  new AutomationError(
    FAILURE.registrationInProgress,
    `${cause.message}: Databricks does not say why it takes no key configuration for ${keyArn} now; ask again`,
    { cause },
  );

const creationBody = ({ keyArn, keyAlias, useCases, reuseKeyForClusterVolumes }: NewKeyConfiguration): unknown => ({
  use_cases: useCases,
  aws_key_info: {
    key_arn: keyArn,
    ...(keyAlias === undefined ? {} : { key_alias: keyAlias }),
    ...(useCases.includes('STORAGE') ? { reuse_key_for_cluster_volumes: reuseKeyForClusterVolumes } : {}),
  },
});

const parseConfiguration = (answer: Field): KeyConfiguration => {
  // Use cases that Databricks adds later are kept: such a configuration matches nothing, but it counts.
  const useCases = answer
    .at('use_cases')
    .items()
    .map((item) => item.text() as UseCase);
  const key = answer.at('aws_key_info');
  const keyAlias = key.at('key_alias').optional((field) => field.text());
  const flag = key.at('reuse_key_for_cluster_volumes').optional((field) => field.flag());
  return {
    id: answer.at('customer_managed_key_id').id(),
    keyArn: key.at('key_arn').text(),
    ...(keyAlias === undefined ? {} : { keyAlias }),
    useCases,
    reuseKeyForClusterVolumes: useCases.includes('STORAGE') && flag !== false,
    createdAt: answer.at('creation_time').integer(),
  };
};
