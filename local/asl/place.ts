/** Says what is wrong with a value by reporting to its place. */
export type Check = (value: unknown, at: Place) => void;

/** How the fields of an object are checked; a field that is not in the table is unknown. */
export type Fields = Readonly<Record<string, Check>>;

/** A spot in a definition: where problems are reported, and which names an expression may read there. */
export class Place {
  readonly path: string;
  /** Variables that can be read here. */
  readonly variables: ReadonlySet<string>;
  /** What `$states` holds here. */
  readonly seen: ReadonlySet<string>;
  readonly #problems: string[];

  constructor(
    problems: string[],
    {
      path = '',
      variables = new Set<string>(),
      seen = new Set<string>(),
    }: Partial<Pick<Place, 'path' | 'variables' | 'seen'>> = {},
  ) {
    this.#problems = problems;
    this.path = path;
    this.variables = variables;
    this.seen = seen;
  }

  /** The place of a member. */
  in(key: string | number): Place {
    return this.with({ path: `${this.path}/${key}` });
  }

  /** The same place, seen otherwise. */
  with(change: Partial<Pick<Place, 'path' | 'variables' | 'seen'>>): Place {
    return new Place(this.#problems, { path: this.path, variables: this.variables, seen: this.seen, ...change });
  }

  report(problem: string): void {
    this.#problems.push(`${this.path === '' ? '/' : this.path}: ${problem}`);
  }
}

/** Whether the value is a JSON object. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Fields of JSONPath: known by name, so that the refusal can say what they are. */
const JSONPATH = new Set(['InputPath', 'OutputPath', 'ResultPath', 'ResultSelector', 'Parameters', 'Result']);

/** Reports fields that are unknown or missing, and checks the rest. Answers whether the value is an object. */
export const checkFields = (value: unknown, at: Place, fields: Fields, required: readonly string[] = []): boolean => {
  if (!isObject(value)) {
    at.report('an object is wanted');
    return false;
  }
  for (const [key, each] of Object.entries(value)) {
    const check = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (check !== undefined) check(each, at.in(key));
    else if (JSONPATH.has(key) || key.endsWith('Path'))
      at.report(`the field '${key}' is JSONPath; only JSONata is known`);
    else at.report(`the field '${key}' is not known here`);
  }
  for (const key of required) if (!Object.hasOwn(value, key)) at.report(`the field '${key}' is missing`);
  return true;
};
