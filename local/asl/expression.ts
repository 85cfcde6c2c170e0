import jsonata from 'jsonata';
import { STATES_ERROR, StateFailure } from './failure.ts';
import { queryFunctions } from './query-functions.ts';

/** What an expression may read: `$states` and the variables, as they were when the state was entered. */
export interface Readable {
  readonly states: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** AWS refuses expressions that nest deeper than 100 levels or run longer than a few seconds. */
const LIMITS = { stack: 100, timeout: 5_000 };

/** The text between `{%` and `%}`, or undefined when the value is not an expression. */
export const expressionIn = (value: unknown): string | undefined =>
  typeof value === 'string' && value.startsWith('{%') && value.endsWith('%}') ? value.slice(2, -2).trim() : undefined;

/** The parsed expression. Throws jsonata's error when it is not JSONata. */
export const parseExpression = (text: string): jsonata.Expression => jsonata(text, LIMITS);

/** Sequences of jsonata become plain JSON; what JSON has no form for is refused. */
const toJson = (value: unknown): unknown => {
  if (typeof value === 'function') throw new Error('a function is not JSON');
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(toJson);
  if ('_jsonata_lambda' in value || '_jsonata_function' in value) throw new Error('a function is not JSON');
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => (each === undefined ? [] : [[key, toJson(each)]])),
  );
};

const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);

/** Evaluates JSONata as Step Functions does, on the time and randomness that it was given. */
export class Expressions {
  readonly #now: () => number;
  readonly #functions: Readonly<Record<string, unknown>>;
  readonly #parsed = new Map<string, jsonata.Expression>();
  readonly #formatted = jsonata('$fromMillis($at, $picture, $zone)');

  constructor(now: () => number, random: () => number) {
    this.#now = now;
    this.#functions = queryFunctions(random);
  }

  /**
   * Evaluates every `{% %}` string in the template, at any depth. `field` names the template in failures, as AWS does:
   * `Output`, `Arguments/Payload/id`. Fails with States.QueryEvaluationError when an expression fails or finds nothing.
   */
  async fill(template: unknown, field: string, readable: Readable): Promise<unknown> {
    const text = expressionIn(template);
    if (text !== undefined) return this.#evaluate(text, field, readable);
    if (typeof template !== 'object' || template === null) return template;
    if (Array.isArray(template)) {
      return Promise.all(template.map((each, at) => this.fill(each, `${field}[${at}]`, readable)));
    }
    const filled = Object.entries(template).map(
      async ([key, each]) => [key, await this.fill(each, `${field}/${key}`, readable)] as const,
    );
    return Object.fromEntries(await Promise.all(filled));
  }

  async #evaluate(text: string, field: string, { states, variables }: Readable): Promise<unknown> {
    const at = this.#now();
    const bindings = {
      ...this.#functions,
      millis: () => at,
      now: (picture?: string, zone?: string) => this.#formatted.evaluate(undefined, { at, picture, zone }),
      ...variables,
      states,
    };
    let value: unknown;
    try {
      value = toJson(await this.#parse(text).evaluate(undefined, bindings));
    } catch (error) {
      const told = `The JSONata expression '${text}' specified for the field '${field}' threw an error during evaluation. ${messageOf(error)}`;
      throw new StateFailure(STATES_ERROR.queryEvaluationError, told, field);
    }
    if (value !== undefined) return value;
    const told = `The JSONata expression '${text}' specified for the field '${field}' returned nothing (undefined).`;
    throw new StateFailure(STATES_ERROR.queryEvaluationError, told, field);
  }

  #parse(text: string): jsonata.Expression {
    const known = this.#parsed.get(text);
    if (known !== undefined) return known;
    const parsed = parseExpression(text);
    this.#parsed.set(text, parsed);
    return parsed;
  }
}
