import { isRecord } from './actions.ts';
import type { BusEvent } from './service.ts';

/** What a target of a rule gets instead of the event; at most one of the three. */
export interface TargetInput {
  readonly Input?: string | undefined;
  readonly InputPath?: string | undefined;
  readonly InputTransformer?: InputTransformer | undefined;
}

export interface InputTransformer {
  readonly InputPathsMap?: Readonly<Record<string, string>> | undefined;
  readonly InputTemplate: string;
}

/** The rule on whose behalf an event is sent on. */
export interface RuleIdentity {
  readonly name: string;
  readonly arn: string;
}

/**
 * The text that a target gets for an event: the event itself, a constant, a part of the event, or a template filled from
 * it ("EventBridge input transformation"). A template that holds text in quotes alone answers the text without them.
 */
export const targetInput = (target: TargetInput, event: BusEvent, rule: RuleIdentity): string => {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(valueAtPath(event, target.InputPath) ?? {});
  if (target.InputTransformer !== undefined) return transformed(target.InputTransformer, event, rule);
  return JSON.stringify(event);
};

/**
 * What stands at a JSON path of the simple kind that EventBridge knows: `$`, `$.detail.key-id`, `$.resources[0]`,
 * `$.detail['key-id']`. Undefined when nothing stands there. Throws RangeError for any other path.
 */
export const valueAtPath = (root: unknown, path: string): unknown => {
  if (!/^\$(?:\.[^.[\]*]+|\[\d+\]|\['[^']+'\])*$/.test(path)) {
    throw new RangeError(`the local run does not know the path ${path}`);
  }
  const steps = path.match(/(?<=\.)[^.[\]]+|(?<=\[)\d+|(?<=\[')[^']+/g) ?? [];
  return steps.reduce<unknown>((value, step) => {
    if (Array.isArray(value)) return value[Number(step)];
    return isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }, root);
};

const transformed = (transformer: InputTransformer, event: BusEvent, rule: RuleIdentity): string => {
  const paths = Object.entries(transformer.InputPathsMap ?? {});
  const values = new Map<string, unknown>([
    ...paths.map(([name, path]) => [name, valueAtPath(event, path)] as const),
    ['aws.events.rule-arn', rule.arn],
    ['aws.events.rule-name', rule.name],
    ['aws.events.event.ingestion-time', event.time],
    ['aws.events.event', withoutDetail(event)],
    ['aws.events.event.json', event],
  ]);
  const filled = fill(transformer.InputTemplate, values);
  return /^\s*"(?:[^"\\]|\\.)*"\s*$/.test(filled) ? String(JSON.parse(filled)) : filled;
};

/** `<aws.events.event>` is "the original event without the detail field". */
const withoutDetail = ({ detail: _detail, ...rest }: BusEvent): unknown => rest;

/**
 * Replaces `<name>` by the value: within quotes by its text, elsewhere by its JSON. A value that is not there leaves
 * nothing behind, so that a template without quotes around it is no longer JSON; AWS does the same.
 */
const fill = (template: string, values: ReadonlyMap<string, unknown>): string => {
  let quoted = false;
  return template.replace(/\\.|"|<([^<>\s"]+)>/g, (token, name: string | undefined) => {
    if (token === '"') quoted = !quoted;
    if (name === undefined) return token;
    if (!values.has(name)) throw new RangeError(`the template has <${name}>, which no path defines`);
    const value = values.get(name);
    if (value === undefined) return '';
    return quoted ? insideText(value) : JSON.stringify(value);
  });
};

const insideText = (value: unknown): string =>
  JSON.stringify(typeof value === 'string' ? value : JSON.stringify(value)).slice(1, -1);
