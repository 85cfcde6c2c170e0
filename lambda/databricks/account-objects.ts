import { FAILURE } from '../contract/failures.ts';
import { pathSegment } from './base-url.ts';
import { DatabricksError } from './databricks-error.ts';
import type { Field } from './field.ts';
import type { DatabricksCall, DatabricksHttp } from './http.ts';
import { provisioningFailure } from './provisioning-failure.ts';
import { type Asked, provisioningRefusal } from './provisioning-refusal.ts';
import { readCreation } from './read-creation.ts';
import { ifStillThere, isMissing } from './still-there.ts';

/** One kind of thing that a Databricks account has. */
export interface ObjectKind<T> {
  /** Last segment of its path: `storage-configurations`. */
  readonly segment: string;
  /** What a list of them is called in messages, and its member where Databricks wraps it in an object. */
  readonly list: string;
  /** What one is called in messages about an answer: `storage_configuration`. */
  readonly answer: string;
  /** What people call it: `storage configuration`. */
  readonly noun: string;
  readonly is: 'configuration' | 'workspace';
  readonly parse: (answer: Field) => T;
}

/** Things of one kind over the Account API. They have ids and names, and are created and deleted as a whole. */
export class AccountObjects<T> {
  readonly #http: DatabricksHttp;
  readonly #kind: ObjectKind<T>;
  readonly #path: string;

  constructor(http: DatabricksHttp, accountId: string, kind: ObjectKind<T>) {
    this.#http = http;
    this.#kind = kind;
    this.#path = `/api/2.0/accounts/${pathSegment(accountId)}/${kind.segment}`;
  }

  /** All of them: Databricks does not page. */
  async list(): Promise<readonly T[]> {
    const { list, parse } = this.#kind;
    return itemsOf(await this.#http.request({ method: 'GET', path: this.#path, answer: list }), list).map(parse);
  }

  /** What Databricks answers for one, unread. Fails with DatabricksNotFound. */
  async read(id: string): Promise<Field> {
    return this.#http.request({ method: 'GET', path: this.#pathOf(id), answer: this.#kind.answer });
  }

  /** Fails with ConfigurationNotFound, and with DatabricksNotFound where the account id is wrong. */
  async get(id: string): Promise<T> {
    try {
      return this.#kind.parse(await this.read(id));
    } catch (error) {
      throw isMissing(error) ? this.#failure(FAILURE.configurationNotFound, id, error) : error;
    }
  }

  /** Sends a creation once. Fails with DatabricksOutcomeUnknown also where the answer came and could not be read. */
  async create(name: string, body: unknown): Promise<T> {
    const { answer, noun, parse } = this.#kind;
    const send = () => this.#sendFor('create', name, { method: 'POST', path: this.#path, body, answer });
    return readCreation(`${noun} '${name}'`, async () => parse(await send()));
  }

  /** Asks again where an answer was lost. Succeeds if it is gone already. */
  async delete(id: string): Promise<void> {
    const path = this.#pathOf(id);
    const call = { method: 'DELETE', path, repeatable: true, answer: this.#kind.answer } as const;
    await ifStillThere(() => this.#sendFor('delete', id, call));
  }

  #pathOf(id: string): string {
    return `${this.#path}/${pathSegment(id)}`;
  }

  async #sendFor(verb: 'create' | 'delete', what: string, call: DatabricksCall): Promise<Field> {
    const asked: Asked = `${verb} ${this.#kind.is}`;
    try {
      return await this.#http.request(call);
    } catch (error) {
      const name = error instanceof DatabricksError ? provisioningRefusal(asked, error) : undefined;
      throw name === undefined ? error : this.#failure(name, what, error);
    }
  }

  #failure(name: Parameters<typeof provisioningFailure>[0], what: string, cause: unknown): Error {
    return provisioningFailure(name, `${this.#kind.noun} '${what}'`, cause, this.#http.baseUrl);
  }
}

/**
 * Items of a list that Databricks sends bare, or as the `member` of an object that it leaves out where there are none.
 * An object that has a list of another name is refused: to take it for an empty one would hide what stands.
 */
const itemsOf = (answer: Field, member: string): readonly Field[] => {
  if (answer.isList) return answer.items();
  const wrapped = answer.at(member);
  const hasOtherList = Object.values(answer.raw as object).some(Array.isArray);
  return hasOtherList ? wrapped.items() : (wrapped.optional((field) => field.items()) ?? []);
};
