import { checkExpression, checkTemplate } from './check-expression.ts';
import { expressionIn } from './expression.ts';
import { STATES_ERROR } from './failure.ts';
import { type Check, checkFields, type Fields, isObject } from './place.ts';

/** Any string. */
export const text: Check = (value, at) => {
  if (typeof value !== 'string') at.report('a string is wanted');
};

/** A string that is not empty. */
export const name: Check = (value, at) => {
  if (typeof value !== 'string' || value === '') at.report('a name is wanted');
};

/** One of a few strings. */
export const oneOf =
  (...known: readonly string[]): Check =>
  (value, at) => {
    if (typeof value !== 'string' || !known.includes(value))
      at.report(`${JSON.stringify(value)} is not ${known.join(' or ')}`);
  };

/** A number in a range; whole unless said otherwise. */
export const number =
  (least: number, most: number, { fraction = false } = {}): Check =>
  (value, at) => {
    if (typeof value !== 'number' || (!fraction && !Number.isInteger(value)) || value < least || value > most) {
      at.report(`${JSON.stringify(value)} is not a number from ${least} to ${most}`);
    }
  };

/** Either an expression, or what `check` takes. */
export const orExpression =
  (check: Check): Check =>
  (value, at) => {
    if (expressionIn(value) !== undefined) checkExpression(value, at);
    else check(value, at);
  };

/** A list with at least one member. */
export const listOf =
  (check: Check): Check =>
  (value, at) => {
    if (!Array.isArray(value) || value.length === 0) {
      at.report('a list with members is wanted');
      return;
    }
    for (const [index, each] of value.entries()) check(each, at.in(index));
  };

/** New values for variables, by name. `states` is reserved. */
export const checkAssign: Check = (value, at) => {
  if (!isObject(value)) {
    at.report('an object is wanted');
    return;
  }
  for (const variable of Object.keys(value)) {
    if (variable === 'states') at.report("the variable name 'states' is reserved");
    else if (!/^[\p{L}_][\p{L}\p{N}_]{0,79}$/u.test(variable)) at.report(`'${variable}' cannot be a variable's name`);
  }
  checkTemplate(value, at);
};

/** Error names beginning with `States.` belong to Step Functions; these are the ones there are. */
const RESERVED = new Set<string>([
  ...Object.values(STATES_ERROR),
  'States.BranchFailed',
  'States.Http.Socket',
  'States.IntrinsicFailure',
  'States.ItemReaderFailed',
  'States.NoChoiceMatched',
  'States.ParameterPathFailure',
  'States.Permissions',
  'States.ResultPathMatchFailure',
  'States.ResultWriterFailed',
]);

const errorEquals: Check = (value, at) => {
  listOf((each, member) => {
    name(each, member);
    if (typeof each === 'string' && each.startsWith('States.') && !RESERVED.has(each)) {
      member.report(`Step Functions has no error '${each}'`);
    }
  })(value, at);
  if (Array.isArray(value) && value.length > 1 && value.includes(STATES_ERROR.all)) {
    at.report(`${STATES_ERROR.all} must stand alone`);
  }
};

const RETRIER: Fields = {
  ErrorEquals: errorEquals,
  IntervalSeconds: number(1, 99_999_999),
  BackoffRate: number(1, 99_999_999, { fraction: true }),
  MaxAttempts: number(0, 99_999_999),
  MaxDelaySeconds: number(1, 31_622_400),
  JitterStrategy: oneOf('FULL', 'NONE'),
  Comment: text,
};

/** The list's catch-all must come last, or what follows it never counts. */
const allComesLast: Check = (value, at) => {
  if (!Array.isArray(value)) return;
  for (const [index, each] of value.entries()) {
    const names: unknown = isObject(each) ? each.ErrorEquals : undefined;
    if (Array.isArray(names) && names.includes(STATES_ERROR.all) && index < value.length - 1) {
      at.in(index).report(`${STATES_ERROR.all} must come last`);
    }
  }
};

/** A Retry field. */
export const checkRetry: Check = (value, at) => {
  listOf((each, member) => {
    checkFields(each, member, RETRIER, ['ErrorEquals']);
    if (!isObject(each) || typeof each.MaxDelaySeconds !== 'number') return;
    const interval = typeof each.IntervalSeconds === 'number' ? each.IntervalSeconds : 1;
    if (each.MaxDelaySeconds <= interval) member.report('MaxDelaySeconds must be greater than IntervalSeconds');
  })(value, at);
  allComesLast(value, at);
};

/** A Catch field. Its Output and Assign are the only places that read `$states.errorOutput`. */
export const checkCatch: Check = (value, at) => {
  const fields = {
    ErrorEquals: errorEquals,
    Next: name,
    Output: checkTemplate,
    Assign: checkAssign,
    Comment: text,
  };
  listOf((each, member) =>
    checkFields(each, member.with({ seen: new Set(['errorOutput']) }), fields, ['ErrorEquals', 'Next']),
  )(value, at);
  allComesLast(value, at);
};
