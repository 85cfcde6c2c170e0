import { isRecord } from '../aws/actions.ts';
import { UnknownInTemplate } from './unknown-template.ts';

/** What references in a template mean. Each throws UnknownInTemplate for a name that is not there. */
export interface Scope {
  /** A parameter, a pseudo parameter or a resource; NO_VALUE for `AWS::NoValue`. */
  ref(name: string, where: string): unknown;
  getAtt(logicalId: string, attribute: string, where: string): unknown;
  condition(name: string, where: string): boolean;
  mapping(path: readonly string[], where: string): unknown;
  importValue(name: string, where: string): unknown;
  stackOutput(stackName: string, output: string, where: string): unknown;
}

/** What a property with `AWS::NoValue` becomes; it is left out of its object or list. */
export const NO_VALUE = Symbol('AWS::NoValue');

/** Replaces every intrinsic function in a part of a template by its value. Throws UnknownInTemplate with the place. */
export const resolveValue = (value: unknown, scope: Scope, where: string): unknown => {
  if (Array.isArray(value)) {
    return value
      .map((each, index) => resolveValue(each, scope, `${where}/${index}`))
      .filter((each) => each !== NO_VALUE);
  }
  if (!isRecord(value)) return value;
  const [name, ...others] = Object.keys(value);
  if (name !== undefined && others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) {
    const intrinsic = Object.hasOwn(INTRINSICS, name) ? INTRINSICS[name] : undefined;
    if (intrinsic === undefined) throw new UnknownInTemplate(where, `the local run does not know ${name}`);
    return intrinsic(value[name], scope, `${where}/${name}`);
  }
  const entries = Object.entries(value).map(
    ([key, each]) => [key, resolveValue(each, scope, `${where}/${key}`)] as const,
  );
  return Object.fromEntries(entries.filter(([, each]) => each !== NO_VALUE));
};

type Intrinsic = (operand: unknown, scope: Scope, where: string) => unknown;

const asText = (value: unknown, where: string): string => {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new UnknownInTemplate(where, `text is wanted, not ${JSON.stringify(value)}`);
};

const asList = (value: unknown, where: string): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  throw new UnknownInTemplate(where, `a list is wanted, not ${JSON.stringify(value)}`);
};

const resolveText = (value: unknown, scope: Scope, where: string): string =>
  asText(resolveValue(value, scope, where), where);

const resolveList = (value: unknown, scope: Scope, where: string): readonly unknown[] =>
  asList(resolveValue(value, scope, where), where);

const getAtt: Intrinsic = (operand, scope, where) => {
  const [logicalId, ...attribute] =
    typeof operand === 'string' ? operand.split('.') : asList(operand, where).map(String);
  return scope.getAtt(logicalId ?? '', attribute.join('.'), where);
};

/** `${Name}`, `${Name.Attribute}`, `${!Literal}`, and names of the map that may come with the text. */
const sub: Intrinsic = (operand, scope, where) => {
  const [template, map] = Array.isArray(operand) ? operand : [operand, {}];
  const own = isRecord(map) ? map : {};
  return asText(template, where).replace(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) => {
    if (literal !== '') return `\${${name}}`;
    if (Object.hasOwn(own, name)) return resolveText(own[name], scope, where);
    return asText(name.includes('.') ? getAtt(name, scope, where) : scope.ref(name, where), where);
  });
};

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (operand, scope, where) => scope.ref(asText(operand, where), where),
  'Fn::GetAtt': getAtt,
  'Fn::Sub': sub,
  'Fn::Join': (operand, scope, where) => {
    const [separator, parts] = asList(operand, where);
    return resolveList(parts, scope, where)
      .map((part) => asText(part, where))
      .join(asText(separator, where));
  },
  'Fn::Split': (operand, scope, where) => {
    const [separator, whole] = asList(operand, where);
    return resolveText(whole, scope, where).split(asText(separator, where));
  },
  'Fn::Select': (operand, scope, where) => {
    const [index, from] = asList(operand, where);
    const list = resolveList(from, scope, where);
    const at = Number(resolveText(index, scope, where));
    if (at in list) return list[at];
    throw new UnknownInTemplate(where, `there is no element ${at} among ${list.length}`);
  },
  'Fn::FindInMap': (operand, scope, where) =>
    scope.mapping(
      asList(operand, where).map((part) => resolveText(part, scope, where)),
      where,
    ),
  'Fn::If': (operand, scope, where) => {
    const [condition, yes, no] = asList(operand, where);
    return resolveValue(scope.condition(asText(condition, where), where) ? yes : no, scope, where);
  },
  'Fn::Base64': (operand, scope, where) => Buffer.from(resolveText(operand, scope, where)).toString('base64'),
  'Fn::ToJsonString': (operand, scope, where) => JSON.stringify(resolveValue(operand, scope, where)),
  'Fn::ImportValue': (operand, scope, where) => scope.importValue(resolveText(operand, scope, where), where),
  'Fn::GetStackOutput': (operand, scope, where) => {
    const { StackName, OutputName, RoleArn } = isRecord(operand) ? operand : {};
    if (RoleArn !== undefined) throw new UnknownInTemplate(where, 'the local run knows one account only, not RoleArn');
    return scope.stackOutput(resolveText(StackName, scope, where), resolveText(OutputName, scope, where), where);
  },
};

/** Says whether a condition of the template holds. Throws UnknownInTemplate for functions that are not conditions. */
export const holds = (condition: unknown, scope: Scope, where: string): boolean => {
  const [name, operand] = isRecord(condition) ? (Object.entries(condition)[0] ?? []) : [];
  const all = () => asList(operand, where).map((each) => holds(each, scope, where));
  switch (name) {
    case 'Condition':
      return scope.condition(asText(operand, where), where);
    case 'Fn::Equals': {
      const [a, b] = asList(operand, where).map((each) => resolveText(each, scope, where));
      return a === b;
    }
    case 'Fn::And':
      return all().every(Boolean);
    case 'Fn::Or':
      return all().some(Boolean);
    case 'Fn::Not':
      return !all()[0];
    default:
      throw new UnknownInTemplate(where, `the local run does not know the condition ${name}`);
  }
};

/** The names that a part of a template refers to: parameters, pseudo parameters and resources alike. */
export const referredNames = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(referredNames);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => [...namesIn(key, each), ...referredNames(each)]);
};

const namesIn = (key: string, operand: unknown): readonly string[] => {
  if (key === 'Ref') return [String(operand)];
  if (key === 'Fn::GetAtt') return [String(Array.isArray(operand) ? operand[0] : operand).split('.')[0] ?? ''];
  if (key !== 'Fn::Sub') return [];
  const template = String(Array.isArray(operand) ? operand[0] : operand);
  return [...template.matchAll(/\$\{([^!}][^}]*)\}/g)].map((match) => match[1]?.split('.')[0] ?? '');
};
