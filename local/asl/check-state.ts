import { checkExpression, checkTemplate } from './check-expression.ts';
import {
  checkAssign,
  checkCatch,
  checkRetry,
  listOf,
  name,
  number,
  oneOf,
  orExpression,
  text,
} from './check-fields.ts';
import { isTimestamp } from './flow-states.ts';
import { type Check, checkFields, type Fields, isObject } from './place.ts';

const RESULT = new Set(['result']);

/** Output and Assign of a state that has a result. */
const afterResult =
  (check: Check): Check =>
  (value, at) =>
    check(value, at.with({ seen: RESULT }));

const COMMON: Fields = {
  Type: text,
  Comment: text,
  QueryLanguage: oneOf('JSONata'),
};

const ONWARD: Fields = {
  Next: name,
  End: (value, at) => {
    if (value !== true) at.report('true is wanted');
  },
};

const GUARDED: Fields = {
  ...COMMON,
  ...ONWARD,
  Output: afterResult(checkTemplate),
  Assign: afterResult(checkAssign),
  Retry: checkRetry,
  Catch: checkCatch,
};

const PLAIN: Fields = { ...COMMON, ...ONWARD, Output: checkTemplate, Assign: checkAssign };

const timestamp: Check = (value, at) => {
  if (!isTimestamp(value)) at.report(`${JSON.stringify(value)} is not a time such as 2026-01-31T12:00:00Z`);
};

const RULE: Fields = {
  Condition: (value, at) => {
    if (typeof value !== 'boolean') checkExpression(value, at);
  },
  Next: name,
  Output: checkTemplate,
  Assign: checkAssign,
  Comment: text,
};

const items: Check = (value, at) => {
  if (!Array.isArray(value) && !isObject(value)) checkExpression(value, at);
  else checkTemplate(value, at);
};

const label: Check = (value, at) => {
  if (typeof value !== 'string' || !/^[0-9A-Za-z_-]{1,40}$/.test(value)) {
    at.report(`${JSON.stringify(value)} is not a label of 1 to 40 letters, digits, - and _`);
  }
};

/** Fields that only a Distributed Map has. */
const DISTRIBUTED_ONLY = ['ToleratedFailurePercentage', 'ToleratedFailureCount', 'Label'];

const MAP: Fields = {
  ...GUARDED,
  Items: items,
  ItemSelector: checkTemplate,
  ItemProcessor: () => undefined,
  MaxConcurrency: orExpression(number(0, 99_999_999)),
  ToleratedFailurePercentage: orExpression(number(0, 100)),
  ToleratedFailureCount: orExpression(number(0, 10_000_000)),
  Label: label,
};

const PROCESSOR_CONFIG: Fields = { Mode: oneOf('INLINE', 'DISTRIBUTED'), ExecutionType: oneOf('STANDARD') };

/** A Map's ProcessorConfig; children of a Distributed Map run as STANDARD executions only. */
export const checkProcessorConfig: Check = (value, at) => {
  checkFields(value, at, PROCESSOR_CONFIG, isObject(value) && value.Mode === 'DISTRIBUTED' ? ['ExecutionType'] : []);
};

interface StateCheck {
  readonly fields: Fields;
  readonly required: readonly string[];
  /** Whether the state ends its block by itself, so that it has neither Next nor End. */
  readonly ends?: true;
}

const STATES: ReadonlyMap<unknown, StateCheck> = new Map<unknown, StateCheck>([
  [
    'Task',
    {
      fields: {
        ...GUARDED,
        Resource: name,
        Arguments: checkTemplate,
        TimeoutSeconds: orExpression(number(1, 99_999_999)),
      },
      required: ['Resource'],
    },
  ],
  [
    'Choice',
    {
      fields: {
        ...COMMON,
        Choices: listOf((rule, at) => checkFields(rule, at, RULE, ['Condition', 'Next'])),
        Default: name,
        Output: checkTemplate,
        Assign: checkAssign,
      },
      required: ['Choices'],
      ends: true,
    },
  ],
  [
    'Wait',
    {
      fields: { ...PLAIN, Seconds: orExpression(number(0, 99_999_999)), Timestamp: orExpression(timestamp) },
      required: [],
    },
  ],
  ['Pass', { fields: PLAIN, required: [] }],
  ['Succeed', { fields: { ...COMMON, Output: checkTemplate }, required: [], ends: true }],
  ['Fail', { fields: { ...COMMON, Error: orExpression(text), Cause: orExpression(text) }, required: [], ends: true }],
  ['Parallel', { fields: { ...GUARDED, Branches: () => undefined, Arguments: checkTemplate }, required: ['Branches'] }],
  ['Map', { fields: MAP, required: ['ItemProcessor'] }],
]);

/** One state by itself, without the blocks inside it and without its targets. */
export const checkState: Check = (value, at) => {
  if (!isObject(value)) {
    at.report('an object is wanted');
    return;
  }
  const known = STATES.get(value.Type);
  if (known === undefined) {
    at.report(`the state type ${JSON.stringify(value.Type)} is not known`);
    return;
  }
  checkFields(value, at, known.fields, known.required);
  if (known.ends !== true && 'Next' in value === 'End' in value) at.report('one of Next and End is wanted');
  if (value.Type === 'Wait' && 'Seconds' in value === 'Timestamp' in value) {
    at.report('one of Seconds and Timestamp is wanted');
  }
  if (value.Type === 'Map' && !isDistributed(value)) {
    for (const field of DISTRIBUTED_ONLY) if (field in value) at.report(`only a Distributed Map has '${field}'`);
  }
};

/** Whether a Map's items are executions of their own. */
export const isDistributed = (map: Readonly<Record<string, unknown>>): boolean =>
  isObject(map.ItemProcessor) &&
  isObject(map.ItemProcessor.ProcessorConfig) &&
  map.ItemProcessor.ProcessorConfig.Mode === 'DISTRIBUTED';
