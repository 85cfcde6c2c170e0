import { FAILURE } from '../contract/failures.ts';
import { AutomationError } from '../domain/failure.ts';
import { oneLine } from '../domain/one-line.ts';

const kindOf = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? 'text' : `a ${typeof value}`;
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * One place in an answer. Reading it as something it is not fails with DatabricksAnswerUnreadable, which names the
 * request and the place (`workspaces[3].workspace_id: found nothing, wanted an id`) and never the value found.
 */
export class Field {
  readonly #value: unknown;
  readonly #place: string;
  readonly #request: string;

  constructor(value: unknown, place: string, request: string) {
    this.#value = value;
    this.#place = place;
    this.#request = request;
  }

  /** The value as it was parsed. For carrying it along unread. */
  get raw(): unknown {
    return this.#value;
  }

  get isList(): boolean {
    return Array.isArray(this.#value);
  }

  /** A member of an object; may turn out to hold nothing. */
  at(name: string): Field {
    if (!isRecord(this.#value)) throw this.#wrong('an object');
    return new Field(this.#value[name], `${this.#place}.${name}`, this.#request);
  }

  items(): readonly Field[] {
    if (!Array.isArray(this.#value)) throw this.#wrong('a list');
    return this.#value.map((item, index) => new Field(item, `${this.#place}[${index}]`, this.#request));
  }

  text(): string {
    if (typeof this.#value !== 'string') throw this.#wrong('text');
    return this.#value;
  }

  /** Text for people to read, such as a name that somebody gave: without line breaks and control characters. */
  line(): string {
    return oneLine(this.text());
  }

  /** Text, or undefined where there is nothing, null or '': protobuf-backed services write '' for an unset field. */
  filled(): string | undefined {
    const text = this.optional((field) => field.text());
    return text === '' ? undefined : text;
  }

  /** A non-empty id. Numbers come as decimal strings; one that a number could have rounded is refused. */
  id(): string {
    if (typeof this.#value === 'string' && this.#value !== '') return this.#value;
    if (Number.isSafeInteger(this.#value)) return String(this.#value);
    throw this.#wrong('an id');
  }

  /** A whole number, also where it came as decimal text. */
  integer(): number {
    const number = typeof this.#value === 'string' && /^-?\d+$/.test(this.#value) ? Number(this.#value) : this.#value;
    if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
    throw this.#wrong('a whole number');
  }

  flag(): boolean {
    if (typeof this.#value !== 'boolean') throw this.#wrong('true or false');
    return this.#value;
  }

  /** Undefined where there is nothing or null, else what `read` makes of it. */
  optional<T>(read: (field: Field) => T): T | undefined {
    return this.#value === undefined || this.#value === null ? undefined : read(this);
  }

  #wrong(wanted: string): AutomationError {
    return new AutomationError(
      FAILURE.databricksAnswerUnreadable,
      `${this.#request}: ${this.#place}: found ${kindOf(this.#value)}, wanted ${wanted}`,
    );
  }
}
