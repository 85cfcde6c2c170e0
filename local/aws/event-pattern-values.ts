import { isRecord } from './actions.ts';

/** One entry of a pattern's list: it looks at a value, or only at whether there is one. */
export type ValueMatcher =
  | { readonly kind: 'value'; readonly matches: (value: unknown) => boolean }
  | { readonly kind: 'presence'; readonly wanted: boolean };

/** A matcher, or the reason why there is none. */
type Read<T> = T | string;
type Test = (value: unknown) => boolean;

/** Reads one entry of a pattern's list; answers the reason as text when it is not known. */
export const valueMatcher = (wanted: unknown): Read<ValueMatcher> => {
  if (!isRecord(wanted)) return Array.isArray(wanted) ? 'a list within a list is not known' : value(equals(wanted));
  const [name, ...others] = Object.keys(wanted);
  if (name === undefined || others.length > 0) return 'a comparison must have exactly one operator';
  const operand = wanted[name];
  if (name === 'exists') {
    return typeof operand === 'boolean' ? { kind: 'presence', wanted: operand } : 'exists must be true or false';
  }
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (operator === undefined) return `the local run does not know the operator ${name}`;
  const test = operator(operand);
  return typeof test === 'string' ? test : value(test);
};

const value = (matches: Test): ValueMatcher => ({ kind: 'value', matches });

/** Numbers equal by value, everything else by type and value; `null` only matches null. */
const equals =
  (wanted: unknown): Test =>
  (actual) =>
    actual === wanted;

const onText =
  (test: (actual: string) => boolean): Test =>
  (actual) =>
    typeof actual === 'string' && test(actual);

/** The text in `{"equals-ignore-case": text}`; empty for anything else. */
const ignoringCase = (operand: unknown): string => {
  const wanted = isRecord(operand) && Object.keys(operand).length === 1 ? operand['equals-ignore-case'] : undefined;
  return typeof wanted === 'string' ? wanted : '';
};

/** `prefix` and `suffix`: text, or text whose case does not matter. */
const affix =
  (name: string, test: (actual: string, wanted: string) => boolean) =>
  (operand: unknown): Read<Test> => {
    if (typeof operand === 'string' && operand !== '') return onText((actual) => test(actual, operand));
    const folded = ignoringCase(operand).toLowerCase();
    if (folded !== '') return onText((actual) => test(actual.toLowerCase(), folded));
    return `${name} must be text, or {"equals-ignore-case": text}`;
  };

const prefix = affix('prefix', (actual, wanted) => actual.startsWith(wanted));
const suffix = affix('suffix', (actual, wanted) => actual.endsWith(wanted));

const equalsIgnoreCase = (operand: unknown): Read<Test> => {
  if (typeof operand !== 'string') return 'equals-ignore-case must be text';
  return onText((actual) => actual.toLowerCase() === operand.toLowerCase());
};

/** `*` stands for any characters, `\*` and `\\` for themselves; two stars in a row are refused ("Wildcard matching"). */
const wildcard = (operand: unknown): Read<Test> => {
  if (typeof operand !== 'string') return 'wildcard must be text';
  const tokens: readonly string[] = operand.match(/\\[*\\]|\*|[^*\\]+|\\/g) ?? [];
  if (tokens.includes('\\')) return 'wildcard knows only \\* and \\\\';
  if (tokens.some((token, index) => token === '*' && tokens[index + 1] === '*')) return 'wildcard has ** in it';
  const source = tokens.map((token) => (token === '*' ? '.*' : escapeRegExp(token.replace(/^\\/, '')))).join('');
  const whole = new RegExp(`^${source}$`, 's');
  return onText((actual) => whole.test(actual));
};

const escapeRegExp = (literal: string): string => literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/** `["=", 5]`, or a range such as `[">", 0, "<=", 5]`. */
const numeric = (operand: unknown): Read<Test> => {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) {
    return 'numeric must be a list of one or two comparisons';
  }
  const tests: ((actual: number) => boolean)[] = [];
  for (let at = 0; at < operand.length; at += 2) {
    const compare = COMPARE[String(operand[at])];
    const bound: unknown = operand[at + 1];
    if (compare === undefined || typeof bound !== 'number') return 'numeric compares by = < <= > >= with a number';
    tests.push((actual) => compare(actual, bound));
  }
  return (actual) => typeof actual === 'number' && tests.every((test) => test(actual));
};

/** One or several texts, each read by `read`. */
const eachText = (operand: unknown, read: (text: unknown) => Read<Test>): Read<readonly Test[]> => {
  const all = Array.isArray(operand) ? operand : [operand];
  if (all.length === 0) return 'anything-but has an empty list';
  const tests: Test[] = [];
  for (const each of all) {
    const test = read(each);
    if (typeof test === 'string') return test;
    tests.push(test);
  }
  return tests;
};

const isPlain = (operand: unknown): boolean => typeof operand === 'string' || typeof operand === 'number';

const INSIDE_ANYTHING_BUT: Readonly<Record<string, (operand: unknown) => Read<Test>>> = {
  prefix,
  suffix,
  wildcard,
  'equals-ignore-case': equalsIgnoreCase,
};

/** Not this value, none of these values, or not matching this prefix, suffix, wildcard or text in any case. */
const anythingBut = (operand: unknown): Read<Test> => {
  const tests = isRecord(operand) ? negated(operand) : eachText(operand, plain);
  if (typeof tests === 'string') return tests;
  return (actual) => !tests.some((test) => test(actual));
};

const plain = (operand: unknown): Read<Test> =>
  isPlain(operand) ? equals(operand) : 'anything-but must hold text or numbers';

const negated = (operand: Readonly<Record<string, unknown>>): Read<readonly Test[]> => {
  const [name, ...others] = Object.keys(operand);
  const read = name !== undefined && Object.hasOwn(INSIDE_ANYTHING_BUT, name) ? INSIDE_ANYTHING_BUT[name] : undefined;
  if (name === undefined || read === undefined || others.length > 0) {
    return `the local run does not know anything-but with ${Object.keys(operand).join(', ')}`;
  }
  return eachText(operand[name], read);
};

const OPERATORS: Readonly<Record<string, (operand: unknown) => Read<Test>>> = {
  prefix,
  suffix,
  wildcard,
  numeric,
  'equals-ignore-case': equalsIgnoreCase,
  'anything-but': anythingBut,
};
