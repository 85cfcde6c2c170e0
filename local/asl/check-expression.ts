import { expressionIn, parseExpression } from './expression.ts';
import { type Check, isObject, type Place } from './place.ts';
import { JSONATA_FUNCTIONS, STEP_FUNCTIONS_FUNCTIONS } from './query-functions.ts';

/** The parts of the context object that the local run fills. */
const CONTEXT = new Set(['Execution', 'Map', 'State', 'StateMachine']);

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node => isObject(value) && typeof value.type === 'string';

/** The names that one node binds: `:=`, parameters, `@$v` and `#$i`. */
const namesBoundBy = (node: Node): readonly string[] => {
  const variables = node.type === 'bind' ? [node.lhs] : node.type === 'lambda' ? [node.arguments].flat() : [];
  const places = [node.focus, node.index].filter((each) => typeof each === 'string');
  return [...variables.filter(isNode).map((each) => String(each.value)), ...places];
};

/** Every name that the expression itself binds, wherever it does. */
const namesBoundIn = (value: unknown): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [];
  return [...(isNode(value) ? namesBoundBy(value) : []), ...Object.values(value).flatMap(namesBoundIn)];
};

const checkVariable = (name: string, bound: ReadonlySet<string>, at: Place): void => {
  if (name === '' || name === 'states' || bound.has(name) || at.variables.has(name)) return;
  if (name === '$') at.report("reference to '$$' is not supported");
  else if (name === 'eval') at.report('the function $eval does not exist in Step Functions; use $parse');
  else if (!JSONATA_FUNCTIONS.has(name) && !STEP_FUNCTIONS_FUNCTIONS.has(name)) {
    at.report(`$${name} is no function, and no variable that can be read here`);
  }
};

/** `$states.result` and the like: refused where they hold nothing. */
const checkStates = (steps: readonly unknown[], at: Place): void => {
  const [first, second, third] = steps.filter(isNode);
  if (first?.type !== 'variable' || first.value !== 'states' || second?.type !== 'name') return;
  const name = String(second.value);
  if (name !== 'input' && name !== 'context' && !at.seen.has(name)) at.report(`$states.${name} holds nothing here`);
  if (name === 'context' && third?.type === 'name' && !CONTEXT.has(String(third.value))) {
    at.report(`$states.context.${third.value} is not known to the local run`);
  }
};

/** Parts of a node that are evaluated against what the node found, not against the top level. */
const INNER = new Set(['stages', 'predicate', 'group', 'terms', 'pattern', 'update', 'delete']);

/** What reads the context item. */
const BARE: ReadonlySet<unknown> = new Set(['name', 'wildcard', 'descendant']);

/** `top` is true where there is no context item: AWS refuses a bare name there. */
const walk = (value: unknown, top: boolean, bound: ReadonlySet<string>, at: Place): void => {
  if (typeof value !== 'object' || value === null) return;
  const node = value as Node;
  if (node.type === 'variable') checkVariable(String(node.value), bound, at);
  if (top && BARE.has(node.type)) {
    at.report(`reference to '${String(node.value)}' at the top level is not supported; write $states.input`);
  }
  if (node.type === 'path' && Array.isArray(node.steps)) checkStates(node.steps, at);
  for (const [key, each] of Object.entries(node)) {
    if (key === 'steps' && Array.isArray(each))
      each.forEach((step, index) => void walk(step, top && index === 0, bound, at));
    else walk(each, top && !INNER.has(key), bound, at);
  }
};

const problemWith = (error: unknown): string => (isObject(error) ? String(error.message) : String(error));

/** A `{% %}` string: it parses, and reads only what there is. */
export const checkExpression: Check = (value, at) => {
  const text = expressionIn(value);
  if (text === undefined) {
    at.report('an expression {% %} is wanted');
    return;
  }
  try {
    const tree: unknown = parseExpression(text).ast();
    walk(tree, true, new Set(namesBoundIn(tree)), at);
  } catch (error) {
    at.report(`'${text}' is not JSONata: ${problemWith(error)}`);
  }
};

/** Any JSON, with expressions at any depth. */
export const checkTemplate: Check = (value, at) => {
  if (typeof value === 'string') {
    if (expressionIn(value) !== undefined) checkExpression(value, at);
    else if (value.startsWith('{%') || value.endsWith('%}')) at.report('the string is half an expression {% %}');
    return;
  }
  if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) checkTemplate(each, at.in(index));
    return;
  }
  if (!isObject(value)) return;
  for (const [key, each] of Object.entries(value)) {
    if (key.endsWith('.$')) at.report(`the key '${key}' is JSONPath; only JSONata is known`);
    checkTemplate(each, at.in(key));
  }
};
