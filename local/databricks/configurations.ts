import { type Answer, Refusal } from './answer.ts';
import type { Conditions } from './conditions.ts';
import { deleted, stillUsed } from './deletion.ts';
import { listAnswer } from './list-answer.ts';
import { type Body, text } from './request-body.ts';

interface Entry {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
}

interface Kind<T> {
  /** How refusals name it: `Credential`, `Storage`, `Network`. */
  readonly noun: string;
  /** The field of a wrapped list. */
  readonly list: string;
  readonly view: (entry: T) => Body;
}

/** Objects of the account that workspaces refer to. An object that is being removed is still shown, and no more used. */
export class Configurations<T extends Entry> {
  readonly #conditions: Conditions;
  readonly #kind: Kind<T>;
  readonly #entries = new Map<string, T>();
  readonly #goneAt = new Map<string, number>();

  constructor(conditions: Conditions, kind: Kind<T>) {
    this.#conditions = conditions;
    this.#kind = kind;
  }

  /** What can be used; nothing when it is being removed. */
  find(id: string): T | undefined {
    return this.#goneAt.has(id) ? undefined : this.#entries.get(id);
  }

  /** Whether it exists or did. */
  knew(id: string): boolean {
    return this.#entries.has(id);
  }

  /** What is shown, also while it is being removed. */
  all(): readonly T[] {
    const now = this.#conditions.now();
    return [...this.#entries.values()].filter(({ id }) => now < (this.#goneAt.get(id) ?? Number.POSITIVE_INFINITY));
  }

  /** Adds or replaces. */
  put(entry: T): T {
    this.#entries.set(entry.id, entry);
    return entry;
  }

  created(entry: T): Answer {
    return { status: 201, body: this.#kind.view(this.put(entry)) };
  }

  list(): Answer {
    return listAnswer(this.#kind.list, this.views(), this.#conditions.switches().lists);
  }

  views(): readonly Body[] {
    return this.all().map(this.#kind.view);
  }

  get(id: string): Answer {
    return { status: 200, body: this.#kind.view(this.known(id)) };
  }

  /** By id, also while it is being removed; refuses as the account API does. */
  known(id: string): T {
    const entry = this.all().find((known) => known.id === id);
    if (entry !== undefined) return entry;
    throw new Refusal(404, 'NOT_FOUND', `${this.#kind.noun} configuration ${id} does not exist`);
  }

  /** DELETE. Guessed: that asking again for what is being removed is accepted and changes nothing. */
  remove(id: string, usedBy: readonly string[], afterMs: number): Answer {
    const entry = this.known(id);
    const { deleteInUse, deleteBody } = this.#conditions.switches();
    if (usedBy.length > 0) return stillUsed(this.#kind.noun, usedBy, deleteInUse);
    const body = this.#kind.view(entry);
    if (!this.#goneAt.has(id)) this.#goneAt.set(id, this.#conditions.now() + afterMs);
    return deleted(body, deleteBody);
  }

  /** Observed for credentials (terraform-databricks-sra issue 148); the others are worded alike. */
  refuseTaken(name: string): void {
    if (!this.all().some((entry) => entry.name === name)) return;
    const reason = `${this.#kind.noun} configuration name ${name} already exists in this account.`;
    throw new Refusal(400, 'MALFORMED_REQUEST', `${reason} Try again with a unique name.`);
  }

  /** Observed for storage configurations (terraform-provider-databricks issue 1586); the others are worded alike. */
  refuseBeyond(limit: number): void {
    if (this.all().length < limit) return;
    const { noun } = this.#kind;
    const text = `${noun} configuration limit exceeded, only ${limit} ${noun.toLowerCase()} configurations are allowed`;
    throw new Refusal(400, 'INVALID_STATE', text);
  }
}

/** A name of 4 to 256 characters, which the reference pages ask of credentials, storage and networks alike. */
export const configurationName = (body: Body, field: string): string => {
  const name = text(body, field);
  if (name.length >= 4 && name.length <= 256) return name;
  throw new Refusal(400, 'MALFORMED_REQUEST', `${field} must have 4 to 256 characters`);
};
