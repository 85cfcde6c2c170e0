import { listOf, name, number, oneOf, text } from './check-fields.ts';
import { checkProcessorConfig, checkState, isDistributed } from './check-state.ts';
import type { StateMachineDefinition } from './definition.ts';
import { checkFields, type Fields, isObject, Place } from './place.ts';

/** A definition that the interpreter will not run, with everything that is wrong with it. */
export class InvalidDefinition extends Error {
  override readonly name = 'InvalidDefinition';
  /** Each with its place in the definition. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the state machine cannot be run: ${problems.join('; ')}`);
    this.problems = problems;
  }
}

/** Says what is wrong with a Task's Resource, or undefined. */
export type ResourceCheck = (resource: string) => string | undefined;

type Json = Readonly<Record<string, unknown>>;

/** What is the same for every block of one definition. */
interface Checking {
  /** State names of all blocks so far: they must differ within the whole definition. */
  readonly names: Set<string>;
  readonly checkResource: ResourceCheck | undefined;
}

const BLOCK: Fields = { StartAt: name, States: () => undefined, Comment: text };

const PROCESSOR: Fields = { ...BLOCK, ProcessorConfig: checkProcessorConfig };

const MACHINE: Fields = {
  ...BLOCK,
  QueryLanguage: oneOf('JSONata'),
  TimeoutSeconds: number(1, 99_999_999),
  Version: oneOf('1.0'),
};

/**
 * Checks a definition once, before anything runs, and answers it typed. Throws InvalidDefinition with every problem:
 * fields, state types, functions and variables that are unknown, anything of JSONPath, targets that do not exist,
 * expressions that do not parse or read what is not there.
 */
export const checkDefinition = (definition: unknown, checkResource?: ResourceCheck): StateMachineDefinition => {
  const problems: string[] = [];
  const at = new Place(problems);
  if (isObject(definition) && definition.QueryLanguage === undefined) {
    at.report('QueryLanguage is missing, which means JSONPath; only JSONata is known');
  }
  checkBlock(definition, at, MACHINE, { names: new Set(), checkResource });
  if (problems.length > 0) throw new InvalidDefinition(problems);
  return definition as StateMachineDefinition;
};

const checkBlock = (value: unknown, at: Place, fields: Fields, checking: Checking): void => {
  if (!checkFields(value, at, fields, ['StartAt', 'States']) || !isObject(value)) return;
  const { StartAt: start, States: states } = value;
  if (!isObject(states)) {
    at.in('States').report('an object is wanted');
    return;
  }
  if (typeof start === 'string' && !Object.hasOwn(states, start))
    at.in('StartAt').report(`there is no state '${start}'`);
  const own = variablesAssignedIn(states);
  for (const each of own) {
    if (at.variables.has(each))
      at.report(`the variable '${each}' exists in an outer scope; it cannot be assigned here`);
  }
  const inside = at.in('States').with({ variables: new Set([...at.variables, ...own]) });
  for (const [key, state] of Object.entries(states)) checkMember(key, state, states, inside.in(key), checking);
};

const checkMember = (key: string, state: unknown, siblings: Json, at: Place, checking: Checking): void => {
  if (key.length > 80) at.report('a state name has at most 80 characters');
  if (checking.names.has(key)) at.report('another state has this name');
  checking.names.add(key);
  checkState(state, at);
  if (!isObject(state)) return;
  for (const target of targetsOf(state))
    if (!Object.hasOwn(siblings, target)) at.report(`there is no state '${target}'`);
  if (state.Type === 'Task') checkTask(state, at, checking);
  if (state.Type === 'Parallel') {
    listOf((branch, here) => checkBlock(branch, here, BLOCK, checking))(state.Branches, at.in('Branches'));
  }
  if (state.Type === 'Map') {
    const here = at.in('ItemProcessor');
    // A child of a Distributed Map is an execution of its own: it does not see the variables outside.
    const inside = isDistributed(state) ? here.with({ variables: new Set() }) : here;
    checkBlock(state.ItemProcessor, inside, PROCESSOR, checking);
  }
};

const checkTask = ({ Resource: resource }: Json, at: Place, { checkResource }: Checking): void => {
  const problem = typeof resource === 'string' ? checkResource?.(resource) : undefined;
  if (problem !== undefined) at.in('Resource').report(problem);
};

const transitionsOf = (state: Json): readonly Json[] =>
  [state, ...[state.Choices, state.Catch].flatMap((list) => (Array.isArray(list) ? list : []))].filter(isObject);

const targetsOf = (state: Json): readonly string[] =>
  [state.Default, ...transitionsOf(state).map((each) => each.Next)].filter((each) => typeof each === 'string');

const variablesAssignedIn = (states: Json): ReadonlySet<string> =>
  new Set(
    Object.values(states)
      .filter(isObject)
      .flatMap(transitionsOf)
      .flatMap((each) => (isObject(each.Assign) ? Object.keys(each.Assign) : [])),
  );
