import { randomUUID } from 'node:crypto';
import { type Answer, Refusal } from './answer.ts';
import type { Conditions } from './conditions.ts';
import { deleted, stillUsed } from './deletion.ts';
import { listAnswer } from './list-answer.ts';
import { type Body, onlyKnown, optionalFlag, optionalObject, optionalText, required } from './request-body.ts';
import type { KeyConfigurationSeed, UseCase } from './seed.ts';
import type { Violations } from './violations.ts';

interface KeyConfiguration {
  readonly id: string;
  readonly createdAt: number;
  readonly useCases: readonly UseCase[];
  readonly keyArn: string;
  readonly region: string;
  readonly alias: string | undefined;
  readonly reuseKeyForClusterVolumes: boolean;
}

/** Fixed limit per account, managed services and storage together (resource limits page). */
const MAX_KEY_CONFIGURATIONS = 110;

const KEY_ARN = /^arn:aws(?:-us-gov|-cn)?:kms:([a-z0-9-]+):\d{12}:key\/[A-Za-z0-9-]+$/;
const USE_CASES: readonly unknown[] = ['MANAGED_SERVICES', 'STORAGE'];
const KEPT_MS = 24 * 60 * 60_000;

/** The customer-managed key configurations of the account. They cannot be edited. */
export class KeyConfigurations {
  readonly #conditions: Conditions;
  readonly #accountId: string;
  readonly #violations: Violations;
  readonly #configurations = new Map<string, KeyConfiguration>();
  readonly #left = new Map<string, number>();

  constructor(
    conditions: Conditions,
    accountId: string,
    seeds: readonly KeyConfigurationSeed[],
    violations: Violations,
  ) {
    this.#conditions = conditions;
    this.#accountId = accountId;
    this.#violations = violations;
    for (const seed of seeds) this.#configurations.set(seed.id, fromSeed(seed, conditions.now()));
  }

  find(id: string): KeyConfiguration | undefined {
    return this.#configurations.get(id);
  }

  /** A workspace left this configuration at `at`: it should live 24 hours more. */
  left(id: string, at: number): void {
    this.#left.set(id, at);
  }

  /** POST: 201. Refuses what is missing or malformed, the 111th, and by switch the ARN that is already there. */
  create(body: Body): Answer {
    const wanted = this.#parse(body);
    const duplicate = [...this.#configurations.values()].find(({ keyArn }) => keyArn === wanted.keyArn);
    const rule = this.#conditions.switches().duplicateKey;
    if (duplicate !== undefined && rule === 'return-existing') return { status: 201, body: this.#view(duplicate) };
    if (duplicate !== undefined && rule === 'conflict') {
      throw new Refusal(409, 'ALREADY_EXISTS', `Customer managed key ${wanted.keyArn} already exists`);
    }
    if (this.#configurations.size >= MAX_KEY_CONFIGURATIONS) {
      // Worded after the limit of storage configurations, which was observed; this one was not.
      const text = `Customer managed key limit exceeded, only ${MAX_KEY_CONFIGURATIONS} customer managed keys are allowed`;
      throw new Refusal(400, 'INVALID_STATE', text);
    }
    this.#configurations.set(wanted.id, wanted);
    return { status: 201, body: this.#view(wanted) };
  }

  list(): Answer {
    return listAnswer('customer_managed_keys', this.views(), this.#conditions.switches().lists);
  }

  views(): readonly Body[] {
    return [...this.#configurations.values()].map((configuration) => this.#view(configuration));
  }

  get(id: string): Answer {
    return { status: 200, body: this.#view(this.#known(id)) };
  }

  /** DELETE: 409 while a workspace uses it. */
  remove(id: string, usedBy: readonly string[]): Answer {
    const configuration = this.#known(id);
    const { deleteInUse, deleteBody } = this.#conditions.switches();
    if (usedBy.length > 0) return stillUsed(`customer managed key ${id}`, usedBy, deleteInUse);
    this.#noteIfEarly(id);
    this.#configurations.delete(id);
    return deleted(this.#view(configuration), deleteBody);
  }

  #noteIfEarly(id: string): void {
    const now = this.#conditions.now();
    const leftAt = this.#left.get(id);
    if (leftAt === undefined || now - leftAt >= KEPT_MS) return;
    const minutes = Math.floor((now - leftAt) / 60_000);
    const text = `key configuration ${id} was deleted ${minutes} min after a workspace left it; it should live 24 h`;
    this.#violations.note({ at: now, workspaceId: null, kind: 'deleted-too-early', text });
  }

  #known(id: string): KeyConfiguration {
    const configuration = this.#configurations.get(id);
    if (configuration !== undefined) return configuration;
    throw new Refusal(404, 'NOT_FOUND', `Customer managed key ${id} does not exist`);
  }

  #parse(body: Body): KeyConfiguration {
    onlyKnown(body, ['account_id', 'use_cases', 'aws_key_info']);
    required(body, ['use_cases', 'aws_key_info']);
    const info = optionalObject(body, 'aws_key_info') ?? {};
    onlyKnown(info, ['key_arn', 'key_alias', 'key_region', 'reuse_key_for_cluster_volumes']);
    required(info, ['key_arn']);
    const keyArn = optionalText(info, 'key_arn') ?? '';
    const region = KEY_ARN.exec(keyArn)?.[1];
    if (region === undefined) throw new Refusal(400, 'MALFORMED_REQUEST', `Invalid key ARN: ${keyArn}`);
    const given = optionalText(info, 'key_region');
    if (given !== undefined && given !== region) {
      throw new Refusal(400, 'MALFORMED_REQUEST', `key_region ${given} does not match the key ARN's region ${region}`);
    }
    return {
      id: randomUUID(),
      createdAt: this.#conditions.now(),
      useCases: useCases(body.use_cases),
      keyArn,
      region,
      alias: optionalText(info, 'key_alias'),
      // "If this is set to true or omitted, the key is also used to encrypt cluster EBS volumes."
      reuseKeyForClusterVolumes: optionalFlag(info, 'reuse_key_for_cluster_volumes') ?? true,
    };
  }

  #view(configuration: KeyConfiguration): Body {
    const { alias, useCases: cases } = configuration;
    return {
      customer_managed_key_id: configuration.id,
      account_id: this.#accountId,
      creation_time: configuration.createdAt,
      use_cases: cases,
      aws_key_info: {
        key_arn: configuration.keyArn,
        ...(alias === undefined ? {} : { key_alias: alias }),
        key_region: configuration.region,
        ...(cases.includes('STORAGE')
          ? { reuse_key_for_cluster_volumes: configuration.reuseKeyForClusterVolumes }
          : {}),
      },
    };
  }
}

const useCases = (given: unknown): readonly UseCase[] => {
  const valid = Array.isArray(given) && given.length > 0 && given.every((useCase) => USE_CASES.includes(useCase));
  if (!valid) {
    throw new Refusal(400, 'MALFORMED_REQUEST', 'use_cases must name MANAGED_SERVICES, STORAGE or both');
  }
  return [...new Set(given as readonly UseCase[])];
};

const fromSeed = (seed: KeyConfigurationSeed, now: number): KeyConfiguration => ({
  id: seed.id,
  createdAt: seed.createdAt ?? now,
  useCases: seed.useCases,
  keyArn: seed.keyArn,
  region: KEY_ARN.exec(seed.keyArn)?.[1] ?? refuseSeed(seed),
  alias: seed.alias,
  reuseKeyForClusterVolumes: seed.reuseKeyForClusterVolumes ?? true,
});

const refuseSeed = (seed: KeyConfigurationSeed): never => {
  throw new Error(`key configuration ${seed.id} of the seed has ${seed.keyArn}, which is not the ARN of a KMS key`);
};
