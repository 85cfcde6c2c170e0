import { randomUUID } from 'node:crypto';
import type { Answer } from './answer.ts';
import type { Conditions } from './conditions.ts';
import { Configurations, configurationName } from './configurations.ts';
import { type Body, objectOf, onlyKnown, optionalText, required, text } from './request-body.ts';
import type { StorageConfigurationSeed } from './seed.ts';

interface StorageConfiguration {
  readonly id: string;
  readonly name: string;
  readonly bucketName: string;
  readonly roleArn: string | undefined;
  readonly createdAt: number;
}

/** Observed, with its words, in terraform-provider-databricks issue 1586. */
const LIMIT = 50;

/** The storage configurations of the account: root buckets of workspaces. Nobody looks whether there is such a bucket. */
export class StorageConfigurations {
  readonly #conditions: Conditions;
  readonly #held: Configurations<StorageConfiguration>;

  constructor(conditions: Conditions, accountId: string, seeds: readonly StorageConfigurationSeed[]) {
    this.#conditions = conditions;
    const view = (storage: StorageConfiguration) => viewOf(storage, accountId);
    this.#held = new Configurations(conditions, { noun: 'Storage', list: 'storage_configurations', view });
    for (const seed of seeds) this.#held.put({ ...seed, roleArn: undefined, createdAt: conditions.now() });
  }

  has(id: string): boolean {
    return this.#held.find(id) !== undefined;
  }

  /** Whether it exists or did. */
  knew(id: string): boolean {
    return this.#held.knew(id);
  }

  /** POST: 201. Refuses what is malformed, a name that is taken, and the 51st. */
  create(body: Body): Answer {
    onlyKnown(body, ['account_id', 'storage_configuration_name', 'root_bucket_info', 'role_arn']);
    required(body, ['storage_configuration_name', 'root_bucket_info']);
    const name = configurationName(body, 'storage_configuration_name');
    const bucket = objectOf(body, 'root_bucket_info');
    onlyKnown(bucket, ['bucket_name']);
    const bucketName = text(bucket, 'bucket_name');
    const roleArn = optionalText(body, 'role_arn');
    this.#held.refuseTaken(name);
    this.#held.refuseBeyond(LIMIT);
    return this.#held.created({ id: randomUUID(), name, bucketName, roleArn, createdAt: this.#conditions.now() });
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
}

const viewOf = ({ id, name, bucketName, roleArn, createdAt }: StorageConfiguration, accountId: string): Body => ({
  storage_configuration_id: id,
  account_id: accountId,
  root_bucket_info: { bucket_name: bucketName },
  storage_configuration_name: name,
  creation_time: createdAt,
  ...(roleArn === undefined ? {} : { role_arn: roleArn }),
});
