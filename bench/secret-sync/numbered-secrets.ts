import type { SecretSource } from '../../lambda/app/secret-ports.ts';
import type { ReadOutcome, SourceSecret } from '../../lambda/domain/secret.ts';
import { Sensitive } from '../../lambda/domain/sensitive.ts';
import { arnOf } from '../../test/app/secret-fakes.ts';

export interface NumberedSecretsOptions {
  readonly count: number;
  /** Length of each value. */
  readonly bytes: number;
  /** The secret of this number has a `@` in its key, which a server that heeds the Secrets API's 2.0 page refuses. */
  readonly odd?: number;
}

/** Secrets Manager returns at most 100 secrets a page. */
const PAGE = 100;

/**
 * Secrets `app/key-0000`, `app/key-0001` and so on. A value is made when it is asked for and kept by nobody, so that
 * what a sync holds can be measured.
 */
export class NumberedSecrets implements SecretSource {
  /** Names of the keys that a scope is to have, in order. */
  readonly keys: readonly string[];
  readonly #bytes: number;
  readonly #versions: number[];
  readonly #nextPage: () => Promise<void>;

  /** `nextPage` is awaited for every page of a list after the first. */
  constructor({ count, bytes, odd }: NumberedSecretsOptions, nextPage: () => Promise<void>) {
    this.keys = Array.from(
      { length: count },
      (_, index) => `key${index === odd ? '@' : '-'}${`${index}`.padStart(4, '0')}`,
    );
    this.#bytes = bytes;
    this.#versions = Array.from({ length: count }, () => 1);
    this.#nextPage = nextPage;
  }

  /** Gives one secret a new value. */
  change(key: string): void {
    const index = this.#indexOf(key);
    this.#versions[index] = this.#version(index) + 1;
  }

  value(key: string): string {
    const text = `${key} v${this.#version(this.#indexOf(key))} `;
    // Through a buffer: a string that was padded or repeated takes no room until somebody reads it.
    return Buffer.alloc(this.#bytes, text).toString('latin1');
  }

  async list(): Promise<readonly SourceSecret[]> {
    for (let seen = PAGE; seen < this.keys.length; seen += PAGE) await this.#nextPage();
    return this.keys.map((key, index) => this.#metadata(key, index));
  }

  async describe(id: string): Promise<SourceSecret | 'gone'> {
    const key = this.#keyOf(id);
    return key === undefined ? 'gone' : this.#metadata(key, this.#indexOf(key));
  }

  async read(arns: readonly string[]): Promise<ReadonlyMap<string, ReadOutcome>> {
    return new Map(arns.map((arn) => [arn, this.#read(arn)]));
  }

  #read(arn: string): ReadOutcome {
    const key = this.#keyOf(arn);
    if (key === undefined) throw new Error(`no secret ${arn}`);
    const versionId = `v${this.#version(this.#indexOf(key))}`;
    return { kind: 'read', versionId, value: { kind: 'text', text: new Sensitive(this.value(key)) } };
  }

  #metadata(key: string, index: number): SourceSecret {
    const versionId = `v${this.#version(index)}`;
    return { arn: arnOfKey(key), name: nameOf(key), tags: new Map(), versionId, deletionScheduled: false };
  }

  #keyOf(id: string): string | undefined {
    return this.keys[Number(/key[-@](\d+)/.exec(id)?.[1])];
  }

  #indexOf(key: string): number {
    const index = Number(key.slice('key-'.length));
    if (this.keys[index] !== key) throw new Error(`no secret ${key}`);
    return index;
  }

  #version(index: number): number {
    return this.#versions[index] ?? 1;
  }
}

const nameOf = (key: string): string => `app/${key}`;

export const arnOfKey = (key: string): string => arnOf(nameOf(key));
